"""Arguments of a layer's function: JSON in a query or a body, checked against the function's parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graft_eval.errors import EvaluationError, GraftSyntaxError
from graft_eval.evaluation.interpreter import evaluate_argument
from graft_eval.graft.arguments import check_names, parse_arguments
from graft_eval.graft.jsontext import load_json
from graft_eval.graft.syntax import Graft
from graft_eval.limits import Limits
from graft_eval.scope import Scope
from graft_eval.values.expected import coerce
from sdk.contract.parameters import Parameter
from tileserver.http.errors import MAX_SHOWN, BadQuery, shorten

__all__ = ["Arguments", "load_arguments", "read_arguments"]


@dataclass(frozen=True, slots=True)
class Arguments:
    """Values and grafts by parameter, and the JSON of each; those that say the same, as `identity` does, are equal."""

    identity: str = ""
    values: Mapping[str, object] = field(default_factory=dict, compare=False)
    typespecs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    documents: Mapping[str, object] = field(default_factory=dict, compare=False)

    def evaluate(self, scope: Scope) -> dict[str, object]:
        """Return the values, grafts evaluated; raises `BadQuery` if one has not its parameter's type."""
        return {
            name: _coerce(name, evaluate_argument(value, scope), self.typespecs[name])
            if isinstance(value, Graft)
            else value
            for name, value in self.values.items()
        }


def load_arguments(texts: Mapping[str, str], parameters: Sequence[Parameter], limits: Limits) -> Arguments:
    """Return arguments that come as JSON texts, as in a query."""
    documents: dict[str, object] = {}
    for name, text in texts.items():
        try:
            documents[name] = load_json(text.encode(), limits)
        except GraftSyntaxError as exc:
            message = f'must be JSON of a literal, like 1 or "text", or a graft, not {shorten(text)}: {exc}'
            raise BadQuery(name, message) from exc
    return read_arguments(documents, parameters, limits)


def read_arguments(documents: Mapping[str, object], parameters: Sequence[Parameter], limits: Limits) -> Arguments:
    """Return the arguments that JSON values stand for: literals, quoted JSON, grafts.

    An absent one is its widget's default. Missing, unknown and mistyped ones are a `BadQuery`.

    >>> number = Parameter.from_json({"name": "n", "typespec": {"type": "Float"}})
    >>> read_arguments({"n": 2}, [number], Limits()).values
    {'n': 2.0}
    """
    defaults = {parameter.name: parameter.default for parameter in parameters if parameter.default is not None}
    documents = {**defaults, **documents}
    typespecs = {parameter.name: parameter.typespec for parameter in parameters}
    try:
        check_names(documents, typespecs)
    except EvaluationError as exc:
        name = next(name for name in (*documents, *typespecs) if name not in documents or name not in typespecs)
        raise BadQuery(name[:MAX_SHOWN], f"is wrong: {exc}") from exc
    values: dict[str, object] = {}
    for name, document in documents.items():
        try:
            value = parse_arguments({name: document}, limits)[name]
        except GraftSyntaxError as exc:
            raise BadQuery(name, f"is wrong: {exc}") from exc
        values[name] = value if isinstance(value, Graft) else _coerce(name, value, typespecs[name])
    said = {
        name: {"graft": value.hash} if isinstance(value, Graft) else documents[name] for name, value in values.items()
    }
    return Arguments(json.dumps(said, sort_keys=True) if said else "", values, typespecs, documents)


def _coerce(name: str, value: object, typespec: Mapping[str, Any]) -> object:
    try:
        return coerce(value, typespec)
    except EvaluationError as exc:
        raise BadQuery(name, f"is wrong: {exc}") from exc
