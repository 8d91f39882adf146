"""Exceptions of a WMTS, and the reports made of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from wmts.elements import OWS, SCHEMA_LOCATION, XML_LANG, XSI, add, serialise

__all__ = [
    "MEDIA_TYPE",
    "InvalidParameterValue",
    "InvalidUpdateSequence",
    "MissingParameterValue",
    "NoApplicableCode",
    "NotFound",
    "OperationNotSupported",
    "PointIJOutOfRange",
    "ServiceException",
    "TileOutOfRange",
    "VersionNegotiationFailed",
    "as_not_found",
    "exception_report",
]

MEDIA_TYPE = "application/xml"


class ServiceException(Exception):
    """Base of all exceptions of this package: `code` and `locator` as OWS Common names them, HTTP `status`."""

    code = "NoApplicableCode"
    status = 500

    def __init__(self, message: str, locator: str | None = None) -> None:
        super().__init__(message)
        self.locator = locator


class MissingParameterValue(ServiceException):
    """A request lacks a parameter, or leaves it empty; the locator names it."""

    code = "MissingParameterValue"
    status = 400

    def __init__(self, parameter: str) -> None:
        super().__init__(f"{parameter} is missing", parameter)


class InvalidParameterValue(ServiceException):
    """A parameter has a value that means nothing here; the locator names the parameter."""

    code = "InvalidParameterValue"
    status = 400

    def __init__(self, parameter: str, expected: str, actual: str) -> None:
        super().__init__(f"{parameter} must be {expected}, not {actual!r}", parameter)


class TileOutOfRange(ServiceException):
    """TileRow or TileCol is outside what the layer has at that tile matrix."""

    code = "TileOutOfRange"
    status = 400

    def __init__(self, parameter: str, first: int, last: int, actual: int) -> None:
        super().__init__(f"{parameter} must be {first} to {last}, not {actual}", parameter)


class PointIJOutOfRange(TileOutOfRange):
    """I or J is outside the tile."""

    code = "PointIJOutOfRange"


class OperationNotSupported(ServiceException):
    """The operation is known, but not offered for this layer; the locator names the operation."""

    code = "OperationNotSupported"
    status = 501

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} is not offered here", operation)


class VersionNegotiationFailed(ServiceException):
    """None of AcceptVersions is served."""

    code = "VersionNegotiationFailed"
    status = 400


class InvalidUpdateSequence(ServiceException):
    """The client knows a newer document than there is."""

    code = "InvalidUpdateSequence"
    status = 400


class NotFound(ServiceException):
    """The resource does not exist."""

    status = 404


class NoApplicableCode(ServiceException):
    """The service failed in a way that no other code names; the message gives no internals away."""

    def __init__(self, message: str = "the server failed to answer this request") -> None:
        super().__init__(message)


@contextmanager
def as_not_found(restful: bool = True) -> Iterator[None]:
    """Give exceptions status 404, for requests that are addresses: whatever is wrong in one, no resource is there."""
    try:
        yield
    except ServiceException as exc:
        if restful:
            exc.status = 404
        raise


def exception_report(exception: ServiceException) -> bytes:
    """Return the ExceptionReport (OWS 1.1) of one exception, to be answered as `MEDIA_TYPE` with its status.

    >>> exception_report(MissingParameterValue("layer")).decode().partition("<ows:Exception ")[2]
    'exceptionCode="MissingParameterValue" locator="layer"><ows:ExceptionText>layer is missing</ows:ExceptionText></ows:Exception></ows:ExceptionReport>'
    """  # noqa: E501
    root = etree.Element(f"{OWS}ExceptionReport", nsmap={"ows": OWS[1:-1], "xsi": XSI}, version="1.0.0")
    root.set(XML_LANG, "en")
    root.set(SCHEMA_LOCATION, f"{OWS[1:-1]} http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd")
    attributes = {"exceptionCode": exception.code} | ({"locator": exception.locator} if exception.locator else {})
    element = add(root, f"{OWS}Exception", **attributes)
    add(element, f"{OWS}ExceptionText", str(exception))
    return serialise(root)
