"""Workflows: named and versioned objects that others can use."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, overload
from urllib.parse import quote

from sdk.contract.cards import card
from sdk.contract.naming import check_tags, check_workflow_id
from sdk.contract.versions import LATEST, check_alias, check_version, latest_of
from sdk.contract.viz_option import VizOption
from sdk.language.function import Function
from sdk.language.proxy import Proxy
from sdk.service.client import Client, default_client
from sdk.service.history import Diff, History, compare, history_of
from sdk.service.metadata import Metadata
from sdk.service.readers import Readers
from sdk.service.tile_url import wmts_url
from sdk.service.versioned_graft import VersionedGraft

__all__ = ["Decorator", "Workflow"]

Decorator = Callable[[Callable[..., Any]], Any]  # takes a Python function, gives the `Function` that it is


def _object_may_come_first(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let `set_version(obj, version="1.0.0")` mean `set_version("1.0.0", obj)`, as both are in the documentation."""

    @wraps(method)
    def call(self: Workflow, /, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], Proxy):
            return method(self, *args[1:], obj=args[0], **kwargs)
        return method(self, *args, **kwargs)

    return call


class Workflow(Metadata, Readers):
    """Versions of an object under a name, with their metadata.

    The id is the owner's email, a colon and a name. Versions are set on the object and stored by `save`; what is
    stored in a version does not change any more.

    >>> from sdk import Int
    >>> workflow = Workflow("bob@gmail.com:two", title="Two", labels={"project": "arithmetic"}, tags=["test"])
    >>> version = workflow.set_version("0.0.1", Int(1) + 1)
    >>> workflow.description = "The result of 1 plus 1"
    >>> workflow
    Workflow: "Two"
        - id: bob@gmail.com:two
        - labels: {'project': 'arithmetic'}
        - tags: ['test']
        - versions: '0.0.1'
    The result of 1 plus 1
    """

    def __init__(
        self,
        id: str,
        title: str = "",
        description: str = "",
        labels: Mapping[str, str] | None = None,
        tags: Sequence[str] | None = None,
        client: Client | None = None,
    ) -> None:
        """Make a workflow, new or with the id of one that the server has; nothing is sent before `save`.

        TypeError and ValueError say what is wrong with a title, a description, labels or tags.
        """
        super().__init__(id, title, description, labels or {}, tags or ())
        self._client = client or default_client()
        self._versions: dict[str, VersionedGraft] = {}

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], client: Client) -> Workflow:
        workflow = cls(record["id"], client=client)
        workflow._take(record)
        return workflow

    # Finding, storing, deleting

    @classmethod
    def get(cls, id: str, client: Client | None = None) -> Workflow:
        """Return the workflow of an id from the server; raises `NotFound` if there is none."""
        check_workflow_id(id)
        client = client or default_client()
        return cls._from_record(client.get(_path(id)), client)

    @classmethod
    def search(
        cls, email: str = "", name: str = "", tags: Sequence[str] | None = None, client: Client | None = None
    ) -> Iterator[Workflow]:
        """Yield the workflows that the caller may read: those of an owner, with names that begin so, with any of tags.

        What is given must hold all together.
        """
        client = client or default_client()
        query = [(key, value) for key, value in (("email", email), ("name", name)) if value]
        query += [("tags", tag) for tag in check_tags(tags or [])]
        for record in client.pages("/api/workflows", "workflows", query):
            yield cls._from_record(record, client)

    def save(self, client: Client | None = None) -> Workflow:
        """Store the workflow and its versions, and return it, updated from the server.

        Title, description, labels and tags replace what the server has; versions are added to those that it has.
        A version that it has already must have an equal object: its docstring, labels and VizOptions are replaced.

        Raises ValueError for an id that is not `email:name`, `Conflict` for a version with another object than
        the server has, in which case nothing is stored, `Forbidden` if the owner is somebody else, and
        `LimitReached`, a `ResourceExhausted` and a `RetryError`, for more than 1,000 workflows.
        """
        return self._store(self.metadata(), client)

    def _store(self, metadata: Mapping[str, Any], client: Client | None = None) -> Workflow:
        """Store the versions and the given metadata; the rest of the metadata stays."""
        check_workflow_id(self.id)
        versions = [version.to_json() for version in self.versions]
        self._take((client or self._client).put(self._path, {**metadata, "versions": versions}))
        return self

    def _take(self, record: Mapping[str, Any]) -> None:
        """Update from the server's record, in place, versions that somebody holds included."""
        self._saved = {name: value for name, value in record.items() if name != "versions"}
        self.title, self.description = record["title"], record["description"]
        self.labels, self.tags = record["labels"], record["tags"]
        known, self._versions = self._versions, {}
        for saved in record["versions"]:
            version = known.get(saved["version"])
            if version is None:
                version = VersionedGraft._from_record(saved, self.id, self._client)
            version._saved(saved, self.id)
            self._versions[version.version] = version

    def delete(self, client: Client | None = None) -> None:
        """Delete the workflow with all its versions, and reset the fields of this object. This cannot be undone."""
        self.delete_id(self.id, client or self._client)
        for version in self.versions:
            version._saved(version.to_json(), "")
        self.__init__("", client=self._client)  # type: ignore[misc]

    @staticmethod
    def delete_id(id: str, client: Client | None = None) -> None:
        """Delete the workflow of an id with all its versions; `NotFound` if there is none. This cannot be undone."""
        check_workflow_id(id)
        (client or default_client()).delete(_path(id))

    def duplicate(self, new_id: str, include_versions: bool = True, client: Client | None = None) -> Workflow:
        """Return a copy with another id, with the versions or without; it is not saved yet."""
        copied = Workflow(new_id, self.title, self.description, self.labels, self.tags, client or self._client)
        if include_versions:
            copied._versions = {name: version._unsaved() for name, version in self._versions.items()}
        return copied

    # Versions

    @overload
    def set_version(
        self,
        version: str,
        obj: None = None,
        docstring: str = "",
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
    ) -> Decorator: ...
    @overload
    def set_version(
        self,
        version: str,
        obj: Proxy,
        docstring: str = "",
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
    ) -> VersionedGraft: ...
    @overload
    def set_version(
        self,
        obj: Proxy,
        *,
        version: str,
        docstring: str = "",
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
    ) -> VersionedGraft: ...
    @_object_may_come_first
    def set_version(
        self,
        version: str,
        obj: Proxy | None = None,
        docstring: str = "",
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
    ) -> Any:
        """Set the object of a version, and return the version; `save` stores it.

        One that depends on parameters is turned into a `Function` of them first. Without an object, this is a
        decorator that takes a Python function with annotations, whose docstring becomes the version's if none
        is given, and gives a `Function`. Raises ValueError for what is no semantic version.

            @workflow.set_version("1.0.0")
            def ndvi(img: wf.Image) -> wf.Image:
                nir, red = img.unpack_bands("nir red")
                return (nir - red) / (nir + red)
        """
        check_version(version)
        if obj is None:

            def register(function: Callable[..., Any]) -> Any:
                traced = function if isinstance(function, Proxy) else Function.from_callable(function)
                said = docstring or (inspect.getdoc(function) or "" if traced is not function else "")
                self.set_version(version, traced, said, labels, viz_options)
                return traced

            return register
        self._versions[version] = VersionedGraft(version, obj, docstring, labels, viz_options, self._client)
        return self._versions[version]

    def update_version(
        self,
        version: str,
        docstring: str | None = None,
        labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
    ) -> VersionedGraft:
        """Replace the docstring, the labels or the VizOptions of a version, and return it; `save` stores them.

        Raises KeyError if there is no such version, ValueError when nothing is given.
        """
        if docstring is None and labels is None and viz_options is None:
            raise ValueError("a docstring, labels or viz_options must be given: there is nothing to update")
        found = self._versions.get(version)
        if found is None:
            raise KeyError(self._missing(version))
        found._describe(docstring, labels, viz_options)
        return found

    def get_version(self, version: str) -> VersionedGraft:
        """Return a version, also by an alias or as `latest`; `workflow["1.0.0"]` does the same.

        Raises KeyError if this object has none, which may be one that was made and not fetched with `get`.
        """
        if version in self._versions:
            return self._versions[version]
        stands_for = self._names().get(version)
        if stands_for is None or stands_for not in self._versions:
            raise KeyError(self._missing(version))
        return self._versions[stands_for]._under(version)

    __getitem__ = get_version

    @property
    def versions(self) -> tuple[VersionedGraft, ...]:
        """The versions, in the order in which they were made."""
        return tuple(self._versions.values())

    @property
    def version_names(self) -> tuple[str, ...]:
        """The names of the versions, in the order in which they were made."""
        return tuple(self._versions)

    def diff(self, old: str, new: str) -> Diff:
        """Return what changed in the computation from one version to another, as a unified diff.

            print(workflow.diff("1.0.0", "1.1.0"))

        It is empty if both compute the same. Raises KeyError if there is no such version.
        """
        return compare(self.get_version(old), self.get_version(new))

    @property
    def history(self) -> History:
        """A `Change` for each version: its moment, its changes, and its aliases."""
        return history_of(self.versions, self._names())

    # Aliases

    def set_alias(self, alias: str, version: str, client: Client | None = None) -> None:
        """Point an alias to a version, on the server and at once; an existing alias is moved.

        `wf.use`, URLs and WMTS take aliases in place of versions. Raises ValueError for a name that cannot be
        one, `NotFound` if the server does not have the version.

            workflow.set_alias("production", "1.2.0")
            wf.use("bob@gmail.com:model", "production")
        """
        path = f"{self._path}/aliases/{quote(check_alias(alias), safe='')}"
        (client or self._client).put(path, {"version": check_version(version)})
        self._saved.setdefault("aliases", {})[alias] = version

    def remove_alias(self, alias: str, client: Client | None = None) -> None:
        """Delete an alias; `NotFound` if there is none of that name."""
        (client or self._client).delete(f"{self._path}/aliases/{quote(check_alias(alias), safe='')}")
        self._saved.get("aliases", {}).pop(alias, None)

    @property
    def aliases(self) -> dict[str, str]:
        """A copy of the aliases, which map names to versions; `latest` is not one of them."""
        return dict(self._saved.get("aliases", {}))

    # What is known of it

    def wmts_url(
        self,
        tile_matrix_sets: str | Sequence[str] | None = None,
        dimensions: bool | None = None,
        *,
        access_token: str | None = None,
    ) -> str:
        """Return the URL of the WMTS service that has the versions as its layers; ValueError before it is saved."""
        if "wmts_url_template" not in self._saved:
            raise ValueError(f"workflow {self.id!r} is on no server yet: save it first")
        return wmts_url(self._saved["wmts_url_template"], tile_matrix_sets, dimensions, access_token)

    def __eq__(self, other: Any) -> bool:  # and no hash: all but the id can change
        if not isinstance(other, Workflow):
            return NotImplemented
        return (self.id, self.metadata(), self.versions) == (other.id, other.metadata(), other.versions)

    def __repr__(self) -> str:
        lines = (
            f'Workflow: "{self.title}"',
            f"    - id: {self.id}",
            f"    - labels: {self.labels}",
            f"    - tags: {self.tags}",
            f"    - versions: {', '.join(map(repr, self.version_names))}",
            *([self.description] if self.description else ()),
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = {
            "id": self.id,
            "tags": ", ".join(self.tags),
            "versions": ", ".join(self.version_names),
            "aliases": ", ".join(f"{alias}: {version}" for alias, version in self.aliases.items()),
            "description": self.description,
        }
        title = f"Workflow: {self.title or self.id}"
        latest = latest_of(self.version_names) or next(reversed(self.version_names), "")
        return self._versions[latest]._card(title, **rows, shown=latest) if latest else card(title, rows)

    def _names(self) -> dict[str, str]:
        """Return the versions that aliases stand for, by alias."""
        latest = latest_of(self.version_names)
        return self.aliases if latest is None else {LATEST: latest, **self.aliases}

    def _missing(self, version: str) -> str:
        there = ", ".join((*self.version_names, *self._names())) or "none"
        return f"workflow {self.id!r} has no version {version!r} here; it has {there}"

    @property
    def _path(self) -> str:
        check_workflow_id(self.id)
        return _path(self.id)


def _path(id: str) -> str:
    return f"/api/workflows/{quote(id, safe='@:')}"
