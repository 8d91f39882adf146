"""Spectral indices, against NumPy and their published formulas, and expressions that name what is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval.errors import EvaluationError
from sdk.language.formulas import INDICES
from tests.graft_eval.fake import NAN, World, graft, pixels, scene

# Band, common name, reflectances; the names are Sentinel-2's.
BANDS: dict[str, tuple[str, list[list[float]]]] = {
    "B02": ("blue", [[0.05, 0.1], [NAN, 0.3]]),
    "B03": ("green", [[0.08, 0.2], [0.1, 0.3]]),
    "B04": ("red", [[0.04, 0.25], [0.1, 0.0]]),
    "B08": ("nir", [[0.45, 0.3], [0.2, 0.0]]),
    "B11": ("swir16", [[0.2, 0.35], [0.05, 0.1]]),
    "B12": ("swir22", [[0.1, 0.3], [NAN, 0.2]]),
}
B, G, R, N, S1, S2 = (np.array(values) for _, values in BANDS.values())
PUBLISHED = {
    "NDVI": lambda: (N - R) / (N + R),
    "NDWI": lambda: (G - N) / (G + N),
    "NBR": lambda: (N - S2) / (N + S2),
    "EVI": lambda: 2.5 * (N - R) / (N + 6 * R - 7.5 * B + 1),
    "SAVI": lambda: (N - R) / (N + R + 0.5) * (1 + 0.5),
    "MNDWI": lambda: (G - S1) / (G + S1),
    "NDSI": lambda: (G - S1) / (G + S1),
    "BSI": lambda: ((S1 + R) - (N + B)) / ((S1 + R) + (N + B)),
}


def world(names: dict[str, str]) -> World:
    """A scene and a collection of the bands, by name and common name."""
    bands = [f"{name}={common}" for name, common in names.items()]
    values = [numbers for _, numbers in BANDS.values()]
    held = {("p:a", name): array for name, array in zip(names, values, strict=True)}
    return World([scene("p:a", "2024-01-01", bands, platform="made")], held)


SENTINEL = world({name: common for name, (common, _) in BANDS.items()})
IMAGE = wf.Image.from_id("p:a")


@pytest.mark.parametrize("name", INDICES)
def test_indices_are_as_published(name: str) -> None:
    image = SENTINEL.evaluate(graft(IMAGE.spectral_index(name)))
    with np.errstate(all="ignore"):
        expected = np.ma.masked_invalid(PUBLISHED[name]())
    (found,) = pixels(SENTINEL, image)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    np.testing.assert_allclose(found.compressed(), expected.compressed(), rtol=1e-14)
    assert image.bands == (name,)
    assert (image.bandinfo[name]["data_range"], image.properties["platform"]) == ((-1.0, 1.0), "made")


@pytest.mark.parametrize(
    "names",
    [
        {"OLI_B2": "blue", "OLI_B3": "green", "OLI_B4": "red", "OLI_B5": "nir08", "OLI_B6": "swir16", "B7": "swir22"},
        {"blue": "", "green": "", "red": "", "nir": "", "swir1": "", "swir2": ""},
    ],
    ids=["Landsat's", "names alone"],
)
def test_bands_are_found_by_what_landsat_and_names_call_them(names: dict[str, str]) -> None:
    there = world(names)
    image = there.evaluate(graft(IMAGE.spectral_index(*INDICES)))
    assert image.bands == tuple(INDICES)
    expected = pixels(SENTINEL, SENTINEL.evaluate(graft(IMAGE.spectral_index(*INDICES))))
    np.testing.assert_array_equal(pixels(there, image).filled(NAN), expected.filled(NAN))


def test_a_collection_has_indices_of_each_image_and_empty_imagery_none() -> None:
    collection = wf.ImageCollection.from_id("p")
    assert SENTINEL.evaluate(graft(collection.spectral_index("NDVI"))).bands == ("NDVI",)
    assert SENTINEL.evaluate(graft(collection.head(0).spectral_index("NDVI").length())) == 0
    assert SENTINEL.evaluate(graft(IMAGE.spectral_index(wf.Str("ND") + "VI"))).bands == ("NDVI",)


def test_an_expression_is_that_of_numpy() -> None:
    text = "where(('B08' > 0.25) & (blue <= 0.1), 1.5 * sqrt(nir) - red ** 2, -B11)"
    (found,) = pixels(SENTINEL, SENTINEL.evaluate(graft(IMAGE.expression(text))))
    expected = np.where((N > 0.25) & (B <= 0.1), 1.5 * np.sqrt(N) - R**2, -S1)
    expected[np.isnan(B)] = NAN
    np.testing.assert_allclose(found.filled(NAN), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (IMAGE.spectral_index(wf.Str("NV") + "DI"), "there is no index 'NVDI'; there are NDVI, NDWI"),
        (IMAGE.spectral_index(), "different indices, one or more, not none"),
        (IMAGE.spectral_index("NDVI", "NDVI"), "different indices, one or more, not NDVI, NDVI"),
        (
            IMAGE.pick_bands("B04 B12").spectral_index("EVI"),
            r"EVI = .* needs one band each with the common name nir and blue; there are B04 \(red\), B12 \(swir22\)",
        ),
        (IMAGE.expression("nir - B21"), "there is no band 'B21'; there are B02, .*; did you mean 'B1"),
    ],
    ids=["another index", "none", "twice", "no bands for it", "no such band"],
)
def test_what_is_not_there_is_named(program: Any, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        SENTINEL.evaluate(graft(program))


def test_the_documentation_has_their_formulas_and_sources() -> None:
    page = (Path(__file__).parents[2] / "docs" / "computations.md").read_text()
    rows = re.findall(r"^\| ([A-Z]+) \| `(.*)` \| (.*) \|$", page, re.MULTILINE)
    assert {name: (formula, source) for name, formula, source in rows} == dict(INDICES)


def test_an_index_that_does_not_exist_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match=r"an index must be one of NDVI, NDWI, .*, not 'NVDI'"):
        IMAGE.spectral_index("NDVI", "NVDI")
