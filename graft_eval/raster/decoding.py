"""Decoding: blocks of pixels out of an open file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from graft_eval.raster.deflated import read_deflated
from graft_eval.raster.overviews import Overview
from graft_eval.raster.read_requests import ALPHA, MASK
from graft_eval.raster.signatures import unsigned
from graft_eval.scene import Asset

__all__ = ["Block", "BlockKey", "BlockRequest", "Unreadable", "decode"]

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


def decode(dataset: rasterio.DatasetReader, requests: Sequence[BlockRequest]) -> list[Block]:
    """Return the blocks asked for, which are of one overview and form a rectangle, out of one read.

    Raises `Unreadable` if the file is not what the catalog noted, RasterioError if it cannot be read.
    """
    first = requests[0]
    if dataset.shape != first.overview.shape or dataset.count < max(first.bands):
        raise Unreadable(f"{first.name} is not what the catalog noted: {dataset.count} bands of {dataset.shape} pixels")
    windows = [_window(request) for request in requests]
    left, top = min(one.col_off for one in windows), min(one.row_off for one in windows)
    right, bottom = (max(one.col_off + one.width for one in windows), max(one.row_off + one.height for one in windows))
    planes = _read(dataset, first, Window(left, top, right - left, bottom - top))
    if len(requests) == 1:
        return [planes]
    pieces = [Window(one.col_off - left, one.row_off - top, one.width, one.height).toslices() for one in windows]
    return [{band: plane[piece].copy() for band, plane in planes.items()} for piece in pieces]


def _window(request: BlockRequest) -> Window:
    (height, width), (rows, cols) = request.overview.block, request.overview.shape
    top, left = request.row * height, request.col * width
    return Window(left, top, min(width, cols - left), min(height, rows - top))


def _read(dataset: rasterio.DatasetReader, request: BlockRequest, window: Window) -> Block:
    bands = sorted(band for band in request.bands if band > 0)
    pixels = _read_plain(dataset, request, bands, window)
    if pixels is None:
        pixels = dataset.read(bands, window=window)
    if pixels.dtype == np.float16:  # from GDAL 3.11 on; before, it gave float32, which the kernels take
        pixels = pixels.astype(np.float32)
    planes: dict[int, NDArray[np.generic]] = dict(zip(bands, pixels, strict=True))
    if ALPHA in request.bands:
        if ColorInterp.alpha not in dataset.colorinterp:
            raise Unreadable(f"{request.name} has no alpha band")
        alpha = dataset.read(dataset.colorinterp.index(ColorInterp.alpha) + 1, window=window)
        planes[ALPHA] = (alpha != 0).astype(np.uint8)
    if MASK in request.bands:
        planes[MASK] = dataset.read_masks(1, window=window)
    return planes


def _read_plain(
    dataset: rasterio.DatasetReader, request: BlockRequest, bands: Sequence[int], window: Window
) -> NDArray[np.generic] | None:
    """Return bands of a single block if it is one of those that need no GDAL."""
    if not bands or window != _window(request) or request.overview.block != dataset.block_shapes[0]:
        return None
    at, shape = (request.row, request.col), (window.height, window.width)
    return read_deflated(dataset, request.asset.href, request.fingerprint, at, bands, shape)
