"""Lazy imagery: names, metadata and an expression for the pixels of every band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graft_eval.errors import EvaluationError
from graft_eval.plane import Missing, Plane, Read
from sdk.graft.near import near

__all__ = [
    "EMPTY",
    "Groupby",
    "Image",
    "ImageCollection",
    "Imagery",
    "collect",
    "combine",
    "common",
    "describe_band",
    "explain_missing",
    "find_band",
    "pick",
    "unique",
]  # fmt: skip

Metadata = Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """Bands of one place and time; one without bands is empty, which is a value and no error.

    `properties` describe the image, `bandinfo` each band by its name.
    """

    bands: tuple[str, ...] = ()
    planes: tuple[Plane, ...] = ()
    properties: Metadata = field(default_factory=dict)
    bandinfo: Mapping[str, Metadata] = field(default_factory=dict)

    @property
    def images(self) -> tuple[Image, ...]:
        """The image as a sequence of images; none where it is empty."""
        return (self,) if self.bands else ()

    def band(self, index: int) -> Image:
        """Return the image of one band alone."""
        name = self.bands[index]
        return replace(self, bands=(name,), planes=(self.planes[index],), bandinfo={name: self.bandinfo[name]})

    def renamed(self, names: Sequence[str]) -> Image:
        """Return the image with other names for its bands, in order."""
        info = {new: {**self.bandinfo[old], "name": new} for old, new in zip(self.bands, names, strict=True)}
        return replace(self, bands=tuple(names), bandinfo=info)


EMPTY = Image()


@dataclass(frozen=True, slots=True, eq=False)
class ImageCollection:
    """Images of the same bands, in order; one without images is empty. Made by `collect`."""

    images: tuple[Image, ...] = ()

    @property
    def bands(self) -> tuple[str, ...]:
        """The names of the bands that all images have."""
        return self.images[0].bands if self.images else ()

    def map(self, function: Callable[[Image], Image]) -> ImageCollection:
        """Return the collection of what a function gives for each image."""
        return ImageCollection(tuple(map(function, self.images)))


Imagery = Image | ImageCollection


@dataclass(frozen=True, slots=True, eq=False)
class Groupby:
    """Collections by key, in ascending order of their keys."""

    groups: Mapping[object, ImageCollection]

    def group(self, key: object) -> ImageCollection:
        """Return the collection of a key; of one that is not there, the empty collection."""
        try:
            return self.groups.get(key, ImageCollection())
        except TypeError:  # a list, which is never a key
            return ImageCollection()


def collect(images: Iterable[Image]) -> ImageCollection:
    """Return the collection of images, empty ones left out.

    It has every band of any of them, in order of first sight; those that an image lacks are masked in it.
    """
    found = [image for image in images if image.bands]
    info: dict[str, Metadata] = {}
    for image in found:
        if image.bands != tuple(info):
            for name in image.bands:
                info.setdefault(name, image.bandinfo[name])
    return ImageCollection(tuple(image if image.bands == tuple(info) else _widen(image, info) for image in found))


def _widen(image: Image, info: Mapping[str, Metadata]) -> Image:
    planes = dict(zip(image.bands, image.planes, strict=True))
    return replace(
        image,
        bands=tuple(info),
        planes=tuple(planes.get(name) or Missing() for name in info),
        bandinfo={name: image.bandinfo.get(name, described) for name, described in info.items()},
    )


def combine(function: Callable[..., Image], *operands: Imagery) -> Imagery:
    """Return what a function of images gives for imagery: collections are paired, an image goes with each of theirs.

    Where anything is empty, so is the result. Collections must be equally long.
    """
    lengths = {len(operand.images) for operand in operands if isinstance(operand, ImageCollection)}
    if not all(operand.images for operand in operands):
        return ImageCollection() if lengths else EMPTY
    if not lengths:
        return function(*operands)
    if len(lengths) > 1:
        raise EvaluationError(f"collections of {' and '.join(map(str, sorted(lengths)))} images cannot be paired")
    (length,) = lengths
    columns = [operand.images if len(operand.images) == length else operand.images * length for operand in operands]
    return ImageCollection(tuple(function(*images) for images in zip(*columns, strict=True)))


def common(metadata: Iterable[Metadata]) -> Metadata:
    """Return what all of several descriptions say alike.

    >>> common([{"crs": "EPSG:3857", "id": "a"}, {"crs": "EPSG:3857", "id": "b"}])
    {'crs': 'EPSG:3857'}
    """
    first, *rest = {id(each): each for each in metadata}.values() or [{}]
    if not rest:
        return first  # mostly they are parts of one image
    return {
        name: value
        for name, value in first.items()
        if all(name in other and _same(value, other[name]) for other in rest)
    }


def _same(a: object, b: object) -> bool:
    return a is b or (type(a) is type(b) and bool(a == b))


def describe_band(name: str, metadata: Iterable[Metadata]) -> Metadata:
    """Return the bandinfo of a band made of others: what they share, and `id`, `name` and `data_range` always.

    The same band of several images has the range of all of them; a range that is not known is 0 to 1.
    """
    infos = list(metadata)
    shared = common(infos)
    if shared.get("name") == name and "id" in shared and "data_range" in shared:
        return shared
    data_range = shared.get("data_range") or (_span(infos) if "id" in shared else (0.0, 1.0))
    return {"id": name, **shared, "name": name, "data_range": data_range}


def _span(infos: Iterable[Metadata]) -> tuple[float, float]:
    """Return the least and the greatest value of several bands' ranges."""
    lows, highs = [], []
    for info in infos:
        match info.get("data_range"):
            case [int() | float() as low, int() | float() as high]:
                lows.append(low)
                highs.append(high)
    return min(lows, default=0.0), max(highs, default=1.0)


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names with those that are there already numbered.

    >>> unique(["red", "red", "nir", "red"])
    ('red', 'red_1', 'nir', 'red_2')
    """
    taken: dict[str, None] = {}
    counts: dict[str, int] = {}
    for name in names:
        free = name
        while free in taken:
            counts[name] = counts.get(name, 0) + 1
            free = f"{name}_{counts[name]}"
        taken[free] = None
    return tuple(taken)


def find_band(image: Image, name: str) -> int | None:
    """Return where the band of this name is, or the only one of this common name where no band is called so."""
    if name in image.bands:
        return image.bands.index(name)
    known = [i for i, band in enumerate(image.bands) if image.bandinfo[band].get("common_name") == name]
    return known[0] if len(known) == 1 else None


def explain_missing(image: Image, name: str) -> str:
    """Return why an image has no band of this name: its files may be known, and unreadable."""
    reasons = [plane.scene.unreadable.get(name) for plane in image.planes if isinstance(plane, Read)]
    if reason := next(filter(None, reasons), None):
        return f"the band {name[:80]!r} cannot be read: {reason}"
    return f"there is no band {name[:80]!r}; there are {', '.join(image.bands[:50])}{near(name, image.bands)}"


def pick(image: Image, names: Sequence[str], *, allow_missing: bool = False) -> Image:
    """Return the bands of these names, called as asked for; a name asked for again is numbered.

    Unknown names are an `EvaluationError`, or left out with `allow_missing`. Of an empty image, nothing is missing.
    """
    if not image.bands:
        return image
    found = [(name, index) for name in names if (index := find_band(image, name)) is not None]
    if len(found) < len(names) and not allow_missing:
        missing = next(name for name in names if find_band(image, name) is None)
        raise EvaluationError(explain_missing(image, missing))
    picked = unique(name for name, _ in found)
    info = {new: {**image.bandinfo[image.bands[at]], "name": new} for new, (_, at) in zip(picked, found, strict=True)}
    if not picked:
        return EMPTY
    return replace(image, bands=picked, planes=tuple(image.planes[at] for _, at in found), bandinfo=info)
