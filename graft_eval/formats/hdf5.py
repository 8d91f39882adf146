"""HDF5: files whose data may lie in other files, which nobody has looked at."""

from __future__ import annotations

import math
from itertools import count
from typing import Final

from rasterio.errors import RasterioIOError

from graft_eval.formats.bounds import MAX_BLOCK

__all__ = ["check_hdf5"]

MAX_OBJECTS: Final = 10_000


def check_hdf5(path: str) -> None:
    """Raise RasterioIOError if a file (netCDF 4 is HDF5) links to other files, or has its data in them."""
    import h5py  # 0.2 s, for those who need it

    numbers = count(1)

    def find_reason(name: str | bytes, link: object) -> str | None:
        """Return why a file is not read, which ends the visit; an exception may not leave h5py's."""
        shown = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
        if next(numbers) > MAX_OBJECTS:
            return f"it holds more than {MAX_OBJECTS:,} objects"
        if isinstance(link, h5py.ExternalLink):
            return f"its {shown} is a link to another file, {link.filename}"
        if isinstance(link, h5py.HardLink):
            found = file[name]
            if isinstance(found, h5py.Dataset):
                if found.external or found.is_virtual:
                    return f"the data of its {shown} lie in other files"
                if (size := math.prod(found.chunks or (1,)) * found.dtype.itemsize) > MAX_BLOCK:
                    return f"its {shown} is in pieces of {size >> 20:,} MiB, more than {MAX_BLOCK >> 20}"
        return None

    try:
        with h5py.File(path, "r") as file:
            reason = file.visititems_links(find_reason)
    except Exception as exc:  # of broken files, h5py raises whatever its parts do
        raise RasterioIOError(f"it is no HDF5 that can be read: {exc}") from exc
    if reason:
        raise RasterioIOError(reason)
