"""Computations as text for people: a step a line, so that two of them can be compared line by line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from sdk.graft.op import OPERATIONS
from sdk.language.bands import PICK_BANDS
from sdk.language.generic import type_name
from sdk.language.proxy import Proxy

__all__ = ["text_of"]

Json = Any  # what the module json reads and writes

WIDTH: Final = 88  # of a line, where it can be broken
MAX_LINES: Final = 12  # lines, or steps, of an expression that has no name of its own
MAX_SHARED: Final = 24  # characters that are written again rather than named

_SIGNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "+": ("add",), "-": ("sub", "subtract"), "*": ("mul", "multiply"), "/": ("div", "truediv", "divide", "true_divide"),
    "//": ("floordiv", "floor_divide"), "%": ("mod", "remainder"), "**": ("pow", "power"), "<": ("lt", "less"),
    "<=": ("le", "less_equal"), "==": ("eq", "equal"), "!=": ("ne", "not_equal"), ">": ("gt", "greater"),
    ">=": ("ge", "greater_equal"), "&": ("and", "bitwise_and"), "|": ("or", "bitwise_or"), "^": ("xor", "bitwise_xor"),
    "<<": ("lshift",), ">>": ("rshift",),
})  # fmt: skip
_INFIX: Final = {
    f"wf.{space}{name}": sign for sign, names in _SIGNS.items() for name in names for space in ("", "numpy.")
}
_PREFIX: Final = {"wf.neg": "-", "wf.numpy.negative": "-", "wf.pos": "+", "wf.invert": "~", "wf.numpy.invert": "~"}
# First parameters of what reads as a method.
_RECEIVERS: Final = frozenset(
    {
        "imagery",
        "image",
        "collection",
        "groupby",
        "container",
        "sequence",
        "mapping",
        "text",
        "moment",
        "span",
        "geocontext",
    }
)


def text_of(obj: Proxy) -> str:
    """Return an object's type and computation as text.

    It reads as Python, though not all of it can be run. Arguments that are at their defaults are left out, and
    what is used twice has a name.

    >>> from sdk import Image, parameter, Float
    >>> print(text_of(Image.from_id("field:a").pick_bands("red") / 2 + parameter("offset", Float)))
    # Image
    (Image.load("field:a").pick_bands("red") / 2) + offset
    """
    lines = _Teller(obj.graft).tell()
    return "\n".join([f"# {type_name(type(obj))}", *lines])


@dataclass(slots=True)
class _Text:
    """An expression: its steps, each some lines; the second and all further ones are calls of methods."""

    steps: list[list[str]]
    sign: str = ""  # of an operator: needs parentheses inside of another expression
    name: str = ""  # what it is called where it needs a name

    def lines(self) -> list[str]:
        flat = self.flat()
        if flat is not None:
            return [flat]
        first, *rest = self.steps
        return [*first, *(f"    {line}" for step in rest for line in step)]

    def flat(self) -> str | None:
        """The expression on one line; None if it does not fit."""
        if any(len(step) > 1 for step in self.steps):
            return None
        line = "".join(step[0] for step in self.steps)
        return line if len(line) <= WIDTH or len(self.steps) == 1 else None

    def operand(self, before: str = "") -> str | None:
        """The expression on one line, as part of another: what stands left of the same + or * needs no parentheses."""
        flat = self.flat()
        bare = not self.sign or flat is None or (self.sign == before and before in "+*")
        return flat if bare else f"({flat})"


@dataclass(slots=True)
class _Frame:
    """A body that is being told: the key that it has in the body around it, what is left of it, what was said."""

    key: str
    body: Mapping[str, Json]
    rest: Iterator[tuple[str, Json]] = field(init=False)
    statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rest = ((key, value) for key, value in self.body.items() if key not in ("parameters", "returns"))


class _Teller:
    """Tells the expressions of a graft of ours, in which a key stands before all keys that need it."""

    def __init__(self, graft: Mapping[str, Json]) -> None:
        self.graft = graft
        self.uses = Counter(_references(graft))
        self.taken = Counter(name for body in _bodies(graft) for name in body.get("parameters", ()))
        self.texts: dict[str, _Text] = {}
        self.json: dict[str, Json] = {}  # the literals, to know which are defaults

    def tell(self) -> list[str]:
        stack = [_Frame("", self.graft)]
        while True:
            frame = stack[-1]
            for key, expression in frame.rest:
                if isinstance(expression, dict):
                    stack.append(_Frame(key, expression))
                    break
                self._keep(key, self._expression(key, expression, frame), frame)
            else:
                stack.pop()
                if not stack:
                    return self._body(frame) if "parameters" in frame.body else self._told(frame)
                self._keep(frame.key, _Text([self._body(frame)], sign="lambda", name="function"), stack[-1])

    def _keep(self, key: str, text: _Text, frame: _Frame) -> None:
        """Remember an expression, under a name of its own where it is used again or has grown long."""
        lines = text.lines()
        shared = self.uses[key] > 1 and text.name and (len(lines) > 1 or len(lines[0]) > MAX_SHARED)
        if shared or len(lines) > MAX_LINES or len(text.steps) > MAX_LINES:
            text = self._named(text, frame)
        self.texts[key] = text

    def _named(self, text: _Text, frame: _Frame) -> _Text:
        name = self._new_name(text.name or "value")
        first, *rest = text.lines()
        frame.statements += [f"{name} = {first}", *rest]
        return _Text([[name]])

    def _new_name(self, name: str) -> str:
        self.taken[name] += 1
        while self.taken[name] > 1:
            name = f"{name}_{self.taken[name]}"
            self.taken[name] += 1
        return name

    def _told(self, frame: _Frame) -> list[str]:
        return [*frame.statements, *self._text(str(frame.body["returns"])).lines()]

    def _body(self, frame: _Frame) -> list[str]:
        parameters = ", ".join(frame.body.get("parameters", ()))
        *statements, _ = told = self._told(frame)
        if not statements and len(told[0]) <= WIDTH:
            return [f"lambda {parameters}: {told[0]}" if parameters else f"lambda: {told[0]}"]
        result = self._text(str(frame.body["returns"])).lines()
        said = [*frame.statements, f"return {result[0]}", *result[1:]]
        return [f"def({parameters}):", *(f"    {line}" for line in said)]

    def _text(self, key: str) -> _Text:
        """Return the text of a key: something described before, a parameter, or a builtin."""
        return self.texts.get(key) or _Text([[key.removeprefix("wf.")]])

    def _expression(self, key: str, expression: Json, frame: _Frame) -> _Text:
        if isinstance(expression, list) and not isinstance(expression[0], (list, dict)):
            return self._call(frame, *expression)
        value = expression[0] if isinstance(expression, list) else expression
        self.json[key] = value
        if isinstance(value, (list, dict)) and len(_written(value)) > WIDTH:
            return _Text([json.dumps(value, ensure_ascii=False, indent=4).splitlines()], name="data")
        return _Text([[_written(value)]], name="text" if isinstance(value, str) else "")

    def _call(self, frame: _Frame, function: str, *given: Json) -> _Text:
        named = given[-1] if given and isinstance(given[-1], dict) else {}
        keys = given[:-1] if named else given
        name = "result" if function in self.texts else self._name_of(function, keys)
        if function in _INFIX and len(keys) == 2 and not named:
            return self._infix(frame, _INFIX[function], keys, name)
        args = [self._text(key) for key in keys]
        if function in _PREFIX and len(args) == 1 and (operand := args[0].operand()):
            return _Text([[f"{_PREFIX[function]}{operand}"]], sign="-", name=name)
        if len(args) == 2 and not named and _bare(args[0]) and (step := self._part(function, keys[1])):
            *steps, (*lines, last) = self._receiver(args[0])
            return _Text([*steps, [*lines, f"{last}{step}"]], name=name)
        if function == "wf.Float.cast" and isinstance(self.json.get(keys[0]), (int, float)):
            return args[0]
        arguments = [("", argument) for argument in args]
        arguments += [(f"{k}=", self._text(key)) for k, key in named.items() if not self._idle(function, k, key)]
        if self._is_method(function, args):
            steps = self._receiver(args[0])
            return _Text([*steps, _called(f".{_last(function)}", arguments[1:])], name=name)
        if not named and (function == "wf.list" or (function == "wf.tuple" and len(args) > 1)):
            return _Text([_called("", arguments, "[]" if function == "wf.list" else "()")], name=name)
        called = self._text(function).operand() or self._named(self._text(function), frame).steps[0][0]
        return _Text([_called(called, arguments)], name=name)

    def _part(self, function: str, key: str) -> str | None:
        """Return the attribute or the element that a builtin takes of a value, as Python writes it."""
        if function == "wf.getattr" and isinstance(name := self.json.get(key), str) and name.isidentifier():
            return f".{name}"
        element = self._text(key).flat()
        return f"[{element}]" if function == "wf.get" and element is not None else None

    @staticmethod
    def _receiver(text: _Text) -> list[list[str]]:
        """Return the steps of what a method is called of, as one in parentheses where it needs them."""
        return [[f"({text.flat()})"]] if text.sign else text.steps

    def _infix(self, frame: _Frame, sign: str, keys: Sequence[str], name: str) -> _Text:
        """Two operands around a sign; where that is too long for a line, the operands get names, the longer first."""
        while True:
            texts = [self._text(key) for key in keys]
            left, right = texts[0].operand(sign), texts[1].operand()
            if left is not None and right is not None and len(left) + len(right) < WIDTH - len(sign):
                return _Text([[f"{left} {sign} {right}"]], sign=sign, name=name)
            lengths = [WIDTH if text is None else len(text) for text in (left, right)]
            longer = lengths.index(max(lengths))
            if len(texts[longer].steps) == 1 and texts[longer].name == "":
                return _Text([[f"{left} {sign} {right}"]], sign=sign, name=name)  # long texts and names stay long
            self.texts[keys[longer]] = self._named(texts[longer], frame)

    def _name_of(self, function: str, keys: Sequence[str]) -> str:
        """Return a name for the result of a builtin: that of a single picked band, else of the operation."""
        picked = self.json.get(keys[1]) if function == PICK_BANDS.builtin and len(keys) == 2 else None
        return picked if isinstance(picked, str) and picked.isidentifier() else _last(function)

    def _is_method(self, function: str, args: Sequence[_Text]) -> bool:
        row = OPERATIONS.get(function)
        if row is None or row.numpy or not args or not row.parameters or function.endswith(".create"):
            return False
        return row.parameters[0].name in _RECEIVERS and _bare(args[0])

    def _idle(self, function: str, name: str, key: str) -> bool:
        """Return True if an argument equals its default."""
        row = OPERATIONS.get(function)
        defaults = {parameter.name: parameter.default for parameter in row.parameters} if row else {}
        if key not in self.json or name not in defaults:
            return False
        value = self.json[key]
        return type(value) is type(defaults[name]) and value == defaults[name]


def _last(function: str) -> str:
    return function.rpartition(".")[2]


def _bare(text: _Text) -> bool:
    """Return True for what something is called of, in parentheses or without."""
    return not text.sign or text.flat() is not None


def _called(function: str, arguments: Sequence[tuple[str, _Text]], brackets: str = "()") -> list[str]:
    """A call, on one line or with a line for each argument."""
    opening, closing = brackets[0], brackets[1]
    flat = [text.flat() for _, text in arguments]
    inside = ", ".join(f"{name}{text}" for (name, _), text in zip(arguments, flat, strict=True))
    line = f"{function}{opening}{inside}{closing}"
    if None not in flat and (len(line) <= WIDTH or not arguments):
        return [line]
    inner = []
    for name, text in arguments:
        first, *rest = text.lines()
        inner += [f"{name}{first}", *rest]
        inner[-1] += ","
    return [f"{function}{opening}", *(f"    {line}" for line in inner), closing]


def _written(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return {"null": "None", "true": "True", "false": "False"}.get(text, text)


def _bodies(graft: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    stack = [graft]
    while stack:
        body = stack.pop()
        yield body
        stack += [value for key, value in body.items() if isinstance(value, dict) and key != "parameters"]


def _references(graft: Mapping[str, Json]) -> Iterator[str]:
    """Yield each key as often as an expression or a result names it."""
    for body in _bodies(graft):
        yield str(body["returns"])
        for key, value in body.items():
            if key not in ("parameters", "returns") and isinstance(value, list) and isinstance(value[0], str):
                for item in value:
                    yield from item.values() if isinstance(item, dict) else (item,)
