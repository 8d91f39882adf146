"""Whole documents as they were agreed on, compared in canonical form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from tests.wmts.conftest import Read
from tests.wmts.documents import ALPS, SERVICE, ice, links, snow
from wmts import TileOutOfRange, capabilities, exception_report, unchanged_capabilities

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "wmts"

PRIVATE = replace(SERVICE, carried=(("access_token", "a&b=c"),), update_sequence=42)
# Few levels, so that a reader of the file sees all of it.
SHORT = replace(
    snow(), links=links(ALPS, 20_000, "WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "EPSG:4326")
)
DOCUMENTS = {
    "capabilities": lambda: capabilities(PRIVATE, [SHORT, replace(ice(), links=ice().links[:1])]),
    "service-sections": lambda: capabilities(SERVICE, [], ["ServiceIdentification", "ServiceProvider"]),
    "unchanged": lambda: unchanged_capabilities(PRIVATE),
    "exception": lambda: exception_report(TileOutOfRange("TileRow", 1, 2, 3)),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_stay_as_they_are(name: str, read: Read, request: pytest.FixtureRequest) -> None:
    root = read(DOCUMENTS[name]())
    etree.indent(root)
    actual = etree.tostring(root, method="c14n") + b"\n"
    path = FOLDER / f"{name}.xml"
    if request.config.getoption("--update-golden"):
        path.write_bytes(actual)
    assert actual == path.read_bytes()
