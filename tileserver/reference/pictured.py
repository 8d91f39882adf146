"""What the reference shows before and after operations on imagery: programs on the demo's imagery, and their styles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["PICTURED", "SETTING", "Pictured", "Shown"]

# The names in the programs.
SETTING: Final = """
dem = wf.Image.from_id("demo-elevation:jacksboro", resampler="cubic")
col = wf.ImageCollection.from_id("demo-synthetic-s2")
rgb, nir, scl = col.pick_bands("red green blue"), col.pick_bands("nir"), col.pick_bands("scl")
image = rgb.head(2).mosaic()
edge = wf.Kernel((3, 3), [1, 0, -1, 2, 0, -2, 1, 0, -1])
field = wf.Geometry("Polygon", [[[-84.26, 36.58], [-84.225, 36.575], [-84.24, 36.55], [-84.26, 36.58]]])
""".strip()

Query = Mapping[str, object]
COLOURS: Final[Query] = {"scales": [[0, 0.16]] * 3}
HEIGHT: Final[Query] = {"scales": [250, 950], "colormap": "gist_earth"}
GREY: Final[Query] = {"scales": [0, 0.5]}
GREEN: Final[Query] = {"scales": [0, 1], "colormap": "RdYlGn"}
AUTO: Final[Query] = {"scales": "auto", "colormap": "viridis"}
CLASSES: Final[Query] = {"scales": [0, 10], "colormap": "tab10"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A program of imagery, and the style in which it is drawn."""

    code: str
    query: Query


@dataclass(frozen=True, slots=True)
class Pictured:
    """What is shown before and after an operation."""

    before: Shown
    after: Shown


def _pair(before: str, style: Query, after: str, then: Query | None = None) -> Pictured:
    return Pictured(Shown(before, style), Shown(after, style if then is None else then))


_IMAGE, _DEM, _NIR = ("image", COLOURS), ("dem", HEIGHT), ("nir.mosaic()", GREY)
_SERIES: Final = ("rgb.mosaic()", COLOURS)
_MATHEMATICS: Final = (
    "log", "log2", "log10", "log1p", "sqrt", "square", "exp", "cos", "arccos", "sin", "arcsin", "tan", "arctan",
)  # fmt: skip
_ACROSS: Final = ("min", "max", "mean", "median")

PICTURED: Final[Mapping[str, Pictured]] = MappingProxyType({
    **{f"wf.{name}": _pair(*_NIR, f"nir.mosaic().{name}()", AUTO) for name in _MATHEMATICS},
    **{f"wf.{name}": _pair(*_SERIES, f'rgb.{name}(axis="images")') for name in _ACROSS},
    "wf.sum": _pair(*_NIR, 'nir.sum(axis="images")', AUTO),
    "wf.std": _pair(*_SERIES, 'nir.std(axis="images")', AUTO),
    "wf.count": _pair(*_SERIES, 'nir.mask(scl >= 7).count(axis="images")', AUTO),
    "wf.percentile": _pair(*_SERIES, 'rgb.percentile(25, axis="images")'),
    "wf.reduction": _pair(*_SERIES, 'rgb.reduction("median", axis="images")'),
    "wf.mosaic": _pair("rgb[0]", COLOURS, "rgb.mosaic()"),
    "wf.concat": _pair("rgb[0]", COLOURS, "wf.concat(rgb[0], rgb[1]).mosaic()"),
    "wf.pick_bands": _pair(*_IMAGE, 'image.pick_bands("red")', {"scales": [0, 0.16]}),
    "wf.concat_bands": _pair(*_NIR, 'nir.concat_bands(rgb).pick_bands("nir red green").mosaic()',
                             {"scales": [[0, 0.5], [0, 0.16], [0, 0.16]]}),
    "wf.mask": _pair(*_SERIES, "rgb.mask(scl >= 7).mosaic()"),
    "wf.getmask": _pair("image.mask(field)", COLOURS, "image.mask(field).getmask()", {"scales": [0, 1]}),
    "wf.fill": _pair("image.mask(field)", COLOURS, "image.mask(field).fill(0.12)"),
    "wf.clip_values": _pair(*_DEM, "dem.clip_values(450, 600)"),
    "wf.scale_values": _pair(*_NIR, "nir.mosaic().scale_values(0, 255, 0, 0.3)", {"scales": [0, 255]}),
    "wf.colormap": _pair("dem", {"scales": [250, 950]}, 'dem.colormap("terrain", 250, 950)', {"scales": [[0, 1]] * 3}),
    "wf.classify": _pair(*_DEM, "dem.classify([400, 500, 600])", {"scales": [0, 3], "colormap": "viridis"}),
    "wf.remap": _pair("scl.mosaic()", CLASSES, "scl.mosaic().remap([4, 5], [1, 2], default=9)"),
    "wf.with_resampler": _pair('dem.with_resampler("near").hillshade()', {"scales": [1, 255]},
                               'dem.with_resampler("bilinear").hillshade()'),
    "wf.focal": _pair("scl.mosaic()", CLASSES, 'scl.mosaic().focal("majority", 9)'),
    "wf.distance": _pair("scl.mosaic() == 6", {"scales": [0, 1]}, "(scl.mosaic() == 6).distance(1500)",
                         {"scales": [0, 1500], "colormap": "viridis"}),
    "wf.conv2d": _pair("dem", {"scales": [250, 950]}, "wf.conv2d(dem, edge)", {"scales": [-150, 150]}),
    "wf.hillshade": _pair(*_DEM, "dem.hillshade()", {"scales": [1, 255]}),
    "wf.slope": _pair(*_DEM, "dem.slope()", {"scales": [0, 30], "colormap": "magma"}),
    "wf.aspect": _pair(*_DEM, "dem.aspect()", {"scales": [0, 360], "colormap": "twilight"}),
    "wf.where": _pair(*_IMAGE, "wf.where(dem > 500, image, 0)"),
    "wf.arctan2": _pair(*_NIR, 'wf.arctan2(nir.mosaic(), image.pick_bands("red"))', AUTO),
    "wf.rasterize": _pair(*_IMAGE, "field.rasterize(1.0)", {"scales": [0, 2], "colormap": "viridis"}),
    "wf.map_bands": _pair(*_IMAGE, "image.map_bands(lambda name, band: band.sqrt())", {"scales": [[0, 0.4]] * 3}),
    "wf.map_imagery": _pair(*_SERIES, "rgb.map(lambda each: each.mask(field)).mosaic()"),
    "wf.filter": _pair(*_SERIES, 'rgb.filter(lambda each: each.properties["date"].year == 2023).mosaic()'),
    "wf.Image.replace_empty_with": _pair("rgb.head(0).mosaic()", COLOURS,
                                         "rgb.head(0).mosaic().replace_empty_with(image, mask=False)"),
    "wf.ImageCollection.replace_empty_with": _pair("rgb.head(0)", COLOURS,
                                                   "rgb.head(0).replace_empty_with(image, mask=False)"),
    "wf.ImageCollection.head": _pair(*_SERIES, "rgb.head(2)"),
    "wf.ImageCollection.tail": _pair("rgb.head(2)", COLOURS, "rgb.tail(2)"),
    "wf.ImageCollection.partition": _pair(*_SERIES, "rgb.partition(2)[0]"),
    "wf.ImageCollection.sortby_composite": _pair(*_SERIES, 'rgb.sortby_composite("blue", "argmin")'),
    "wf.ImageCollection.quality_mosaic": _pair(*_SERIES, 'rgb.mask(scl >= 7).quality_mosaic("green")'),
    "wf.ImageCollection.argmin": _pair(*_SERIES, 'nir.argmin("month")', AUTO),
    "wf.ImageCollection.argmax": _pair(*_SERIES, 'nir.argmax("month")', AUTO),
    "wf.ImageCollection.linear_trend": _pair(*_NIR, 'nir.linear_trend().pick_bands("nir_slope")',
                                             {"scales": [-0.1, 0.1], "colormap": "RdBu"}),
    "wf.ImageCollection.harmonic": _pair(*_NIR, 'nir.harmonic().pick_bands("nir_constant")', AUTO),
    "wf.ImageCollection.interval_composite": _pair(*_SERIES, 'rgb.interval_composite("year", "min")[1]'),
    "wf.to_imagery": _pair(*_DEM, 'dem.ndarray.to_imagery(bandinfo={"data": {}}).mosaic()'),
    "wf.div": _pair("image", COLOURS, '(nir - rgb.pick_bands("red")) / (nir + rgb.pick_bands("red"))', GREEN),
    "wf.Image.zonal": _pair(*_NIR, 'nir.mosaic().zonal(wf.FeatureCollection([wf.Feature(field, {})]))'
                                   '.rasterize("nir_mean")'),
    "wf.spectral_index": _pair("image", COLOURS, 'col.head(2).mosaic().spectral_index("NDVI")', GREEN),
    "wf.gt": _pair(*_DEM, "dem > 500", {"scales": [0, 1]}),
})  # fmt: skip
