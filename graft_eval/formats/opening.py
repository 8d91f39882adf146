"""Opening: local files, with GDAL, once all that they lead to has been looked at."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import rasterio
from rasterio.errors import RasterioIOError

from graft_eval.formats.addresses import from_gdal, split_address
from graft_eval.formats.archives import find_member
from graft_eval.formats.bounds import check_dataset, check_directories
from graft_eval.formats.erdas import check_erdas
from graft_eval.formats.hdf5 import check_hdf5
from graft_eval.formats.kinds import ERDAS, HDF5, NAMES, NETCDF, TIFF, VRT, ZARR, ZIP, kind_of
from graft_eval.formats.references import OVERVIEW_FILE, has_sidecars, leads_elsewhere, texts_lead_elsewhere
from graft_eval.formats.vrt import copy_vrt, parse_vrt
from graft_eval.formats.zarr import check_zarr

__all__ = ["open_apart", "open_local"]

NO_URL: Final = "none"
NESTED: Final = 3  # VRTs of VRTs


@dataclass(frozen=True, slots=True)
class Prepared:
    """A name for GDAL to open, and its driver.

    `sidecars`: it looks for what lies beside. `plain`: a TIFF that names no overviews elsewhere.
    """

    name: str
    driver: str
    sidecars: bool = False
    plain: bool = False


def open_local(address: str, overview: int | None, roots: Sequence[str]) -> rasterio.DatasetReader:
    """Open a local file, or one of its overviews; files that a VRT names lie in one of the folders.

    Raises RasterioIOError, or OSError, where it cannot be opened, or leads to what it should not.
    """
    prepared = prepare(address, roots)
    # True: looked for by name, without listing the folder
    siblings = True if prepared.sidecars else "EMPTY_DIR"
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN=siblings, CPL_VSIL_CURL_ALLOWED_FILENAME=NO_URL):
        if overview is not None and prepared.plain:
            return _open(prepared.name, prepared.driver, overview)
        return open_apart(prepared.name, prepared.driver, overview)


def open_apart(
    name: str, driver: str, overview: int | None = None, *, looks_ahead: bool = False
) -> rasterio.DatasetReader:
    """Open what GDAL calls so by one driver, or one of its overviews, without those that it names in other files.

    `looks_ahead`: finds overviews now, without the GIL. Else the first read would, holding it, and all threads would
    wait.
    """
    dataset = _open(name, driver)
    names_others = dataset.get_tag_item(OVERVIEW_FILE, "OVERVIEWS") is not None
    if overview is None and not names_others:
        if looks_ahead:
            with suppress(RasterioIOError):
                _open(name, driver, 0).close()
        return dataset
    dataset.close()
    return _open(name, driver, "NONE" if names_others else overview)


def _open(name: str, driver: str, overview: int | str | None = None) -> rasterio.DatasetReader:
    options = {} if overview is None else {"OVERVIEW_LEVEL": overview}
    dataset = rasterio.open(name, driver=driver, **options)
    try:
        check_dataset(dataset)
    except RasterioIOError:
        dataset.close()
        raise
    return dataset


def prepare(address: str, roots: Sequence[str], nested: int = 0) -> Prepared:
    """Look at a file, and at all that it leads to, and return what GDAL is to open."""
    found = split_address(address)
    path, part = found.path, found.part
    kind = kind_of(path)
    if kind is None:
        raise RasterioIOError(f"it is in no format that is read here: {', '.join(NAMES)}, and these in zip archives")
    if part and kind not in (ZIP, NETCDF, HDF5, ZARR):
        raise RasterioIOError(f"{path} is a {kind.name}, which has no parts like {part}")
    if kind == ZIP:
        member, of = find_member(path, part)
        if set("{}") & set(path):
            raise RasterioIOError("archives whose paths have braces cannot be read")
        return Prepared(f"/vsizip/{{{path}}}/{member}", of.driver)
    if kind == ZARR:
        check_zarr(path)
        return Prepared(f'ZARR:"{path}"' + (f":/{part.lstrip('/')}" if part else ""), kind.driver)
    sidecars = has_sidecars(path)
    if kind == VRT:
        return Prepared(_copy_of_vrt(path, roots, nested), kind.driver)
    if kind == TIFF:
        check_directories(path)
    elif kind == ERDAS:
        check_erdas(path)
    elif kind == HDF5:
        check_hdf5(path)
    name = f'NETCDF:"{path}":{part}' if part else path
    return Prepared(name, kind.driver, sidecars, kind == TIFF and not leads_elsewhere(path))


def _copy_of_vrt(path: str, roots: Sequence[str], nested: int) -> str:
    if nested == NESTED:
        raise RasterioIOError(f"VRTs are nested more than {NESTED} deep")

    def resolve(name: str, relative: bool) -> str:
        address = from_gdal(name)
        if re.match(r"<|/vsi|\w[\w+.-]+:", address):
            raise RasterioIOError(f"the VRT names {name[:80]}, which is no local file")
        if relative:
            address = os.path.join(os.path.dirname(path), address)
        elif not os.path.isabs(address):
            raise RasterioIOError(f"the VRT names {name[:80]}, which is neither absolute nor relative to the VRT")
        found = split_address(address)
        real = os.path.realpath(found.path)
        if not os.path.join(real, "").startswith(tuple(os.path.join(root, "") for root in roots)):
            raise RasterioIOError(f"the VRT names {real}, which lies outside of the folders allowed (asset_roots)")
        source = prepare(address.replace(found.path, real, 1), roots, nested + 1)
        if os.path.isfile(real) and (texts_lead_elsewhere(real) or (source.driver == TIFF.driver and not source.plain)):
            raise RasterioIOError(f"the VRT names {real}, whose overviews lie in other files")
        return source.name

    return copy_vrt(parse_vrt(path), resolve)
