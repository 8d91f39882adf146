"""What the reference has pages of: the types, their members, and the functions of the modules."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final

import sdk
from sdk.graft.op import OPERATIONS, Op
from sdk.graft.types import TYPES, Attribute
from sdk.language.examples import example_of, value_of
from sdk.language.operators import METHODS, ROWS, UNARY
from sdk.language.proxy import Proxy
from tileserver.reference.examples import session_of
from tileserver.reference.signatures import gives, signature_of

__all__ = ["Entry", "Page", "Section", "pages"]

SHARED: Final = ("Imagery", "Collection", "BaseArray", "Shape", "Primitive")  # bases of several types, with a page
WITH: Final = {"_Mapping": "Dict"}  # bases whose members stand on the page of a type
MODULES: Final = {"numpy": sdk.numpy, "numpy.linalg": sdk.numpy.linalg, "numpy.ma": sdk.numpy.ma}
CONSTANTS: Final = ("wf.Ellipsis", "wf.constants.e", "wf.constants.inf", "wf.constants.nan", "wf.constants.pi")
SPECIAL: Final = {"__getitem__": "value[index]", "__reversed__": "reversed(value)", "__call__": "value(...)"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation or member: how it is called, what it means, an example at Python's prompt, its builtins."""

    name: str
    signature: str
    doc: str
    session: str = ""
    gives: str = ""
    row: Op | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Entries that stand together under a title."""

    title: str
    doc: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page: a type with its constructor and members, or the functions of a module.

    `bases` are the pages of what the type shares with others, `operators` its signs by what they give.
    """

    name: str
    doc: str
    sections: tuple[Section, ...]
    head: Entry | None = None
    bases: tuple[str, ...] = ()
    operators: tuple[tuple[str, str], ...] = ()


@cache
def pages() -> list[Page]:
    """Return all pages: types first, in alphabetical order, then functions. Their examples are computed by this."""
    bases = [_base_page(name) for name in SHARED]
    types = [_type_page(getattr(sdk, name)) for name in TYPES]
    known = sorted([*bases, *types], key=lambda page: page.name.lower())
    known += [_functions_page(), _operators_page()]
    known += [_module_page(name, module) for name, module in MODULES.items()]
    known.append(_module_page("widgets", sdk.widgets))
    return [*known, _rest_page(known)]


def _type_page(cls: type[Proxy]) -> Page:
    own = [base for base in cls.__mro__ if _page_of(base, cls) == cls.__name__]
    sections = _sections(own, untitled=cls)
    bases = dict.fromkeys(page for base in cls.__mro__ if (page := _page_of(base, cls)) and page != cls.__name__)
    return Page(cls.__name__, _words(cls.__doc__), sections, _head(cls), tuple(bases), _operators_of(cls))


def _base_page(name: str) -> Page:
    """Return the page of what several types have in common."""
    subjects: dict[type, None] = {}
    for type_ in TYPES:
        mro = getattr(sdk, type_).__mro__
        subjects |= dict.fromkeys(base for base in mro if _page_of(base, getattr(sdk, type_)) == name)
    root = next(cls for cls in subjects if cls.__name__ == name)
    heirs = [each for each in TYPES if issubclass(getattr(sdk, each), root)]
    doc = f"{_words(root.__doc__)}\n\nWhat {', '.join(f'[{heir}]({heir}.md)' for heir in heirs)} have in common."
    return Page(name, doc, _sections([root, *(cls for cls in subjects if cls is not root)], untitled=root))


def _sections(classes: Sequence[type], untitled: type) -> tuple[Section, ...]:
    """Return a section for each class that has entries, under its name unless it is the page's own."""
    found = []
    for cls in classes:
        entries = tuple(_entries(cls))
        bare = cls is untitled or cls.__name__.startswith("_")
        found.append(Section("" if bare else cls.__name__, "" if bare else _words(cls.__doc__), entries))
    return tuple(section for section in found if section.entries)


def _page_of(base: type, cls: type[Proxy]) -> str:
    """Return the page on which a type's base has its members."""
    if base is cls or not base.__module__.startswith("sdk.language") or base is Proxy:
        return cls.__name__ if base is cls else ""
    if base.__name__ in WITH:
        return WITH[base.__name__]
    heirs = [name for name in TYPES if issubclass(getattr(sdk, name), base)]
    if len(heirs) == 1:
        return cls.__name__
    return next((each.__name__ for each in base.__mro__ if each.__name__ in SHARED), "")


def _entries(cls: type) -> Iterator[Entry]:
    inherited = {getattr(value, "op", None) for base in cls.__mro__[1:] for value in vars(base).values()} - {None}
    for name, member in vars(cls).items():
        kind = isinstance(member, (property, classmethod, staticmethod)) or inspect.isfunction(member)
        if not kind or (name.startswith("_") and name not in SPECIAL):
            continue
        row = _row_of(member)
        if (row is not None and row in inherited) or (row is None and name in SPECIAL and not member.__doc__):
            continue
        of_class = isinstance(member, (classmethod, staticmethod))
        shown = SPECIAL.get(name, f"{cls.__name__}.{name}" if of_class else name)
        method = not isinstance(member, staticmethod)
        signature = shown if name in SPECIAL else signature_of(shown, member, method=method)
        subject = next(filter(None, (value_of(base.__name__) for base in cls.__mro__)), "")
        yield _entry(SPECIAL.get(name, name), signature, member, row, subject)


def _entry(name: str, signature: str, member: Any, row: Op | None, subject: str = "") -> Entry:
    if row is None:
        doc, session = _words(member.__doc__), _session(member.__doc__)
        if not session and subject and isinstance(member, property):
            session = session_of(f"{subject}.{name}")
        return Entry(name, signature, doc, session)
    example = example_of(row)
    return Entry(name, signature, row.doc, session_of(example) if example else "", gives(row), row)


def _head(cls: type[Proxy]) -> Entry:
    """Return how a type is made: what its class statement and its docstring say."""
    row = getattr(cls.__init__, "op", None) or OPERATIONS.get(cls._constructor)
    signature = signature_of(cls.__name__, cls.__init__, method=True)
    session = _session(cls.__doc__)
    if row is None:
        return Entry(cls.__name__, signature, "", session)
    return Entry(cls.__name__, signature, row.doc, session or session_of(row.example), row=row)


def _operators_of(cls: type[Proxy]) -> tuple[tuple[str, str], ...]:
    """Return the signs of a type's operators, those together that give the same."""
    found: dict[str, list[str]] = {}
    for sign, name in METHODS.items():
        method = getattr(cls, f"__{name}__", None)
        results = getattr(method, "results", None)
        if results is not None:
            found.setdefault(_results(results, cls.__name__), []).append(sign)
    return tuple((" ".join(f"`{sign}`" for sign in signs), text) for text, signs in found.items())


def _results(results: Any, own: str) -> str:
    if isinstance(results, str):
        return f"`{results.replace('Self', own)}`"
    groups: dict[str, list[str]] = {}
    for other, result in results.items():
        groups.setdefault(result.replace("Self", own), []).append(other.replace("Self", own))
    return "; ".join(f"with {', '.join(others)}: `{result}`" for result, others in groups.items())


def _functions_page() -> Page:
    entries = [
        _entry(name, signature_of(name, value, method=False), value, _row_of(value))
        for name in sdk.__all__
        if inspect.isfunction(value := getattr(sdk, name)) and value.__module__.startswith("sdk.language")
    ]
    constants = [_constant(OPERATIONS[name]) for name in CONSTANTS]
    sections = (Section("", "", tuple(entries)), Section("Constants", "", tuple(constants)))
    return Page("functions", "Functions and constants of `import sdk as wf`.", sections)


def _constant(row: Op) -> Entry:
    name = row.builtin.rpartition(".")[2]
    return Entry(name, f"{name}: {row.result.of[0]}", row.doc, session_of(row.example), row=row)


def _operators_page() -> Page:
    entries = tuple(
        Entry(row.builtin, _applied(sign.removeprefix("r")), row.doc, session_of(row.example), gives(row), row)
        for sign, row in ROWS.items()
    )
    doc = (
        "What Python's operators mean. Which types go together stands on the types' pages; others are a TypeError on\n"
        "your own line. Of imagery, what is masked on either side is masked, and so is what is not finite; numbers of\n"
        "bands that do not go together, and collections of unlike length, are errors once they are computed."
    )
    return Page("operators", doc, (Section("", "", entries),))


def _applied(sign: str) -> str:
    if sign in UNARY:
        return "abs(x)" if sign == "abs" else sign
    return "divmod(x, y)" if sign == "divmod" else f"x {sign} y"


def _module_page(name: str, module: ModuleType) -> Page:
    entries = tuple(
        _entry(each, signature_of(each, value, method=False), value, _row_of(value))
        for each in vars(module)["__all__"]
        if inspect.isfunction(value := getattr(module, each))
    )
    return Page(name, _words(module.__doc__), (Section("", "", entries),))


def _rest_page(known: list[Page]) -> Page:
    """Return the page of the builtins that stand on no other: those that several operations write."""
    there = {entry.row for page in known for section in page.sections for entry in section.entries}
    there |= {page.head.row for page in known if page.head}
    rows = {id(row): row for row in OPERATIONS.values() if row not in there}.values()
    entries = tuple(
        Entry(row.builtin, _signature(row), row.doc, session_of(row.example) if row.example else "", gives(row), row)
        for row in rows
    )
    return Page("builtins", "Builtins of grafts that several operations write, or a type's constructor.",
                (Section("", "", entries),))  # fmt: skip


def _signature(row: Op) -> str:
    return f"{row.builtin}({', '.join(f'{p.name}: {p.types}' for p in row.parameters)})"


def _row_of(member: Any) -> Op | None:
    if isinstance(member, Attribute):
        return None
    function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    row = getattr(function, "op", None)
    return row if isinstance(row, Op) else None


def _words(text: str | None) -> str:
    """Return a docstring without its example."""
    return inspect.cleandoc(text or "").partition(">>> ")[0].strip()


def _session(text: str | None) -> str:
    """Return a docstring's example as a user types it, with what that gives."""
    lines = inspect.cleandoc(text or "").splitlines()
    code = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
    return session_of("\n".join(line for line in code if not line.startswith(("from sdk", "import sdk"))))
