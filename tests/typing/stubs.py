"""The stubs of `sdk`, out of the table of operations: `make stubs` writes them, a test says when they are stale."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_overloads

import sdk
from sdk.graft.op import ABSENT, Op
from sdk.graft.types import Attribute
from sdk.language.notation import LIKE
from sdk.language.operators import COMPARISONS, METHODS
from sdk.language.proxy import Proxy
from sdk.language.reductions import REDUCERS
from sdk.language.rules import AXES
from sdk.service import methods

ROOT = Path(sdk.__file__).parent
HEADER = '''"""{doc}"""

# Written by `make stubs` from the table of operations.
# mypy: disable-error-code="misc, override, overload-overlap, overload-cannot-match, type-arg"
# pyright: basic, reportIncompatibleMethodOverride=false, reportOverlappingOverload=false
# pyright: reportInconsistentOverload=false

'''
IMPORTS = """import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any as Untyped
from typing import BinaryIO, Generic, Literal, NoReturn, Self, TypeAlias, TypeVar, TypeVarTuple, overload

from numpy import dtype as _dtype
from numpy import ndarray

from sdk.graft.errors import ProxyTypeError as ProxyTypeError
from sdk.language.proxy import Proxy as _Base
from sdk.service import exceptions as exceptions
from sdk.service.estimates import Estimate
from sdk.service.tile_url import Scales
from sdk import numpy as numpy
from sdk import scenes as scenes
from sdk import widgets as widgets
"""
TYPE_VARIABLES = """
T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")
"""
HELPERS = """
class _Imagery(_Proxy): ...

class _Shape(_Proxy): ...

class _Incomparable:
    \"\"\"What == and != of values give that have nothing to do with each other: an error.\"\"\"

    def __bool__(self) -> NoReturn: ...

class _Unpacked(Image):
    \"\"\"An image, if one name was given, else a tuple of images.\"\"\"

    def __iter__(self) -> Iterator[Image]: ...

class _UnpackedCollection(ImageCollection):
    def __iter__(self) -> Iterator[ImageCollection]: ...

class _Callable(Function, Generic[T]):
    \"\"\"A function whose result's type is known.\"\"\"

    def __call__(self, *args: object, **kwargs: object) -> T: ...

"""
MADE_OF = {"List": "T", "Tuple": "*Ts", "Dict": "K, V", "KnownDict": "K, V", "ImageCollectionGroupby": "K"}
ELEMENTS = {"ImageCollection": "Image", "GeometryCollection": "Geometry", "FeatureCollection": "Feature"}
BASES = ("Imagery", "Shape")
DUNDERS = {
    "__init__", "__getitem__", "__getattr__", "__call__", "__reversed__", "__iter__", "__len__", "__add__", "__radd__",
}  # fmt: skip
ACCEPTED = {
    "Bool": "BoolLike", "Int": "IntLike", "Float": "Float | float", "Str": "StrLike", "Datetime": "DatetimeLike",
    "Timedelta": "Timedelta | datetime.timedelta", "Array": "PlainArrayLike",
}  # fmt: skip
CONVERTED = {"BoolLike": " | Scalar", "FloatLike": " | Scalar"}  # what becomes one by itself
NUMBERS = {
    "Bool": "Bool | bool", "Int": "Bool | Int | int", "Float": "NumberLike", "Scalar": "NumberLike | Scalar",
}  # fmt: skip
PLAIN = "Scalar | float | PlainArrayLike"  # what has no mask


RESULTS: dict[str, dict[str, str]] = {  # what Python's own notation has no words for
    "Bands.unpack_bands": {"Image": "_Unpacked", "ImageCollection": "_UnpackedCollection"},
    "Function.from_callable": {"": "_Callable[R]"},
    "Function.from_object": {"": "_Callable[R]"},
}
SEQUENCE = ("__getitem__", "__iter__", "__len__")


class Signature(NamedTuple):
    """One of the ways to call something: its parameters, each as text, and what it gives."""

    parameters: tuple[str, ...]
    result: str


def stubs() -> dict[Path, str]:
    """Return the text of each stub by its path."""
    texts = {ROOT / "__init__.pyi": _module()}
    for module in (sdk.numpy, sdk.numpy.linalg, sdk.numpy.ma):
        path = Path(str(module.__file__))
        texts[path.with_suffix(".pyi")] = _numpy(module)
    return {path: _formatted(text) for path, text in texts.items()}


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "stub.pyi", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT.parent).stdout


def _module() -> str:
    known = _KnownDicts()
    types = [getattr(sdk, name) for name in sdk.__all__]
    classes = [type_ for type_ in types if isinstance(type_, type) and issubclass(type_, Proxy)]
    parts = [HEADER.format(doc=sdk.__doc__), IMPORTS]
    parts += [f"from {module} import {name} as {name}\n" for name, module in vars(sdk)["_LAZY"].items()]
    submodules = ("interactive", "models", "result_types", "types")
    parts.append("".join(f"from sdk import {name} as {name}\n" for name in submodules))
    parts.append("from sdk.interactive import map as map\n")
    parts.append(TYPE_VARIABLES)
    parts += [f"{name}: TypeAlias = {text}{CONVERTED.get(name, '')}\n" for name, text in LIKE.items()]
    parts.append("\nclass _Proxy(_Base):\n")
    parts += [
        _indented(_written(method, method.__name__))
        for method in (methods.compute, methods.estimate, methods.inspect, methods.publish)
    ]
    parts.append(HELPERS)
    parts += [_class(cls, known) for cls in classes]
    parts += known.classes
    for name in sdk.__all__:
        value = getattr(sdk, name)
        if isinstance(value, Proxy):
            parts.append(f"{name}: {type(value).__name__}\n")
        elif inspect.isfunction(value) and value.__module__.startswith("sdk.language"):
            parts.append(_member(name, value, None, known))
    return "\n".join(parts) + f"\n__all__ = {sorted(sdk.__all__)!r}\n"


def _numpy(module: ModuleType) -> str:
    space, every = module.__name__, vars(module)["__all__"]
    members = {name: getattr(module, name) for name in every}
    texts = [_member(name, value, None, _KnownDicts()) for name, value in members.items() if hasattr(value, "op")]
    texts += [f"from {space} import {name} as {name}\n" for name in members if isinstance(members[name], ModuleType)]
    types = {name: value.__name__ for name, value in members.items() if isinstance(value, type)}
    texts += [f"{name} = {type_}\n" for name, type_ in types.items() if name != type_]
    used = set(re.findall(r"\w+", re.sub(r'""".*?"""', "", "".join(texts), flags=re.DOTALL)))
    names = sorted(used & ({*LIKE, *sdk.__all__} - members.keys()) | (types.keys() & {*sdk.__all__}))
    lines = [
        "from collections.abc import Sequence", "from typing import Any as Untyped", "from typing import overload", "",
        "from numpy import dtype as _dtype", "from numpy import ndarray", "", f"from sdk import {', '.join(names)}\n",
    ]  # fmt: skip
    return "\n".join([HEADER.format(doc=module.__doc__), *lines, *texts, f"__all__ = {every!r}\n"])


class _KnownDicts:
    """Classes for the dicts of which some keys are known."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.classes: list[str] = []

    def replaced(self, types: str) -> str:
        """Return a notation of types with these dicts by the names of their classes."""
        return re.sub(r"KnownDict\[\{.*?\}, Str, Any\]", lambda match: self._name(match[0]), types)

    def _name(self, notation: str) -> str:
        if notation not in self.names:
            fields = ast.parse(notation[len("KnownDict[") : notation.index("}") + 1], mode="eval").body
            assert isinstance(fields, ast.Dict)
            name = self.names[notation] = f"_KnownDict{len(self.names) + 1}"
            lines = [f"\nclass {name}(KnownDict[Str, Any]):"]
            for key, value in zip(fields.keys, fields.values, strict=True):
                assert key is not None
                lines += ["    @overload"]
                lines += [f"    def __getitem__(self, key: Literal[{ast.unparse(key)}]) -> {ast.unparse(value)}: ..."]
            lines += ["    @overload", "    def __getitem__(self, key: StrLike) -> Any: ...\n"]
            self.classes.append("\n".join(lines))
        return self.names[notation]


def _class(cls: type[Proxy], known: _KnownDicts) -> str:
    """Return the stub of a type, with all that it has of its bases: what they give depends on the type."""
    name = cls.__name__
    base = next((f"_{parent.__name__}" for parent in cls.__mro__ if parent.__name__ in BASES), "_Proxy")
    if name == "Tuple":  # type checkers know what a tuple gives by its index, and when it is unpacked
        base = "_Proxy, tuple[*Ts]"
    of = f", Generic[{MADE_OF[name]}]" if name in MADE_OF else ""
    lines = [f"class {name}({base}{of}):", _indented(_doc(cls.__doc__))]
    parents = [parent for parent in reversed(cls.__mro__) if parent.__module__.startswith("sdk.language")]
    members = {key: value for parent in parents if parent not in Proxy.__mro__ for key, value in vars(parent).items()}
    if name == "Tuple":
        members = {key: value for key, value in members.items() if key not in SEQUENCE}
    lines += [_indented(_member(key, value, cls, known)) for key, value in members.items() if _is_shown(key, value)]
    if not of and any(parent.__name__ == "GenericProxy" for parent in parents):
        lines.append("    def __class_getitem__(cls, params: Untyped) -> type[Untyped]: ...")
    return "\n".join(lines) + "\n"


def _is_shown(name: str, value: object) -> bool:
    callable_ = isinstance(value, (property, classmethod)) or inspect.isfunction(value)
    if getattr(value, "__annotations__", {}).get("return") == "NoReturn":  # a mistake, which checkers shall find
        return False
    return callable_ and (not name.startswith("_") or name in DUNDERS or hasattr(value, "results"))


def _member(name: str, value: Any, cls: type | None, known: _KnownDicts) -> str:
    if isinstance(value, Attribute):
        return f"@property\ndef {name}(self) -> {known.replaced(value.type)}:\n{_indented(_doc(value.__doc__))}\n"
    if isinstance(value, property) and value.fget:
        return "@property\n" + _written(value.fget, name)
    if isinstance(value, classmethod):
        text = _written(value.__func__, name)
        return text.replace("@overload", "@overload\n@classmethod") if "@overload" in text else f"@classmethod\n{text}"
    if hasattr(value, "results"):
        return _defined(name, list(_operator(name, value, cls)), "")
    if cls is sdk.ImageCollectionGroupby and name in REDUCERS:
        return _defined(name, list(_of_groups(value)), value.__doc__ or "")
    row = getattr(value, "op", None)
    if row is not None and ((row.result.name != "fixed" and row.called) or hasattr(value, "__signature__")):
        return _defined(name, list(_ruled(row, value, cls)), row.doc)
    return _written(value, name, cls)


def _defined(name: str, signatures: Sequence[Signature], doc: str) -> str:
    """Return the definitions of a function, one for each signature."""
    texts = []
    for signature in signatures:
        mark = "@overload\n" if len(signatures) > 1 else ""
        body = f"\n{_indented(_doc(doc))}" if doc and signature is signatures[0] else " ..."
        texts.append(f"{mark}def {name}({', '.join(signature.parameters)}) -> {signature.result}:{body}\n")
    return "".join(texts)


def _written(function: Callable[..., Any], name: str, cls: type | None = None) -> str:
    """Return the definitions of a function with its own annotations."""
    overloads = [getattr(each, "__func__", each) for each in get_overloads(function)]
    signatures = [_signature(each, cls) for each in overloads or [function]]
    if result := RESULTS.get(function.__qualname__):
        signatures = [each._replace(result=result[cls.__name__ if cls else ""]) for each in signatures]
    return _defined(name, signatures, function.__doc__ or "")


def _signature(function: Callable[..., Any], cls: type | None) -> Signature:
    signature, module = inspect.signature(function), sys.modules[function.__module__]
    parameters: list[str] = []
    kinds: set[Any] = set()
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not kinds & {parameter.VAR_POSITIONAL, parameter.KEYWORD_ONLY}:
            parameters.append("*")
        kinds.add(parameter.kind)
        bare = not parameters and parameter.name in ("self", "cls")
        parameters.append(parameter.name if bare else _parameter(parameter, _annotation(parameter.annotation, module)))
        if parameter.kind is parameter.POSITIONAL_ONLY:
            parameters.append("/")
    texts = [*parameters, _annotation(str(signature.return_annotation), module)]
    if cls is not None and cls.__name__ in ELEMENTS:
        texts = [re.sub(r"\bT\b", ELEMENTS[cls.__name__], text) for text in texts]
    return Signature(tuple(texts[:-1]), texts[-1])


def _parameter(parameter: inspect.Parameter, types: str) -> str:
    stars: dict[Any, str] = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
    star = stars.get(parameter.kind, "")
    return f"{star}{parameter.name}: {types}{_default(parameter)}"


def _default(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return ""
    return " = ..." if parameter.default in (ABSENT, ...) else f" = {parameter.default!r}"


def _annotation(text: str, module: ModuleType) -> str:
    """Return an annotation as the stub writes it: `Any` is the language's type there, `Untyped` is typing's."""
    if vars(module).get("Any") is Any:
        text = re.sub(r"\bAny\b", "Untyped", text)
    text = re.sub(r"\bAxis\b", "str | tuple[str, ...] | list[str] | None", text)
    return re.sub(r"(?<![\w.])(Proxy|Imagery|Shape)\b", r"_\1", text)


def _operator(name: str, method: Any, cls: Any) -> Iterator[Signature]:
    """Yield what an operator gives for each type on the other side."""
    own = f"{cls.__name__}[{MADE_OF[cls.__name__]}]" if cls.__name__ in MADE_OF else cls.__name__
    if isinstance(method.results, str):
        yield Signature(("self",), method.results)
        return
    groups: dict[str, list[str]] = {}
    for type_, result in method.results.items():
        groups.setdefault(own if result == "Self" else result, []).append(own if type_ == "Self" else type_)
    for result, types in groups.items():
        others = "object" if types == ["Any"] else " | ".join(ACCEPTED.get(type_, type_) for type_ in types)
        yield Signature(("self", f"other: {others}"), result)
    signs = [sign for sign, sign_name in METHODS.items() if name == f"__{sign_name}__"]
    if signs and cls is not sdk.Any:
        yield Signature(("self", "other: Any"), "Bool" if signs[0] in COMPARISONS else "Any")
    if signs and signs[0] in ("==", "!=") and "object" not in groups and cls is not sdk.Any:
        yield Signature(("self", "other: object"), "_Incomparable")  # else it were Python's own bool


def _ruled(row: Op, function: Callable[..., Any], cls: Any) -> Iterator[Signature]:
    """Yield the signatures of an operation whose result depends on its arguments."""
    own = cls.__name__ if cls is not None else ""
    given = _table_parameters(row, function, own)
    rule, of = row.result.name, row.result.of
    if rule == "fixed":
        yield _with(given, "", "", of[0])
    elif rule in ("widest", "arrays_or") and "NumericLike" in given[0]:
        numbers = {
            "Bool": "BoolLike",
            "Int": "BoolLike | IntLike",
            "Float": "NumberLike",
            "Scalar": "NumberLike | Scalar",
        }
        for number, accepted in numbers.items() if rule == "widest" else [(of[0], "NumberLike | Scalar")]:
            yield _with(given, "NumericLike", accepted, number)
        yield _with(given, "NumericLike", "NumberLike | Scalar | PlainArrayLike", "Array")
        yield _with(given, "", "", "MaskedArray")
    elif row.whole:
        yield from _of_arrays(row, given, own)
    elif rule == "reduced":
        yield from _reduced(given, own)
    elif rule == "each_image":
        yield _with(given, "", "", of[0] if own == "Image" else f"List[{of[0]}]")
    elif rule == "like" or (own and rule == "imagery_or") or own == "ImageCollection":
        yield _with(given, "", "", own)
    else:
        if rule == "imagery_or":
            yield _with(given, "Imagery | ", "", of[0])
        yield _with(given, "Imagery", "Image", "Image")
        yield _with(given, "Imagery", "_Imagery", "ImageCollection")
        if rule == "imagery_or" and len(given) == 1:
            yield Signature((f"{row.parameters[0].name}: Any",), "Any")


def _of_arrays(row: Op, given: Sequence[str], own: str) -> Iterator[Signature]:
    """Yield what a function of arrays gives for scalars, for arrays and for masked ones."""
    rule, of = row.result.name, row.result.of
    form = "List[{}]" if rule == "list_of" else "{}"
    if rule == "list_of":
        rule, of = of[0], of[1:]
    if rule == "fixed":
        yield _with(given, "", "", form.format(of[0]))
        return
    if rule == "one_or_list":
        yield Signature((f"ary: {PLAIN}", "/"), "Array")
        yield Signature(("ary: ScalarOrArrayLike", "/"), "MaskedArray")
        yield Signature((f"*arys: {PLAIN}",), "List[Array]")
        yield Signature(("*arys: ScalarOrArrayLike",), "List[MaskedArray]")
        return
    axis = next((text for text in given if text.startswith("axis: ") and rule.startswith("reduced")), "")
    if axis:
        yield _with(given, axis, "axis: None = None", "Scalar")
        some = "axis: ShapeLike" if "AxesLike" in axis else "axis: IntLike"
        by_name = "*, " if " = " in given[given.index(axis) - 1] else ""
        given = [text.replace(axis, by_name + some) for text in given]
    if own:
        yield _with(given, "", "", own)
    elif rule in ("unmasked", "reduced_to"):
        if rule == "unmasked":
            yield _with(given, "ScalarOrArrayLike", "Scalar", form.format("Scalar"))
        yield _with(given, "", "", form.format("Array"))
    else:
        if rule in ("like", "widest") and "ScalarOrArrayLike" in given[0]:
            yield _with(given, "ScalarOrArrayLike", "Scalar", form.format("Scalar"))
        plain = [re.sub(r"\b(ScalarOr)?ArrayLike\b", PLAIN, text) for text in given]
        yield _with(plain, "ArraysLike", "List[Array] | Sequence[PlainArrayLike]", form.format("Array"))
        yield _with(given, "", "", form.format("MaskedArray"))


def _table_parameters(row: Op, function: Callable[..., Any], own: str) -> list[str]:
    """Return the parameters as Python has them, with the types of the table."""
    by_name = {parameter.name: parameter for parameter in row.parameters}
    found = []
    for i, parameter in enumerate(inspect.signature(function).parameters.values()):
        if i == 0 and own:
            found.append("self")
            if parameter.kind is not parameter.VAR_POSITIONAL:
                continue
        types = by_name[parameter.name].types if parameter.name in by_name else parameter.annotation
        found.append(_parameter(parameter, types))
    return found


def _with(given: Sequence[str], old: str, new: str, result: str) -> Signature:
    texts = [text.replace(old, new) if old else text for text in given]
    return Signature(tuple(re.sub(r"(?<![\w.])(Imagery|Shape)\b", r"_\1", text) for text in texts), result)


def _reduced(given: Sequence[str], own: str) -> Iterator[Signature]:
    """Yield what is left for each axis, and for each order of several."""
    forms: dict[str, list[str]] = {"Float": ["None"]}
    for axes, result in AXES[own].items():
        if len(axes) == 1:
            forms.setdefault(result, []).append(f"Literal[{min(axes)!r}]")
        names = permutations(sorted(axes))
        forms.setdefault(result, []).extend(
            "tuple[" + ", ".join(f"Literal[{axis!r}]" for axis in order) + "]" for order in names
        )
    for result, names_ in forms.items():
        default = " = None" if "None" in names_ else ""
        yield _with(given, "axis: Axis = None", f"axis: {' | '.join(names_)}{default}", result)
    every = ", ".join(repr(axis) for axis in ("images", "bands", "pixels") if any(axis in axes for axes in AXES[own]))
    yield _with(given, "axis: Axis = None", f"axis: list[Literal[{every}]]", "Untyped")


def _of_groups(function: Callable[..., Any]) -> Iterator[Signature]:
    """Yield what reductions of each group give: imagery as a collection, else a Dict by the groups' keys."""
    for parameters, result in _reduced(["self", "axis: Axis = None"], "ImageCollection"):
        imagery = result in ("Image", "ImageCollection")
        each = result if result == "Untyped" else f"Dict[K, {result}]"
        yield Signature(parameters, "ImageCollection" if imagery else each)


def _doc(text: str | None) -> str:
    paragraph = inspect.cleandoc(text or "").partition("\n\n")[0]
    return f'"""{paragraph}"""'


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text)
