"""Read requests: the planes that a stage reads, sorted by file once, for all grids that they are read on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.stored import REDUCIBLE
from graft_eval.plane import Read
from graft_eval.scene import Asset, Band

__all__ = ["ALPHA", "MASK", "FileReads", "ReadRequests", "Storage"]

STORED_REDUCTIONS = frozenset({"median", "mosaic", "min", "max"})
MODERATE = 1e250

ALPHA, MASK = -1, -2  # planes of a block besides the bands: the alpha band, the file's mask (0 is missing)
FILE_MASKS: Mapping[str, int] = {"alpha": ALPHA, "dataset": MASK}


@dataclass(frozen=True, eq=False)
class FileReads:
    """The reads of one file, and which planes of the stage they are."""

    asset: Asset
    reads: tuple[Read, ...]
    members: tuple[int, ...]

    @cached_property
    def lattice(self) -> tuple[object, ...]:
        """Identity of the pixels' positions and blocks among those of other files."""
        asset = self.asset
        return asset.crs, asset.transform, asset.shape, asset.overviews, asset.first_overview, asset.block

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """The file's own masks that are needed, one for each read; 0 where there is none."""
        return tuple(FILE_MASKS[read.band.mask] if read.band.mask else 0 for read in self.reads)

    @cached_property
    def bands(self) -> frozenset[int]:
        """The planes of its blocks that are needed: bands, and the file's own masks."""
        return frozenset(read.band.index for read in self.reads) | frozenset(self.masks) - {0}

    @cached_property
    def scenes(self) -> tuple[str, ...]:
        """The ids of the scenes that read it."""
        return tuple(dict.fromkeys(read.scene.id for read in self.reads))


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """The encoding of bands of one type: `nodata` (NaN for none), `scale` and `offset` of each.

    `stored_nodata` is the nodata as a number of the type, as far as there is one, which `has_nodata` says.
    """

    nodata: NDArray[np.float64]
    scale: NDArray[np.float64]
    offset: NDArray[np.float64]
    stored_nodata: NDArray[np.generic]
    has_nodata: NDArray[np.bool_]

    @classmethod
    def of(cls, bands: Sequence[Band]) -> Storage:
        """Return how bands are stored."""
        nodata = np.array([nodata_as_stored(band) for band in bands])
        with np.errstate(invalid="ignore", over="ignore"):
            stored = nodata.astype(bands[0].dtype)
        return cls(
            nodata,
            np.array([band.scale for band in bands], np.float64),
            np.array([band.offset for band in bands], np.float64),
            stored,
            stored.astype(np.float64) == nodata,
        )


@dataclass(frozen=True, eq=False)
class ReadRequests:
    """The planes of one stage, all of one type and one resampler."""

    reads: tuple[Read, ...]

    @property
    def dtype(self) -> str:
        """The type of the pixels as stored."""
        return self.reads[0].band.dtype

    @property
    def resampler(self) -> str:
        """Name of the resampler."""
        return self.reads[0].resampler

    @cached_property
    def storage(self) -> Storage:
        """Encoding of the planes."""
        return Storage.of([read.band for read in self.reads])

    @cached_property
    def files(self) -> tuple[FileReads, ...]:
        """The reads by file, in order of first sight."""
        members: dict[object, list[int]] = {}  # by less than all of an asset, which takes longer to look up
        for member, read in enumerate(self.reads):
            asset = read.band.asset
            key = asset.href, asset.fingerprint, asset.crs, len(asset.overviews), asset.first_overview
            members.setdefault(key, []).append(member)
        return tuple(
            FileReads(self.reads[own[0]].band.asset, tuple(self.reads[at] for at in own), tuple(own))
            for own in members.values()
        )

    def is_reducible(self, operation: str, rows: NDArray[np.int64]) -> bool:
        """Return True if these planes can be reduced as stored: they have one scale and one offset."""
        if self.resampler != "near" or self.dtype not in REDUCIBLE or operation not in STORED_REDUCTIONS:
            return False
        scale, offset = self.storage.scale[rows], self.storage.offset[rows]
        # Beyond, a physical value might be more than float64 can hold, and so masked.
        moderate = abs(scale[0]) < MODERATE and abs(offset[0]) < MODERATE
        return bool(moderate and (scale == scale[0]).all() and (offset == offset[0]).all())


def nodata_as_stored(band: Band) -> float:
    """Return a band's nodata as a number of its type, NaN for none.

    A float32 band's -3.4e38 may be written with other digits than the type holds.
    """
    if band.nodata is None:
        return np.nan
    kind = np.dtype(band.dtype)
    with np.errstate(over="ignore"):
        return float(kind.type(band.nodata)) if kind.kind == "f" else float(band.nodata)
