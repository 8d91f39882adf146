"""Documents as clients read them: parsed, and valid by the standard's schemas."""

from __future__ import annotations

import runpy
from collections.abc import Callable

import pytest
from lxml import etree

from tests.conftest import SHARED
from tests.wmts.documents import SERVICE, ice, snow
from wmts import capabilities

Read = Callable[[bytes], etree._Element]

SCHEMAS = SHARED / "wmts" / "schemas"


@pytest.fixture(scope="session")
def read() -> Read:
    """Parse a document, checked against the schemas where they are there; `test_req_01` tells when they are not."""
    kinds = {"Capabilities": "wmts", "ExceptionReport": "ows"}
    load = runpy.run_path(str(SCHEMAS / "validate.py"))["load_schema"] if SCHEMAS.is_dir() else None
    schemas = {name: load(kind) for name, kind in kinds.items()} if load else {}

    def parse(document: bytes) -> etree._Element:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))
        if schemas:
            schemas[etree.QName(root).localname].assertValid(root)
        return root

    return parse


@pytest.fixture(scope="session")
def document(read: Read) -> etree._Element:
    """The whole document of a service with a layer in many sets and one across the antimeridian."""
    return read(capabilities(SERVICE, [snow(), ice()]))
