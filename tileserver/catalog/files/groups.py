"""Groups: files that are the bands of one image, told by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

__all__ = ["RESOLUTION_FOLDER", "Group", "group_files", "read_pattern"]

LANDSAT: Final = re.compile(
    r"(?P<scene>L[COTEM]\d\d_L\w{3}_\d{6}_\d{8}(?:_\d{8}_\d\d_[A-Z]\w)?)_(?:(?:SR|ST)_(?=B\d))?(?P<band>[A-Z]\w*)\.tiff?$",
    re.IGNORECASE,
)
SENTINEL_2: Final = re.compile(
    r"(?P<scene>T\d\d[A-Z]{3}_\d{8}T\d{6})_(?P<band>B\d[\dA]|TCI|SCL|AOT|WVP)(?:_(?P<resolution>\d\d)m)?\.(?:jp2|tiff?)$"
)
RESOLUTION_FOLDER: Final = re.compile(r"R\d\dm")
FIELD: Final = re.compile(r"\\{(\w+)\\}")


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one image: by the names of their bands, or a single one by none."""

    name: str
    files: dict[str, str]


def read_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression of a pattern of paths as `{scene}_{band}.tif`; `*` stands for anything.

    Raises ValueError if it does not name both.

    >>> read_pattern("{scene}_{band}.tif").search("2022/a_b_B4.tif").groupdict()
    {'scene': 'a_b', 'band': 'B4'}
    """
    parts = {"scene": "(?P<scene>[^/]+)", "band": "(?P<band>[^/]+?)"}
    fields = FIELD.findall(re.escape(pattern))
    if sorted(fields) != ["band", "scene"]:
        raise ValueError(f"the pattern must have {{scene}} and {{band}}, once each, not {pattern!r}")
    expression = FIELD.sub(lambda found: parts[found[1]], re.escape(pattern)).replace(r"\*", "[^/]*")
    return re.compile(f"(?:^|/){expression}$", re.IGNORECASE)


def group_files(paths: Iterable[str], pattern: re.Pattern[str] | None = None) -> list[Group]:
    """Return files as images: those of a scene together, by a pattern, or as Landsat and Sentinel-2 name theirs.

    Of a band in several resolutions, the finest is taken. A scene of a single file is an image of its own.
    """
    patterns = [LANDSAT, SENTINEL_2] if pattern is None else [pattern]
    scenes: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}
    alone: list[str] = []
    for path in paths:
        found = next((match for each in patterns if (match := each.search(path))), None)
        if found is None:
            alone.append(path)
            continue
        folder = PurePosixPath(path).parent
        if RESOLUTION_FOLDER.fullmatch(folder.name):
            folder = folder.parent
        resolution = int(found.groupdict().get("resolution") or 0)
        bands = scenes.setdefault((str(folder), found["scene"]), {})
        bands[found["band"]] = min(bands.get(found["band"], (resolution, path)), (resolution, path))
    groups = []
    for (_, scene), bands in scenes.items():
        if len(bands) == 1:
            alone += [path for _, path in bands.values()]
        else:
            groups.append(Group(scene, {band: path for band, (_, path) in sorted(bands.items())}))
    return groups + [Group(PurePosixPath(path).stem, {"": path}) for path in sorted(alone)]
