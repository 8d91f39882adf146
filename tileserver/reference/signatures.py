"""Signatures as the reference shows them, and what an operation gives, in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from sdk.graft.op import ABSENT, Op
from sdk.graft.rules import Rule
from sdk.graft.types import Attribute

__all__ = ["gives", "signature_of"]

WIDTH: Final = 88
WIDTHS: Final = "Bool < Int < Float < Scalar < Array < MaskedArray"
RULES: Final[Mapping[str, str]] = MappingProxyType({
    "like": "the type of {0}",
    "widest": f"the widest type of {{every}}: {WIDTHS}",
    "at_least": f"the widest type of {{rest}}, at least {{first}}: {WIDTHS}",
    "arrays_or": "{first}; an array of arrays, masked if one of them is",
    "unmasked": "the type of {0}, Array of a MaskedArray",
    "one_or_list": "an array of one argument, a List of arrays of several",
    "same_imagery": "an ImageCollection if {any} is one, else an Image",
    "each_image": "{first} of an Image, List[{first}] of an ImageCollection",
    "imagery_or": "imagery of imagery, else {first}",
    "element": "an element of {0}",
    "reduced": "what is left when {0} is reduced over {1}",
    "reduced_to": "{first}, and a Scalar over all axes",
    "operands": "what the types on both sides give: each type's page has them",
})  # fmt: skip


class _Bare(str):
    """Text that is shown without quotes."""

    def __repr__(self) -> str:
        return str(self)


def signature_of(name: str, member: Any, *, method: bool) -> str:
    """Return the signature of a function, method or property, with types as the language names them.

    >>> from sdk import Image, numpy
    >>> signature_of("value_at", Image.value_at, method=True)
    'value_at(x: FloatLike, y: FloatLike)'
    >>> signature_of("nbands", Image.nbands, method=True)
    'nbands: Int'
    """
    if isinstance(member, Attribute):
        return f"{name}: {member.type}"
    if isinstance(member, property):
        return f"{name}: {_type(inspect.signature(_function(member)).return_annotation)}"
    signature = inspect.signature(_function(member))
    parameters = [_shown(parameter) for parameter in signature.parameters.values()]
    if method and parameters[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        del parameters[0]
    row = getattr(_function(member), "op", None)
    result = _type(signature.return_annotation)
    if row is not None:
        result = row.result.of[0] if row.result.name in ("fixed", "of_function") else ""
    arrow = f" -> {result}" if result else ""
    plain = inspect.Signature(parameters, __validate_parameters__=False)
    text = f"{name}{plain}{arrow}"
    if len(text) <= WIDTH:
        return text
    inner = str(plain)[1:-1]
    for parameter in parameters[1:]:
        inner = inner.replace(f", {parameter}", f",\n    {parameter}", 1)
    return f"{name}(\n    {inner},\n){arrow}"


def gives(row: Op) -> str:
    """Return in words what an operation gives, where that depends on its arguments; else nothing.

    >>> from sdk.graft.op import OPERATIONS
    >>> gives(OPERATIONS["wf.reversed"])
    'the type of what it is called on'
    """
    return _words(row.result, row.parameters[0].name if row.owner and row.parameters else "")


def _words(rule: Rule, subject: str) -> str:
    if rule.name == "list_of":
        return f"a List: each of {_words(Rule(rule.of[0], rule.of[1:]), subject)}"
    if rule.name not in RULES:
        return ""
    quoted = ["what it is called on" if name == subject else f"`{name}`" for name in rule.of]
    first = rule.of[0] if rule.of else ""
    every, rest, any_ = ", ".join(quoted), ", ".join(quoted[1:]), " or ".join(quoted)
    return RULES[rule.name].format(*quoted, first=first, every=every, rest=rest, any=any_)


def _function(member: Any) -> Callable[..., Any]:
    function: Callable[..., Any] = member
    if isinstance(member, property):
        assert member.fget is not None
        function = member.fget
    return getattr(function, "__func__", function)


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    default = _Bare("...") if parameter.default in (ABSENT, ...) else parameter.default
    annotation = parameter.annotation
    if annotation is not parameter.empty:
        annotation = _Bare(_type(annotation) or "object")
    return parameter.replace(default=default, annotation=annotation)


def _type(annotation: object) -> str:
    """Return a type as a signature shows it; nothing for Python's own Any and what is not annotated."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return "" if text in ("Any", "_empty", "None") else text
