"""Computations as request bodies carry them, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from graft_eval.graft.syntax import Graft, parse
from graft_eval.limits import Limits
from sdk.contract.typespec import type_from_typespec
from sdk.service.tile_url import QUERY_NAMES
from tileserver.bodies.fields import RULE, Line
from tileserver.http.errors import BadBody, ReservedName, shorten

__all__ = ["Computation", "Parameter", "read_body"]

Body = TypeVar("Body", bound=BaseModel)
ANY = {"type": "Any"}


def _check_typespec(typespec: dict[str, Any]) -> dict[str, Any]:
    try:
        type_from_typespec(typespec)
    except ValueError as exc:
        raise ValueError(f"a type ({exc})") from exc
    return typespec


Typespec = Annotated[dict[str, Any], AfterValidator(_check_typespec)]


class Parameter(BaseModel):
    """A parameter of a computation; further fields describe its widget."""

    model_config = ConfigDict(extra="allow", strict=True)

    name: str
    typespec: Typespec


class Computation(BaseModel):
    """A graft and what its client says of it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    graft: object
    typespec: Typespec = Field(default_factory=lambda: dict(ANY))
    type: Line = "Any"
    parameters: list[Parameter] | None = None
    channel: Annotated[Line, Field(max_length=100)] = ""
    client_version: Annotated[Line, Field(max_length=100)] = ""

    @property
    def document(self) -> dict[str, Any]:
        """The graft as it came, once it has been parsed, and so is an object."""
        assert isinstance(self.graft, dict)
        return self.graft

    def parse(self, limits: Limits) -> Graft:
        """Return the graft, checked; raises `GraftError`s, and `BadBody` if `parameters` are not the graft's."""
        graft = parse(self.graft, limits)
        if self.parameters is not None:
            given = [parameter.name for parameter in self.parameters]
            if sorted(given) != sorted(graft.parameters):
                expected = ", ".join(graft.parameters) or "none"
                raise BadBody(f"parameters must be those of the graft ({expected}), not {', '.join(given) or 'none'}")
        return graft

    def parse_layer(self, limits: Limits) -> Graft:
        """Return the graft of a layer; raises `ReservedName`, too, if a parameter could not stand in its URLs."""
        graft = self.parse(limits)
        if taken := sorted(QUERY_NAMES.intersection(graft.parameters)):
            raise ReservedName(
                f"a parameter of a layer cannot be called {', '.join(taken)}, a name that its URLs use: rename it"
            )
        return graft

    def described_parameters(self, graft: Graft) -> list[dict[str, Any]]:
        """Return the parameters as JSON; those of a graft that nobody has described take anything."""
        if self.parameters is None:
            return [{"name": name, "typespec": dict(ANY)} for name in graft.parameters]
        return [parameter.model_dump() for parameter in self.parameters]


def read_body(model: type[Body], document: Mapping[str, object]) -> Body:
    """Return the model of a JSON object; a `BadBody` says for each wrong field what was expected and what came."""
    try:
        return model.model_validate(document)
    except ValidationError as exc:
        raise BadBody("; ".join(_complaint(error) for error in exc.errors()[:5])) from exc


def _complaint(error: Any) -> str:
    if error["type"] == RULE:
        return str(error["msg"])
    field = ".".join(str(step) for step in error["loc"]) or "the body"
    if error["type"] == "extra_forbidden":
        return f"{shorten(field)} is no field of this body"
    if error["type"] == "missing":
        return f"{field} is missing"
    reason = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{field} must be {reason}, not {shorten(error['input'])}"
