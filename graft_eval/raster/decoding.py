"""Decoding: blocks of pixels out of an open file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from graft_eval.fingerprint import local_path
from graft_eval.raster.deflated import find_deflated
from graft_eval.raster.handles import Handles
from graft_eval.raster.overviews import Overview
from graft_eval.raster.read_requests import ALPHA, MASK
from graft_eval.raster.signatures import unsigned
from graft_eval.scene import Asset

__all__ = ["Block", "BlockKey", "BlockRequest", "Unreadable", "decode"]

Where = tuple[str, str, int | None, Sequence[str]]  # href, fingerprint, overview, roots
BlockKey = tuple[str, str, int | None, tuple[int, int], int, int]  # href, fingerprint, overview, size, row, column
Block = Mapping[int, NDArray[np.generic]]  # planes (row, col) of one block by band, from 1


class Unreadable(Exception):
    """A file that cannot be read; the message is the short reason."""


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """Some bands of one block of an overview of a file."""

    asset: Asset
    fingerprint: str
    overview: Overview
    row: int
    col: int
    bands: frozenset[int]

    @property
    def key(self) -> BlockKey:
        """Key of the block in the cache, whatever bands of it."""
        return (
            unsigned(self.asset.href),
            self.fingerprint,
            self.overview.number,
            self.overview.block,
            self.row,
            self.col,
        )

    @property
    def name(self) -> str:
        """The name of the file, without folders."""
        return unsigned(self.asset.href).rsplit("/", 1)[-1]


def decode(handles: Handles, requests: Sequence[BlockRequest]) -> list[Block]:
    """Return the blocks asked for, which are of one overview and form a rectangle, out of one read.

    Raises `Unreadable` if the file is not what the catalog noted, RasterioError or OSError if it cannot be read.
    """
    first, asset = requests[0], requests[0].asset
    where = asset.href, first.fingerprint, first.overview.number, asset.roots
    windows = [_window(request) for request in requests]
    bands = sorted(band for band in first.bands if band > 0)
    found = _read_plain(handles, where, requests, windows, bands) if bands else None
    if found and len(bands) == len(first.bands):
        return found
    with handles.lend(*where) as file:
        _check(file.dataset, first)
        planes = _read(file.dataset, first, [] if found else bands, whole := _around(windows))
    others = _divide(planes, windows, whole)
    return [{**block, **masks} for block, masks in zip(found, others, strict=True)] if found else others


def _check(dataset: rasterio.DatasetReader, request: BlockRequest) -> None:
    if dataset.shape != request.overview.shape or dataset.count < max(request.bands):
        raise Unreadable(
            f"{request.name} is not what the catalog noted: {dataset.count} bands of {dataset.shape} pixels"
        )


def _window(request: BlockRequest) -> Window:
    (height, width), (rows, cols) = request.overview.block, request.overview.shape
    top, left = request.row * height, request.col * width
    return Window(left, top, min(width, cols - left), min(height, rows - top))


def _around(windows: Sequence[Window]) -> Window:
    left, top = min(one.col_off for one in windows), min(one.row_off for one in windows)
    right, bottom = (max(one.col_off + one.width for one in windows), max(one.row_off + one.height for one in windows))
    return Window(left, top, right - left, bottom - top)


def _divide(planes: Block, windows: Sequence[Window], whole: Window) -> list[Block]:
    """Return the planes of each window, out of those of the window around them."""
    if len(windows) == 1:
        return [planes]
    pieces = [
        Window(one.col_off - whole.col_off, one.row_off - whole.row_off, one.width, one.height).toslices()
        for one in windows
    ]
    return [{band: plane[piece].copy() for band, plane in planes.items()} for piece in pieces]


def _read(dataset: rasterio.DatasetReader, request: BlockRequest, bands: Sequence[int], window: Window) -> Block:
    """Return bands of a window, and the masks that are asked for, as GDAL reads them."""
    planes: dict[int, NDArray[np.generic]] = {}
    if bands:
        pixels = dataset.read(bands, window=window)
        if pixels.dtype == np.float16:  # from GDAL 3.11 on; before, it gave float32, which the kernels take
            pixels = pixels.astype(np.float32)
        planes |= zip(bands, pixels, strict=True)
    if ALPHA in request.bands:
        if ColorInterp.alpha not in dataset.colorinterp:
            raise Unreadable(f"{request.name} has no alpha band")
        alpha = dataset.read(dataset.colorinterp.index(ColorInterp.alpha) + 1, window=window)
        planes[ALPHA] = (alpha != 0).astype(np.uint8)
    if MASK in request.bands:
        planes[MASK] = dataset.read_masks(1, window=window)
    return planes


def _read_plain(
    handles: Handles,
    where: Where,
    requests: Sequence[BlockRequest],
    windows: Sequence[Window],
    bands: Sequence[int],
) -> list[Block] | None:
    """Return bands of blocks if they are of those that need no GDAL: it says where they lie, and is free for others."""
    first = requests[0]
    with handles.lend_in_turn(*where) as file:
        _check(file.dataset, first)
        if first.overview.block != file.dataset.block_shapes[0]:
            return None
        plain = find_deflated(file.dataset, [(request.row, request.col) for request in requests], bands)
    if plain is None:
        return None
    source = file.remote or (local_path(first.asset.href) or "", first.fingerprint)
    with handles.checking(file.remote, first.fingerprint):
        found = plain.read(source, [(int(one.height), int(one.width)) for one in windows])
    return None if found is None else [dict(zip(bands, pixels, strict=True)) for pixels in found]
