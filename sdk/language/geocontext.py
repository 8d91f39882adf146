"""The grid of pixels that a computation is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Self

from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.operation import attribute, operation, promoted
from sdk.language.primitives import BoolLike, Float, FloatLike, Int, IntLike
from sdk.language.proxy import Proxy, describe
from sdk.language.strings import StrLike
from sdk.language.tuples import Tuple

__all__ = ["GeoContext", "positions_of"]

Position = tuple[float, float]

CREATE = declare(
    "wf.GeoContext.create",
    "*, geometry: Geometry | GeometryCollection | None = None, resolution: Float | None = None, "
    "crs: Str | None = None, align_pixels: Bool = True, bounds: Tuple[Float, Float, Float, Float] | None = None, "
    "bounds_crs: Str | None = 'EPSG:4326', "
    "shape: Tuple[Int, Int] | None = None, all_touched: Bool = False",
    fixed("GeoContext"),
    "A grid: its coordinate reference system, its bounds, and the size of a pixel or their number.",
    example="GeoContext(bounds=(9.0, 47.0, 10.0, 48.0), crs='EPSG:4326', shape=(512, 512))",
)
_TYPES: Mapping[str, str] = {parameter.name: parameter.types.removesuffix(" | None") for parameter in CREATE.parameters}
_geocontext = partial(operation, subject="geocontext")


def _check_axes(given: Mapping[str, object]) -> None:
    """Raise ValueError for longitudes and latitudes that only make sense the other way round."""
    if given["bounds_crs"] == "EPSG:4326" and _swapped(positions := _corners(given["bounds"])):
        raise ValueError(
            f"bounds must be (left, bottom, right, top), longitude before latitude, not {given['bounds']}: no latitude "
            f"is {_latitude(positions)}"
        )
    shape = getattr(given["geometry"], "__geo_interface__", given["geometry"])
    if isinstance(shape, Mapping) and _swapped(positions := list(positions_of(shape))):
        raise ValueError(
            "the positions of a geometry must be [longitude, latitude], not the other way round: no latitude is "
            f"{_latitude(positions)}"
        )


def _corners(bounds: object) -> list[Position]:
    match bounds:
        case [float() | int() as left, float() | int() as bottom, float() | int() as right, float() | int() as top]:
            return [(left, bottom), (right, top)]
    return []


def _swapped(positions: Sequence[Position]) -> bool:
    return any(abs(y) > 90 for _, y in positions) and all(abs(x) <= 90 and abs(y) <= 360 for x, y in positions)


def _latitude(positions: Sequence[Position]) -> float:
    return max((y for _, y in positions), key=abs)


def positions_of(shape: object) -> Iterator[Position]:
    """Yield the positions of a GeoJSON object, or of its coordinates.

    >>> list(positions_of({"type": "LineString", "coordinates": [[9, 47], [10, 48]]}))
    [(9.0, 47.0), (10.0, 48.0)]
    """
    match shape:
        case {"coordinates": inner} | {"geometries": inner} | {"geometry": inner} | {"features": inner}:
            yield from positions_of(inner)
        case [float() | int() as x, float() | int() as y, *_]:
            yield float(x), float(y)
        case list() | tuple():
            for inner in shape:
                yield from positions_of(inner)


class GeoContext(Proxy):
    """A grid of pixels: where, in which coordinates, and how fine.

    `bounds` are (left, bottom, right, top) in `bounds_crs`; pixels have the `resolution` in units of `crs`, or
    there are `shape` (rows, columns) of them. With `align_pixels` their edges are whole multiples of the resolution.
    What lies outside the `geometry`, in longitude and latitude, is masked: pixels whose centre does, or with
    `all_touched`, an addition to the published language, those that it does not touch anywhere.

    >>> GeoContext(bounds=(9.0, 47.0, 10.0, 48.0), crs="EPSG:4326", shape=(512, 512)).crs
    <Str>
    """

    _constructor = CREATE.builtin

    def __init__(
        self,
        geometry: object = None,
        resolution: FloatLike | None = None,
        crs: StrLike | None = None,
        align_pixels: BoolLike | None = True,
        bounds: Tuple[Float, Float, Float, Float] | tuple[float, float, float, float] | None = None,
        bounds_crs: StrLike | None = "EPSG:4326",
        shape: Tuple[Int, Int] | tuple[int, int] | None = None,
        all_touched: BoolLike = False,
    ) -> None:
        given = {
            "geometry": geometry, "resolution": resolution, "crs": crs, "align_pixels": align_pixels,
            "bounds": bounds, "bounds_crs": bounds_crs, "shape": shape,
            "all_touched": None if all_touched is False else all_touched,  # the published grafts have no such argument
        }  # fmt: skip
        _check_axes(given)
        fields = {
            name: promoted("GeoContext", name, value, _TYPES[name])
            for name, value in given.items()
            if value is not None
        }
        self._node = self._call(CREATE, **fields)._node

    @classmethod
    @_geocontext("wf.GeoContext.from_xyz_tile")
    def from_xyz_tile(cls, x: IntLike, y: IntLike, z: IntLike) -> Self:
        """Return the grid of a Web Mercator tile of 256 x 256 pixels; y counts from the north."""

    @classmethod
    @_geocontext("wf.GeoContext.from_dltile_key")
    def from_dltile_key(cls, key: StrLike) -> Self:
        """Return the grid of a tile of a UTM zone: "tilesize:pad:resolution:zone:ti:tj".

        The tile has `tilesize` pixels a side, of `resolution` metres, and `pad` more on each side. `ti` counts tiles
        from the zone's central meridian to the east, `tj` from the equator to the north.

        >>> GeoContext.from_dltile_key("512:0:10.0:36:-65:216")
        <GeoContext>
        """

    @classmethod
    def from_scenes(cls, ctx: object) -> Self:
        """Return the grid of an `AOI`, a `DLTile` or an `XYZTile` of `sdk.scenes`, or of an object with their fields.

        >>> from sdk import scenes
        >>> GeoContext.from_scenes(scenes.XYZTile(1, 2, 3))
        <GeoContext>
        """
        if hasattr(ctx, "key"):
            return cls.from_dltile_key(ctx.key)
        if hasattr(ctx, "x") and hasattr(ctx, "y") and hasattr(ctx, "z"):
            return cls.from_xyz_tile(ctx.x, ctx.y, ctx.z)
        fields = {name: getattr(ctx, name) for name in _TYPES if hasattr(ctx, name)}
        if not fields:
            raise TypeError(f"from_scenes() takes an AOI, a DLTile or an XYZTile, not {describe(ctx)}")
        return cls(**fields)

    @_geocontext("wf.GeoContext.index_to_coords")
    def index_to_coords(self, row: IntLike, col: IntLike) -> Tuple[Float, Float]:
        """Return x and y of a pixel's upper left corner.

        >>> GeoContext.from_xyz_tile(1, 2, 3).index_to_coords(0, 255)
        <Tuple[Float, Float]>
        """

    @_geocontext("wf.GeoContext.coords_to_index")
    def coords_to_index(self, x: FloatLike, y: FloatLike) -> Tuple[Int, Int]:
        """Return row and column of the pixel at a point.

        >>> GeoContext.from_xyz_tile(1, 2, 3).coords_to_index(-1.0e7, 1.0e7)
        <Tuple[Int, Int]>
        """

    geometry = attribute(
        "geometry", "Geometry", "The geometry outside of which everything is masked, else the outline of the bounds."
    )
    resolution = attribute("resolution", "Float", "The size of a pixel, in units of the crs.")
    crs = attribute("crs", "Str", "The coordinate reference system of the pixels.")
    align_pixels = attribute("align_pixels", "Bool", "Whether edges are whole multiples of the resolution.")
    bounds = attribute("bounds", "Tuple[Float, Float, Float, Float]", "left, bottom, right, top, in bounds_crs.")
    bounds_crs = attribute("bounds_crs", "Str", "The coordinate reference system of the bounds.")
    shape = attribute("shape", "Tuple[Int, Int]", "Rows and columns, where they were given.")
    arr_shape = attribute("arr_shape", "Tuple[Int, Int]", "Rows and columns of the arrays that are computed.")
    gdal_geotrans = attribute(
        "gdal_geotrans",
        "Tuple[Float, Float, Float, Float, Float, Float]",
        "x of the left edge, pixel width, 0, y of the top edge, 0, minus the pixel height.",
    )
    projected_bounds = attribute(
        "projected_bounds", "Tuple[Float, Float, Float, Float]", "left, bottom, right, top, in crs."
    )
