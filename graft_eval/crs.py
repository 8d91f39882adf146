"""Coordinate reference systems: those of callers are checked before PROJ sees them, and all are kept."""

from __future__ import annotations

import json
import math
import re
import threading
from functools import lru_cache
from typing import Final

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from graft_eval.errors import EvaluationError

__all__ = ["LONLAT", "check_crs", "parse_crs", "reach_of", "transformer"]

LONLAT: Final = "OGC:CRS84"  # longitude before latitude
LONGEST: Final = 8192  # characters of a definition; those of registered CRSs have up to 4,100
MOST_NAMES: Final = 40  # of a definition; PROJ searches for each, 4 ms; that of UTM has 22
FARTHEST: Final = 1e9  # units from the origin: beyond geostationary disks in feet
GRIDS: Final = frozenset({"Projected CRS", "Geographic 2D CRS", "Geographic 3D CRS"})

_AUTHORITY: Final = "(EPSG|ESRI|OGC|IAU_2015|IGNF|NKG|NRCAN)"
_CODE: Final = re.compile(
    rf"{_AUTHORITY}:\w{{1,32}}"
    rf"|urn:ogc:def:crs:{_AUTHORITY}:[\w.]{{0,16}}:\w{{1,32}}"
    rf"|https?://www\.opengis\.net/def/crs/{_AUTHORITY}/[\w.]{{1,16}}/\w{{1,32}}",
    re.IGNORECASE | re.ASCII,
)
_WKT: Final = re.compile(
    r"\s*(PROJCRS|PROJECTEDCRS|GEOGCRS|GEOGRAPHICCRS|GEODCRS|GEODETICCRS|PROJCS|GEOGCS)\s*[\[(]", re.I
)
_JSON: Final = re.compile(r"\s*\{")
_OTHER_CRS: Final = re.compile(r'"type": "(?!(Projected|Geographic|Geodetic)CRS")\w*(CRS|Operation|Transformation)"')
_NAMES: Final = re.compile(r'"name":|\b(PARAMETER|MEMBER)\s*[\[(]', re.I)
_FILES: Final = re.compile(r'\+\s*(proj|init|step)\b|PARAMETERFILE|"value": "|EXTENSION', re.I)
# Beside what it says in WKT, GDAL says some CRSs as PROJ does, such as Web Mercator.
_EXTENSION: Final = re.compile(r',\s*EXTENSION\s*\[\s*"PROJ4"\s*,\s*"(?P<terms>[^"]*)"\s*\]', re.I)
_TERM: Final = re.compile(
    r"\+(proj=(?!pipeline)\w+|(units|ellps|datum|sweep|axis)=[\w-]+|nadgrids=@null|over|wktext|no_defs|type=crs|south"
    r"|(a|b|R|rf|f|k|k_0|h|x_0|y_0|zone|alpha|gamma|lat_\w+|lon_\w+|lonc|towgs84)=[-+.,\deE]+)",
    re.ASCII,
)
_parsing: Final = threading.Lock()  # PROJ keeps the interpreter meanwhile: others have their turns in between


def check_crs(name: str, text: str) -> None:
    """Refuse what a caller gives as the CRS of a grid if it is none, or would keep PROJ busy; `name` is the field.

    Codes of an authority are taken, and WKT or PROJJSON of a projected or geographic CRS that needs no files.

    >>> check_crs("crs", "EPSG:32633")
    >>> check_crs("crs", "UTM 33N")
    Traceback (most recent call last):
        ...
    graft_eval.errors.EvaluationError: crs must be a CRS such as 'EPSG:32633', or WKT or PROJJSON of one, not 'UTM 33N'
    """
    if not _CODE.fullmatch(text):
        _check_definition(name, text)
    try:
        with _parsing:
            crs = parse_crs(text)
    except CRSError as exc:
        raise EvaluationError(f"{name} must be a CRS such as 'EPSG:32633', not {text[:60]!r}") from exc
    kind = (crs.source_crs or crs).type_name
    if kind not in GRIDS:
        raise EvaluationError(f"{name} must be a projected or geographic CRS, not {text[:60]!r}, a {kind}")
    try:
        transformer(text, LONLAT)
    except ProjError as exc:
        raise EvaluationError(f"{name}: nothing leads from {text[:60]!r} to longitude and latitude") from exc


@lru_cache(maxsize=256)
def parse_crs(text: str) -> CRS:
    """Return the CRS of a text, whoever wrote it; raises pyproj's CRSError."""
    crs = CRS.from_user_input(text)
    # pyproj parses a CRS again in each thread: WKT takes 1 ms, PROJJSON without ids 30.
    return CRS.from_wkt(crs.to_wkt()) if _JSON.match(text) else crs


@lru_cache(maxsize=256)  # by text: the hash of a CRS object writes it out anew, 0.15 ms each time
def transformer(source: str, target: str) -> Transformer:
    """Return the transformation between two CRS, x before y; a thread safe one of pyproj's."""
    return Transformer.from_crs(_for_transformation(source), _for_transformation(target), always_xy=True)


@lru_cache(maxsize=256)
def reach_of(crs: str) -> tuple[float, float]:
    """Return how far x and y of a CRS may be from its origin: twice around the earth and from pole to pole in degrees.

    >>> reach_of("EPSG:4326")
    (720.0, 180.0)
    """
    system = parse_crs(crs)
    if not system.is_geographic:
        return FARTHEST, FARTHEST
    degree = math.radians(1) / system.axis_info[0].unit_conversion_factor
    return 720 * degree, 180 * degree


def _for_transformation(crs: str) -> CRS:
    # The same with x before y, and registered: what leads to CRS84 is searched for 2 s in some.
    return parse_crs("EPSG:4326" if crs == LONLAT else crs)


def _check_definition(name: str, text: str) -> None:
    """Refuse names, PROJ strings, and definitions that are long, of other kinds, or led by files."""
    if not (_WKT.match(text) or _JSON.match(text)):
        raise EvaluationError(
            f"{name} must be a CRS such as 'EPSG:32633', or WKT or PROJJSON of one, not {text[:60]!r}"
        )
    if len(text) > LONGEST:
        raise EvaluationError(f"{name} must be a CRS in at most {LONGEST:,} characters, not {len(text):,}")
    plain = _EXTENSION.sub(_drop_harmless, text)
    if _JSON.match(text):
        try:
            plain = json.dumps(json.loads(text, object_pairs_hook=_object))
        except (ValueError, RecursionError) as exc:
            raise EvaluationError(f"{name} must be a CRS as PROJJSON: {exc}") from exc
    if other := _OTHER_CRS.search(plain) or _FILES.search(plain):
        raise EvaluationError(f"{name} must be a projected or geographic CRS that needs no other; it has {other[0]!r}")
    if (count := len(_NAMES.findall(plain))) > MOST_NAMES:
        raise EvaluationError(f"{name} must be a CRS of at most {MOST_NAMES} names, not {count}")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON; PROJ could read one that says something twice otherwise than we do."""
    if len(value := dict(pairs)) < len(pairs):
        raise ValueError("a name is there twice")
    return value


def _drop_harmless(extension: re.Match[str]) -> str:
    return "" if all(map(_TERM.fullmatch, extension["terms"].split())) else extension[0]
