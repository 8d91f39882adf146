"""Objects stored on a server: the base of XYZ layers and of versions of workflows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sdk.contract.viz_option import VizOption
from sdk.language.proxy import Proxy
from sdk.service.computation import Computation
from sdk.service.share_links import ShareLinks

__all__ = ["ServerObject", "viz_options_json"]

# The class has a member of this name.
Type = type[Proxy]


class ServerObject(ShareLinks):
    """A proxy object with its record on the server: its computation and its styles."""

    _record: dict[str, Any]

    @property
    def channel(self) -> str:
        """The channel of the language that it is written in."""
        return str(self._record["channel"])

    @property
    def client_version(self) -> str:
        """The version of the client that it was made with."""
        return str(self._record["client_version"])

    @property
    def viz_options(self) -> list[VizOption]:
        """The ways to draw it that are stored with it."""
        return [VizOption.from_json(option) for option in self._record["viz_options"]]

    @property
    def object(self) -> Proxy:
        """The stored object; a `Function` if the published one depended on parameters.

        Raises ValueError for an object of another channel of the language.
        """
        return self._computation.object

    @property
    def type(self) -> Type:
        """The proxy type of the stored object; ValueError as of `object`."""
        return self.object.__class__

    @property
    def params(self) -> tuple[Proxy, ...]:
        """The parameters that correspond to the arguments of the stored `Function`."""
        return self._computation.params

    @cached_property
    def _computation(self) -> Computation:
        return Computation.from_json(self._record)


def viz_options_json(options: object) -> list[dict[str, Any]]:
    """Return ways to draw as requests carry them; TypeError for what is no list of VizOptions."""
    if not isinstance(options, list | tuple) or not all(isinstance(option, VizOption) for option in options):
        raise TypeError(f"viz_options must be a list of VizOptions, not {options!r}")
    return [option.to_json() for option in options]
