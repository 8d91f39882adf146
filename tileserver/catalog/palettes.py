"""Palettes of files: the colour tables of their bands, as they are meant."""

from __future__ import annotations

from typing import Final

import numpy as np
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader

from graft_eval.palette import Palette

__all__ = ["read_palette"]

TYPES: Final = ("uint8", "uint16")
BLACK: Final = (0, 0, 0, 255)
WHITE: Final = (255, 255, 255, 255)


def read_palette(dataset: DatasetReader, index: int) -> Palette | None:
    """Return the colour table of a band, numbered from 1; None if it has none.

    TIFF keeps no alpha, and fills tables up with black. A black value 0 in a table that ends so was transparent or not
    set, and becomes transparent; unless the table has white, as the ink of scanned maps is black.
    """
    if dataset.colorinterp[index - 1] != ColorInterp.palette or dataset.dtypes[index - 1] not in TYPES:
        return None
    try:
        colours = dataset.colormap(index)
    except ValueError:
        return None
    table = np.array([colours.get(value, (0, 0, 0, 0)) for value in range(max(colours) + 1)], np.uint8)
    filled_up = dataset.driver == "GTiff" and len(table) > 2 and (table[[0, -2, -1]] == BLACK).all()
    if filled_up and not (table == WHITE).all(axis=1).any():
        table[0] = 0
    return Palette(table.tobytes())
