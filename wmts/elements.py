"""Namespaces and the one way to put an element with text into a document."""

from __future__ import annotations

from lxml import etree

from wmts.text import clean

__all__ = ["OWS", "SCHEMA_LOCATION", "WMTS", "XLINK", "XLINK_HREF", "XML_LANG", "XSI", "add", "number", "serialise"]

WMTS = "{http://www.opengis.net/wmts/1.0}"
OWS = "{http://www.opengis.net/ows/1.1}"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION = f"{{{XSI}}}schemaLocation"
XLINK = "{http://www.w3.org/1999/xlink}"
XLINK_HREF = f"{XLINK}href"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    """Append an element to `parent` and return it; text and attributes are made fit for XML."""
    element = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        element.set(name, clean(value))
    if text is not None:
        element.text = clean(text)
    return element


def number(value: float) -> str:
    """Return a finite number as the shortest text that reads back as the same number.

    >>> number(90.0), number(559082264.0287178), number(-0.0)
    ('90', '559082264.0287178', '0')
    """
    whole = int(value)
    return str(whole) if whole == value else repr(float(value))


def serialise(root: etree._Element) -> bytes:
    """Return the document as UTF-8 with an XML declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
