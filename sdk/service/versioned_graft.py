"""Versions of workflows: immutable objects, and the URLs of their tiles."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from sdk.contract.colormaps import Colormap
from sdk.contract.naming import check_docstring, check_labels, check_workflow_id
from sdk.contract.versions import check_reference, check_version
from sdk.contract.viz_option import VizOption
from sdk.language.proxy import Proxy
from sdk.service.cards import server_card
from sdk.service.client import Client, default_client
from sdk.service.computation import Computation
from sdk.service.server_object import ServerObject, viz_options_json
from sdk.service.thumbnails import thumbnail_of, thumbnail_of_layer
from sdk.service.tile_url import Scales, tile_url, wmts_url

__all__ = ["VersionedGraft"]

DESCRIBED: Final = ("version", "docstring", "labels", "viz_options")
COMPUTED: Final = ("graft", "typespec", "type", "parameters", "channel", "client_version")


class VersionedGraft(ServerObject):
    """A version of a `Workflow`: its object is immutable, its metadata can be changed.

    `Workflow.set_version` and `wf.publish` make them, `workflow["1.0.0"]` gives them.

    >>> from sdk import Int
    >>> VersionedGraft("0.0.1", Int(1) + 1)
    VersionedGraft: 0.0.1
        - type: Int
        - channel: master
        - labels: {}
        - viz_options: []
    """

    def __init__(
        self,
        version: str,
        proxy_object: Proxy,
        docstring: str = "",
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
        client: Client | None = None,
    ) -> None:
        """Take an object; one that depends on parameters is turned into a `Function` of them first.

        Raises ValueError for what is no semantic version, TypeError for what is no proxy object.
        """
        self._client = client or default_client()
        self._workflow_id = ""  # of the saved workflow that it is a version of
        self._alias = ""  # under which it was asked for
        self._record: dict[str, Any] = {
            "version": check_version(version),
            "docstring": "",
            "labels": {},
            "viz_options": [],
            **Computation.of(proxy_object).to_json(),
        }
        self._describe(docstring, labels or {}, viz_options or ())

    @classmethod
    def get(cls, workflow_id: str, version: str, client: Client | None = None) -> VersionedGraft:
        """Return a version of a workflow from the server; `version` may be an alias or `latest`, too.

        Raises ValueError for what cannot name a version, `NotFound` if there is none.
        """
        check_workflow_id(workflow_id)
        client = client or default_client()
        path = f"/api/workflows/{quote(workflow_id, safe='@:')}/versions/{quote(check_reference(version), safe='')}"
        found = cls._from_record(client.get(path), workflow_id, client)
        return found if found.version == version else found._under(version)

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], workflow_id: str, client: Client) -> VersionedGraft:
        made = cls.__new__(cls)
        made._client, made._workflow_id, made._alias, made._record = client, workflow_id, "", dict(record)
        return made

    # Drawing

    def url(
        self,
        /,
        colormap: Colormap | None = None,
        bands: str | Sequence[str] | None = None,
        scales: Scales | None = None,
        reduction: str | None = None,
        checkerboard: bool | None = None,
        *,
        session_id: str | None = None,
        viz: str | VizOption | None = None,
        access_token: str | None = None,
        link: str | None = None,
        **arguments: Any,
    ) -> str:
        """Return the URL template of the tiles, with `{z}`, `{x}` and `{y}` in it; all is as in `XYZ.url`.

        The URL of what was asked for by an alias, or as `latest`, says so too, and follows it when it moves.
        Raises ValueError if the workflow has not been saved, TypeError for arguments that are not the object's.
        """
        return tile_url(
            self._template("url_template", place=-4),  # …/{version}/{z}/{x}/{y}.png
            self._computation,
            self.viz_options,
            arguments,
            session_id=session_id,
            colormap=colormap,
            bands=bands,
            scales=scales,
            reduction=reduction,
            checkerboard=checkerboard,
            viz=viz,
            access_token=access_token,
            link=link,
        )

    def wmts_url(
        self,
        tile_matrix_sets: str | Sequence[str] | None = None,
        dimensions: bool | None = None,
        *,
        access_token: str | None = None,
        link: str | None = None,
    ) -> str:
        """Return the URL of the WMTS service that has this version as its layer."""
        template = self._template("wmts_url_template", place=-3)  # …/{version}/1.0.0/WMTSCapabilities.xml
        return wmts_url(template, tile_matrix_sets, dimensions, access_token, link)

    # What is known of it

    @property
    def version(self) -> str:
        """The semantic version."""
        return str(self._record["version"])

    @property
    def docstring(self) -> str:
        """Description of this version, in Markdown."""
        return str(self._record["docstring"])

    @property
    def labels(self) -> dict[str, str]:
        """A copy of the labels; `Workflow.update_version` changes them."""
        return dict(self._record["labels"])

    @property
    def created_timestamp(self) -> datetime | None:
        """Moment of the first save, in UTC; None before."""
        created = self._record.get("created_timestamp")
        return None if created is None else datetime.fromisoformat(created)

    def to_json(self) -> dict[str, Any]:
        """Return the version as requests carry it."""
        return {name: self._record[name] for name in (*DESCRIBED, *COMPUTED) if name in self._record}

    def __eq__(self, other: Any) -> bool:  # and no hash: what is said about it can change
        return self.to_json() == other.to_json() if isinstance(other, VersionedGraft) else NotImplemented

    def __repr__(self) -> str:
        lines = (
            f"VersionedGraft: {self.version}",
            *([f"    - alias: {self._alias}"] if self._alias else ()),
            f"    - type: {self._record['type']}",
            f"    - channel: {self.channel}",
            f"    - labels: {self.labels}",
            f"    - viz_options: {self.viz_options}",
            *([self.docstring] if self.docstring else ()),
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return self._card()

    # For the workflow that has it

    def _card(self, title: str = "", **rows: object) -> str:
        """Return what notebooks show of the version, and of a workflow of which it is the latest."""
        known = {
            **rows,
            "alias": self._alias,
            "labels": self.labels,
            "viz_options": ", ".join(option.id for option in self.viz_options),
            "channel": self.channel,
            "docstring": self.docstring,
        }
        png = thumbnail_of_layer(self._client, self._layer) if self._workflow_id else thumbnail_of(self.object)
        return server_card(title or f"VersionedGraft: {self.version}", known, self._computation, png)

    def _describe(
        self,
        docstring: str | None = None,
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
    ) -> None:
        """Replace the given metadata."""
        if docstring is not None:
            self._record["docstring"] = check_docstring(docstring)
        if labels is not None:
            self._record["labels"] = check_labels(labels)
        if viz_options is not None:
            self._record["viz_options"] = viz_options_json(viz_options)

    def _under(self, alias: str) -> VersionedGraft:
        """Return the version as reached by an alias, or by `latest`."""
        named = copy.copy(self)
        named._alias = alias
        return named

    def _unsaved(self) -> VersionedGraft:
        """Return a copy that belongs to no workflow yet."""
        return self._from_record(copy.deepcopy(self.to_json()), "", self._client)

    def _saved(self, record: Mapping[str, Any], workflow_id: str) -> None:
        """Update from the server's record, in place."""
        self._workflow_id, self._record = workflow_id, dict(record)

    def _template(self, field: str, place: int) -> str:
        if not self._workflow_id:
            raise ValueError(f"version {self.version} is on no server yet: save its workflow first")
        parts = str(self._record[field]).split("/")
        parts[place] = quote(self._alias, safe="") or parts[place]
        return "/".join(parts)

    @property
    def _layer(self) -> str:
        self._template("url_template", -4)
        return f"workflow/{quote(self._workflow_id, safe='@:')}/{quote(self._alias or self.version, safe='')}"
