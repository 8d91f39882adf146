"""Where the results of jobs go."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from tileserver.destinations.destination import BadDestination, Delivery, Destination, Download, NotDelivered
from tileserver.destinations.images import CatalogImage
from tileserver.destinations.mail import Email
from tileserver.destinations.stores import AzureStore, File, GoogleStore, S3Store
from tileserver.http.errors import shorten

__all__ = ["DESTINATIONS", "BadDestination", "Delivery", "Destination", "NotDelivered", "read_destination"]

DESTINATIONS: Final[Mapping[str, type[Destination]]] = MappingProxyType(
    {
        destination.type: destination
        for destination in (Download, Email, CatalogImage, File, S3Store, GoogleStore, AzureStore)
    }
)
"""Destinations by the names of their types."""


def read_destination(given: str | Mapping[str, Any]) -> Destination:
    """Return the destination of a name, a URL, or `{"type": name or URL, option: value}`; raises `BadDestination`.

    >>> read_destination("Download").to_json()
    {'type': 'download'}
    >>> read_destination("s3://bucket/key.tif").to_json()
    {'type': 's3', 'url': 's3://bucket/key.tif'}
    """
    options = dict(given) if isinstance(given, Mapping) else {"type": given}
    name = options.pop("type", None)
    if not isinstance(name, str):
        raise BadDestination(f"a destination must be a name or an object with a type, not {shorten(given)}")
    scheme, colon, _ = name.partition(":")
    known = scheme.strip().lower()
    if known not in DESTINATIONS:
        raise BadDestination(f"the destination must be one of {', '.join(DESTINATIONS)}, not {shorten(name)}")
    return DESTINATIONS[known].from_options({"url": name, **options} if colon else options)
