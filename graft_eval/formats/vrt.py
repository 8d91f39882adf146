"""VRTs: mosaics written in XML, of which GDAL gets a copy with nothing in it but what was looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from lxml import etree
from rasterio.errors import RasterioIOError

__all__ = ["copy_vrt", "files_of", "parse_vrt"]

MAX_BYTES: Final = 8 << 20
MAX_SOURCES: Final = 10_000
SOURCES: Final = ("SimpleSource", "ComplexSource")
FILENAME: Final = "SourceFilename"

# What may stand in what, with which attributes. Left out: derived bands, which run code; raw ones, which name any file;
# warped and pansharpened ones; overviews and masks in other files; arrays; options of drivers.
_BAND: Final = {
    "ColorInterp", "ColorTable", "Description", "NoDataValue", "HideNoDataValue", "Offset", "Scale", "UnitType",
    "CategoryNames", "Metadata", "MaskBand", *SOURCES,
}  # fmt: skip
_SOURCE: Final = {FILENAME, "SourceBand", "SourceProperties", "SrcRect", "DstRect", "NODATA"}
CHILDREN: Final = {
    "VRTDataset": {
        "SRS", "GeoTransform", "Metadata", "VRTRasterBand", "MaskBand", "OverviewList", "BlockXSize", "BlockYSize",
    },
    "VRTRasterBand": _BAND,
    "MaskBand": {"VRTRasterBand"},
    "SimpleSource": _SOURCE,
    "ComplexSource": _SOURCE | {
        "ScaleOffset", "ScaleRatio", "LUT", "UseMaskBand", "ColorTableComponent", "Exponent", "SrcMin", "SrcMax",
        "DstMin", "DstMax", "Clamp",
    },
    "ColorTable": {"Entry"},
    "CategoryNames": {"Category"},
    "Metadata": {"MDI"},
}  # fmt: skip
ATTRIBUTES: Final = {
    "VRTDataset": {"rasterXSize", "rasterYSize"},
    "VRTRasterBand": {"dataType", "band", "blockXSize", "blockYSize"},
    "SRS": {"dataAxisToSRSAxisMapping", "coordinateEpoch"},
    "SimpleSource": {"resampling"},
    "ComplexSource": {"resampling"},
    FILENAME: {"relativeToVRT", "relativetoVRT", "shared"},
    "SourceProperties": {"RasterXSize", "RasterYSize", "DataType", "BlockXSize", "BlockYSize"},
    "SrcRect": {"xOff", "yOff", "xSize", "ySize"},
    "DstRect": {"xOff", "yOff", "xSize", "ySize"},
    "Entry": {"c1", "c2", "c3", "c4"},
    "MDI": {"key"},
    "OverviewList": {"resampling"},
}
PASSED_OVER: Final = {"GCPList", "Histograms"}  # of no meaning for pixels


def parse_vrt(path: str) -> etree._Element:
    """Return the XML of a VRT. Raises RasterioIOError where it is none, or holds anything but a mosaic of files."""
    if os.path.getsize(path) > MAX_BYTES:
        raise RasterioIOError(f"the VRT is larger than {MAX_BYTES:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.parse(path, parser).getroot()
    except etree.XMLSyntaxError as exc:
        raise RasterioIOError(f"the VRT is no XML: {exc}") from exc
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise RasterioIOError("the VRT has a document type, which could hold anything")
    return root


def sources_of(root: etree._Element) -> list[etree._Element]:
    """Return the elements that name the files of a VRT."""
    found = list(root.iter(FILENAME))
    if len(found) > MAX_SOURCES:
        raise RasterioIOError(f"the VRT names {len(found):,} files, more than {MAX_SOURCES:,}")
    return found


def copy_vrt(root: etree._Element, resolve: Callable[[str, bool], str]) -> str:
    """Return a VRT as it can be given to GDAL: only what is known, each file as `resolve` returns it.

    `resolve` gets a name, and whether it is relative to the VRT. Raises RasterioIOError where there is anything else.
    """
    sources_of(root)
    copied = _copy(root, resolve)
    return etree.tostring(copied, encoding="unicode")


def _copy(element: etree._Element, resolve: Callable[[str, bool], str]) -> etree._Element:
    name = str(element.tag)
    copied = etree.Element(name)
    for key, value in ((str(key), str(value)) for key, value in element.items()):
        if key not in ATTRIBUTES.get(name, ()):
            raise RasterioIOError(f"the VRT has a {name} of {key} {value[:40]!r}, and mosaics of files alone are read")
        copied.set(key, value)
    copied.text = element.text
    if name == FILENAME:
        relative = element.get("relativeToVRT", element.get("relativetoVRT", "0")) == "1"
        copied = etree.Element(FILENAME, relativeToVRT="0", shared="0")
        copied.text = resolve((element.text or "").strip(), relative)
    for child in element:
        if child.tag in PASSED_OVER or (child.tag == "Metadata" and child.get("domain")):
            continue
        if str(child.tag) not in CHILDREN.get(name, ()):
            raise RasterioIOError(f"the VRT has a {child.tag!r} in its {name}, and mosaics of files alone are read")
        copied.append(_copy(child, resolve))
    return copied


def files_of(path: str) -> tuple[str, ...]:
    """Return the paths that a VRT names, as far as it can be read; nothing is looked at."""
    status = os.stat(path)
    return _files_of(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _files_of(path: str, size: int, mtime: int) -> tuple[str, ...]:
    try:
        names = [(element.text or "").strip() for element in sources_of(parse_vrt(path))]
    except (RasterioIOError, OSError):
        return ()
    return tuple(os.path.join(os.path.dirname(path), name) for name in names if name and "\0" not in name)
