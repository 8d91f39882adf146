"""Documents as clients read them: parsed, and valid by the standard's schemas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.wmts.documents import SERVICE, ice, snow
from wmts import capabilities

Read = Callable[[bytes], etree._Element]

SCHEMAS = Path(__file__).resolve().parent / "schemas" / "ogc"
KINDS = {"Capabilities": "wmts/1.0-errata/wmts.xsd", "ExceptionReport": "ows/1.1.0/owsAll.xsd"}


@pytest.fixture(scope="session")
def read() -> Read:
    """Parse a document, and check it against its schema."""
    offline = etree.XMLParser(no_network=True)
    schemas = {root: etree.XMLSchema(etree.parse(SCHEMAS / file, offline)) for root, file in KINDS.items()}

    def parse(document: bytes) -> etree._Element:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))
        schemas[etree.QName(root).localname].assertValid(root)
        return root

    return parse


@pytest.fixture(scope="session")
def document(read: Read) -> etree._Element:
    """The whole document of a service with a layer in many sets and one across the antimeridian."""
    return read(capabilities(SERVICE, [snow(), ice()]))
