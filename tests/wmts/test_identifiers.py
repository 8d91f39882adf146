"""Identifiers: safe for every client, and reversible."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wmts import (
    decode,
    dimension_identifier,
    dimension_value,
    encode,
    layer_identifier,
    parse_layer_identifier,
)

ANY = st.text(st.characters(codec=None), max_size=40)
HYPHENS = st.text("-a@.4D0", max_size=12)


@given(ANY | HYPHENS)
@example("a-\n")
@example("--")
@example("a--40")
@example(".")
@example("..")
@example("")
def test_req_16_any_text_becomes_a_safe_identifier_and_comes_back(text: str) -> None:
    identifier = encode(text)
    assert re.fullmatch(r"[A-Za-z0-9._:-]+", identifier)
    assert decode(identifier) == text
    assert urlsplit(f"http://h/a/{identifier}/b").path == f"/a/{unquote(identifier)}/b"
    assert identifier not in {".", ".."}


@given(ANY, st.dictionaries(ANY, ANY, max_size=3))
@example("what?is=this", {})
def test_layers_and_combinations_of_values_come_back(layer: str, values: dict[str, str]) -> None:
    identifier = layer_identifier(layer, values)
    assert re.fullmatch(r"[A-Za-z0-9._:-]+", identifier)
    assert parse_layer_identifier(identifier) == (layer, values)


@pytest.mark.parametrize("name", ["year", "a_b", "x.y", "2020-01-01T00:00:00Z", "-5", "0.5", "1.0.0-beta.1"])
def test_ordinary_names_and_values_stay_as_they_are(name: str) -> None:
    assert encode(name) == name


@pytest.mark.parametrize("name", ["style", "Layer", "TILEROW", "service", "I", "access_token", "time", "Time"])
def test_dimensions_never_shadow_a_parameter_of_wmts(name: str) -> None:
    identifier = dimension_identifier(name)
    assert identifier.casefold() != name.casefold()
    assert decode(identifier) == name


@pytest.mark.parametrize("text", ["default", "current", "Default"])
def test_values_never_shadow_a_keyword(text: str) -> None:
    assert dimension_value(text).casefold() != text.casefold()
    assert decode(dimension_value(text)) == text


@pytest.mark.parametrize("identifier", ["", "a b", "a/b", "a--", "a--4", "a--4g", "--FF", "a---"])
def test_what_is_no_identifier_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match=r"identifier|decode"):
        decode(identifier)
