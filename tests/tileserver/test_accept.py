"""What clients take, by the rules of RFC 9110, 12.5.1."""

from __future__ import annotations

import pytest

from tileserver.http.accept import accepts, media_ranges
from tileserver.http.errors import BadRequest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
TAKEN = [
    ("", "text/xml", True),
    ("*/*", "text/xml", True),
    ("text/*", "text/xml", True),
    ("Text/XML; Charset=utf-8", "text/xml", True),
    ("image/*, text/html", "text/xml", False),
    ("*/*;q=0.1, text/*;q=0", "text/xml", False),
    ("text/xml;charset=utf-8;q=0", "text/xml", False),
    ("text/*;q=0, text/xml", "text/xml", True),
    (BROWSER, "text/xml", True),
]


@pytest.mark.parametrize(("header", "media_type", "taken"), TAKEN)
def test_the_range_that_names_a_type_most_closely_decides(header: str, media_type: str, taken: bool) -> None:
    assert accepts(media_ranges(header), media_type) is taken


def test_what_is_wanted_most_comes_first_and_equals_as_they_were_said() -> None:
    assert [one.media_type for one in media_ranges(BROWSER)] == [
        "text/html", "application/xhtml+xml", "image/webp", "application/xml", "*/*",
    ]  # fmt: skip


def test_a_quality_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadRequest, match="q of a media type must be a number from 0 to 1"):
        media_ranges("application/json;q=x")
