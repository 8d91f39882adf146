"""Locations: which files and URLs may be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from errno import ENOENT, ENOTDIR
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from urllib.parse import unquote, urlsplit

from graft_eval.formats.addresses import split_address
from graft_eval.formats.zarr import is_zarr
from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.signatures import unsigned
from graft_eval.raster.signing import BUCKETS
from tileserver.catalog.errors import LocationError

__all__ = ["Locations", "is_url"]

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_url(location: str) -> bool:
    """Return True if a location is read over HTTP.

    >>> is_url("https://example.com/a.tif"), is_url("/data/a.tif"), is_url("file:///data/a.tif")
    (True, False, False)
    """
    return location.lower().startswith(("http://", "https://"))


@dataclass(frozen=True)
class Locations:
    """The folders, hosts (`name` or `name:port`) and buckets from which files may be read; all else is refused.

    `signers` are those of `RemoteAccess`.
    """

    roots: tuple[Path, ...] = ()
    hosts: frozenset[str] = frozenset()
    signers: tuple[tuple[str, str], ...] = ()

    def allow(self, given: str) -> Locations:
        """Return these and what an operator's own word allows: the folder (or the file's), or the URL's host."""
        if is_url(given):
            return replace(self, hosts=self.hosts | {_host_of(given)})
        path = Path(split_address(_path_of(given)).path).resolve()
        return replace(self, roots=(*self.roots, path if path.is_dir() and not is_zarr(str(path)) else path.parent))

    @property
    def access(self) -> RemoteAccess:
        """The access to other machines."""
        return RemoteAccess(self.hosts, self.signers)

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders, with links resolved, each with a slash at its end."""
        return tuple(os.path.join(os.path.realpath(root), "") for root in self.roots)

    def check(self, location: str) -> str:
        """Return the URL, or the absolute path of the file, or part of one, with its links resolved, that may be read.

        Raises `LocationError` for a file that is not there or lies below none of the folders, a host that is
        none of the hosts, and every other scheme.
        """
        if not location.isprintable():
            raise LocationError(f"{location!r} has characters that no file's name or URL should have")
        if is_url(location):
            return self._check_url(location)
        scheme, found, _ = location.partition("://")
        if found and scheme in BUCKETS:
            return self._check_bucket(location)
        if found and scheme.lower() != "file":
            raise LocationError(f"{location} cannot be read: files, http, https, s3, gs and az can, {scheme}:// cannot")
        return self._check_path(_path_of(location))

    def _check_url(self, url: str) -> str:
        host = _host_of(url)
        if host not in self.hosts:
            allowed = ", ".join(sorted(self.hosts)) or "none"
            raise LocationError(f"{unsigned(url)}: the host {host} is not allowed (asset_hosts: {allowed})")
        return url

    def _check_bucket(self, location: str) -> str:
        scheme, _, rest = location.partition("://")
        bucket = f"{scheme}://{rest.partition('/')[0]}"
        if bucket.lower() not in self.hosts:
            allowed = ", ".join(sorted(self.hosts)) or "none"
            raise LocationError(
                f"{location} cannot be read: the bucket {bucket} is not allowed (asset_hosts: {allowed})"
            )
        return location

    def _check_path(self, path: str) -> str:
        # no Path: of ten thousand files, they take a second
        part = ""
        try:
            resolved = os.path.realpath(path)
            mode = os.stat(resolved).st_mode
        except OSError as exc:
            mode = 0
            if exc.errno not in (ENOENT, ENOTDIR):  # links in a circle, names that are too long
                raise LocationError(f"{path} cannot be read: {exc}") from exc
            if (found := split_address(path)).part:
                resolved, part = os.path.realpath(found.path), path.removeprefix(found.path)
                mode = os.stat(resolved).st_mode
        if not os.path.join(resolved, "").startswith(self.folders):
            allowed = ", ".join(map(str, self.roots)) or "none"
            raise LocationError(f"{resolved} lies outside of the folders allowed (asset_roots): {allowed}")
        if not S_ISREG(mode) and not (mode and is_zarr(resolved)):
            raise LocationError(f"{resolved} is no file" if mode else f"{resolved} is not there")
        return resolved + part


def _path_of(location: str) -> str:
    if not location.lower().startswith("file://"):
        return location
    try:
        parts = urlsplit(location)
    except ValueError as exc:
        raise LocationError(f"{location} is no URL: {exc}") from exc
    if parts.netloc not in ("", "localhost"):
        raise LocationError(f"{location} names a file of another machine, {parts.netloc}")
    if "\0" in (path := unquote(parts.path)):
        raise LocationError(f"{location} holds NUL, which no file's name may")
    return path


def _host_of(url: str) -> str:
    """Return `name`, or `name:port` where the port is not the scheme's own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise LocationError(f"{url} is no URL: {exc}") from exc
    if not parts.hostname or parts.username is not None:
        raise LocationError(f"{url} must have the form https://host/path, without a user's name")
    own_port = port is None or port == DEFAULT_PORTS[parts.scheme]
    return parts.hostname if own_port else f"{parts.hostname}:{port}"
