"""Addresses: which service a path below `/wmts` names, and what of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from wmts import NotFound

__all__ = ["DOCUMENT", "Address", "Service", "parse_address"]

DOCUMENT: Final = ("WMTSCapabilities.xml",)


@dataclass(frozen=True, slots=True)
class Service:
    """Scope of a document: an XYZ object, a version of a workflow, all versions of one, or all workflows."""

    kind: str
    id: str = ""
    version: str = ""

    @property
    def path(self) -> str:
        """Path, below the server's root; percent-encoded.

        >>> Service("workflow", "bob@example.com:snow", "1.0.0").path
        'wmts/workflow/bob@example.com:snow/1.0.0'
        """
        parts = (part for part in (self.kind, self.id, self.version) if part)
        return "/".join(["wmts", *(quote(part, safe="@:") for part in parts)])

    def address_of(self, name: str) -> Mapping[str, str] | None:
        """Return the path parameters of the layer of that name; None if this service does not have it."""
        if self.kind == "xyz":
            return {"id": name} if name == self.id else None
        workflow, _, version = name.rpartition("/")
        fits = workflow and self.id in ("", workflow) and self.version in ("", version)
        return {"id": workflow, "version": version} if fits else None


@dataclass(frozen=True, slots=True)
class Address:
    """A service, and the parts of a resource behind `/1.0.0/`; None of them for key-value pairs."""

    service: Service
    resource: tuple[str, ...] | None = None


def parse_address(path: str) -> Address:
    """Return what a decoded path below `/wmts/` names; raises NotFound.

    >>> parse_address("workflow/bob@example.com:snow/1.0.0/1.0.0/WMTSCapabilities.xml").service.version
    '1.0.0'
    >>> parse_address("workflow/bob@example.com:snow/1.0.0/WMTSCapabilities.xml").service.version
    ''
    """
    kind, *parts = path.removesuffix("/").split("/")
    match kind, parts:
        case "xyz", [id, *rest] if id:
            return _with_resource(Service("xyz", id), rest, path)
        case "workflow", []:
            return Address(Service("workflow"))
        case "workflow", ["1.0.0", *_]:
            return _with_resource(Service("workflow"), parts, path)
        case "workflow", [id]:
            return Address(Service("workflow", id))
        # A version can be called 1.0.0, too: what is asked of it comes after a second one.
        case "workflow", [id, "1.0.0", resource, *_] if resource != "1.0.0":
            return _with_resource(Service("workflow", id), parts[1:], path)
        case "workflow", [id, version, *rest] if version:
            return _with_resource(Service("workflow", id, version), rest, path)
    raise _nothing(path)


def _with_resource(service: Service, rest: list[str], path: str) -> Address:
    if not rest:
        return Address(service)
    if rest[0] != "1.0.0" or len(rest) == 1:
        raise _nothing(path)
    return Address(service, tuple(rest[1:]))


def _nothing(path: str) -> NotFound:
    return NotFound(f"there is no resource {path[:200]!r}")
