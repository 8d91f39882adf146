"""Styles from queries: what is accepted, and what is said of everything else."""

from __future__ import annotations

from typing import Any

import pytest

from sdk.contract.parameters import read_parameters
from tileserver.drawing.style import AUTO, Style, _read_common_style
from tileserver.http.errors import BadQuery

VIZ = {
    "id": "ndvi", "bands": ["nir"], "scales": [[0.0, 0.9]], "colormap": "RdYlGn", "reduction": "median",
    "checkerboard": True, "description": "",
}  # fmt: skip
PARAMETERS = read_parameters(
    [
        {"name": "month", "typespec": {"type": "Int"}},
        {"name": "gain", "typespec": {"type": "Float"}, "float_slider": {"default": 0.5}},
        {"name": "smooth", "typespec": {"type": "Bool"}, "checkbox": {}},
    ]
)


def style(*query: tuple[str, str], **layer: Any) -> Style:
    return Style.from_query(query, **layer)


ACCEPTED: dict[str, tuple[tuple[str, str], Style]] = {
    "a pair": (("scales", "[[0, 1.5]]"), Style(scales=((0.0, 1.5),))),
    "no scales": (("scales", "null"), Style()),
    "null pairs": (("scales", "[[0, 1], [null, null]]"), Style(scales=((0.0, 1.0), (None, None)))),
    "automatic scales": (("scales", "auto"), Style(scales=AUTO)),
    "a colormap": (("colormap", "viridis_r"), Style(colormap="viridis_r")),
    "a colormap switched off": (("colormap", ""), Style(colormap="")),
    "a band": (("band", "nir"), Style(bands=("nir",))),
    "a reduction": (("reduction", "median"), Style(reduction="median")),
    "a checkerboard": (("checkerboard", "true"), Style(checkerboard=True)),
    "a session": (("session_id", "s1"), Style()),
    "a token": (("access_token", "x"), Style()),
}


@pytest.mark.parametrize(("pair", "expected"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_query_becomes_a_style(pair: tuple[str, str], expected: Style) -> None:
    assert style(pair) == expected


REFUSED: dict[str, tuple[list[tuple[str, str]], str]] = {
    "unknown key": (
        [("colourmap", "jet")],
        "colourmap is no key of this query, which takes .*colormap.*did you mean 'colormap'",
    ),
    "key given twice": ([("reduction", "min"), ("reduction", "max")], "reduction must be given once"),
    "four bands": ([("band", name) for name in "abcd"], r"band can be given up to 3 times, not 4 \(a, b, c, d\)"),
    "band without a name": ([("band", "")], "band must be the name of a band"),
    "no such colormap": ([("colormap", "viridiss")], r"colormap must be .*like viridis, or.*not 'viridiss'"),
    "colormap on three bands": (
        [("colormap", "jet"), *(("band", name) for name in "abc")],
        r"jet colours one band, not 3 \(a, b, c\)",
    ),
    "scales of the wrong length": (
        [("band", "a"), ("scales", "[[0,1],[0,1]]")],
        r"scales must be a single pair.*\(a\)",
    ),
    "scales that are not JSON": ([("scales", "0,1")], "scales must be a pair .* for each band"),
    "scales with NaN": ([("scales", "[[NaN, 1]]")], "scales .*NaN"),
    "infinite scales": ([("scales", "[[0, 1e999]]")], "scales .*1e999"),
    "scales of text": ([("scales", '[["a", "b"]]')], "scales must be"),
    "scales with half a pair": ([("scales", "[[0, null]]")], "scales must be"),
    "four scales": ([("scales", "[[0,1],[0,1],[0,1],[0,1]]")], "scales must be"),
    "deep scales": ([("scales", "[" * 5000)], "scales must be"),
    "no such reduction": ([("reduction", "mode")], "reduction must be one of mosaic, min, .*not 'mode'"),
    "checkerboard that is no switch": ([("checkerboard", "yes")], "checkerboard must be one of true, false, not 'yes'"),
    "viz of a layer without any": ([("viz", "a")], "viz must be left away"),
}


@pytest.mark.parametrize(("query", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_query_names_the_key_and_both_sides(query: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(BadQuery, match=message):
        style(*query)


def test_a_viz_option_gives_the_defaults_and_the_query_wins() -> None:
    expected = Style(("nir",), ((0.0, 0.9),), "RdYlGn", "median", True)
    assert style(("viz", "ndvi"), viz_options=[VIZ]) == expected
    changed = style(("viz", "ndvi"), ("colormap", ""), ("scales", "null"), ("checkerboard", "false"), viz_options=[VIZ])
    assert changed == Style(("nir",), None, "", "median", False)
    with pytest.raises(BadQuery, match="viz must be one of ndvi, not 'rgb'"):
        style(("viz", "rgb"), viz_options=[VIZ])


def test_arguments_are_read_by_their_types_and_widgets_give_the_others() -> None:
    arguments = style(("month", "5"), ("gain", "2"), parameters=PARAMETERS).arguments
    assert arguments.values == {"month": 5, "gain": 2.0, "smooth": False}
    assert style(("month", "5"), parameters=PARAMETERS).arguments.values["gain"] == 0.5


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ([], "missing argument 'month'"),
        ([("month", '"May"')], "month is wrong: expected Int, not Str 'May'"),
        ([("month", "5.5")], "month is wrong: expected Int, not Float 5.5"),
        ([("month", "May")], "month must be JSON of a literal.*not 'May'"),
        ([("month", "true")], "month is wrong: expected Int, not Bool"),
        ([("month", "5"), ("smooth", "1")], "smooth is wrong: expected Bool, not Int 1"),
        ([("month", "[1, 2]")], "month is wrong: .*quoted JSON"),
        ([("month", '{"returns": "a"}')], "month is wrong: .*'a'"),
        ([("month", "5"), ("month", "6")], "month must be given once"),
    ],
)
def test_a_wrong_argument_is_named(query: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(BadQuery, match=message):
        style(*query, parameters=PARAMETERS)


def test_equal_styles_are_equal_however_they_are_written() -> None:
    one = style(("scales", "[[0,1]]"), ("month", "5"), ("session_id", "a"), parameters=PARAMETERS)
    other = style(("month", " 5"), ("session_id", "b"), ("scales", "[[0.0, 1.0]]"), parameters=PARAMETERS)
    assert one == other
    assert hash(one) == hash(other)
    assert one != style(("scales", "[[0,1]]"), ("month", "6"), parameters=PARAMETERS)


def test_keys_that_page_authors_add_are_ignored_unless_they_name_an_argument() -> None:
    added = [(key, "1") for key in ("_", "t", "v", "token", "cache", "apikey")]
    assert Style.from_query([*added, *added]) == Style()
    own = read_parameters([{"name": "t", "typespec": {"type": "Int"}}])
    assert Style.from_query([*added], parameters=own).arguments.values == {"t": 1}


NUMBER = read_parameters([{"name": "n", "typespec": {"type": "Float"}}])


def test_the_style_of_a_query_is_that_of_its_layer_however_often_it_was_read() -> None:
    query = [("viz", "a")]
    for low in (0.0, 1.0):
        options = [{"id": "a", "bands": ["nir"], "scales": [[low, 2.0]]}]
        assert Style.from_query(query, viz_options=options).scales == ((low, 2.0),)
    for _ in range(2):
        with pytest.raises(BadQuery, match="left away: the layer has no VizOptions"):
            Style.from_query(query)
        assert Style.from_query([("n", "2")], parameters=NUMBER).arguments.values == {"n": 2.0}
        with pytest.raises(BadQuery, match="is no key of this query"):
            Style.from_query([("n", "2")])


def test_no_query_with_credentials_is_kept() -> None:
    _read_common_style.cache_clear()
    for key in ("access_token", "link"):
        Style.from_query([(key, "secret"), ("band", "nir")])
    assert _read_common_style.cache_info().currsize == 0
