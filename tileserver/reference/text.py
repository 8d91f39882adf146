"""The reference's pages as Markdown, which the server and Sphinx turn into HTML alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from sdk.graft.op import Op
from sdk.language.notation import LIKE
from tileserver.reference.members import Entry, Page, Section, pages
from tileserver.reference.pictured import PICTURED, SETTING

__all__ = ["PICTURES", "addresses", "anchor_of", "texts", "title_of"]

PICTURES: Final = Path(__file__).with_name("pictures")
TITLES: Final = {
    "functions": "Functions", "operators": "Operators", "builtins": "Other builtins", "widgets": "wf.widgets",
    "index": "The language", "types": "What becomes what",
    "numpy": "wf.numpy", "numpy.linalg": "wf.numpy.linalg", "numpy.ma": "wf.numpy.ma",
}  # fmt: skip
ALIASES: Final = """
What an argument may be, by the names that signatures have for it. Names in small letters are Python's and NumPy's own
types, whose values become the type of the language next to them.
""".strip()
INTRODUCTION: Final = (
    """
Every type, function and operator of `import sdk as wf`, with what it means, what it takes, and the builtin that a graft
has for it. Values in examples were computed when this page was made.

- Types like `FloatLike` in signatures are [what becomes what](types.md); `Self` is the type that a method is called on.
- An *addition* is an operation of ours; all others are those of the published language.
- Calls only build a computation: errors of types and names come on your own line, what only the imagery can tell when
  it is computed. A mask is True where a pixel is missing.
- Pictures are of the demo's imagery, masked pixels a checkerboard. Their programs begin with:

```python
"""
    + SETTING
    + "\n```\n"
)


def title_of(name: str) -> str:
    """Return the title of a page."""
    return TITLES.get(name, name)


def anchor_of(title: str) -> str:
    """Return the anchor of a title on its page.

    >>> anchor_of("value[index]"), anchor_of("wf.ImageCollection.map_window_ic")
    ('valueindex', 'wfimagecollectionmap_window_ic')
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


@cache
def addresses() -> Mapping[str, str]:
    """Return the page and the anchor of each builtin: `Imagery#focal`."""
    found: dict[str, str] = {}
    for page in pages():
        entries = [(entry.row, f"#{anchor_of(entry.name)}") for each in page.sections for entry in each.entries]
        for row, anchor in [(page.head.row if page.head else None, ""), *entries]:
            for name in (row.builtin, *row.aliases) if row else ():
                found.setdefault(name, f"{page.name}{anchor}")
    return found


@cache
def texts() -> Mapping[str, str]:
    """Return the Markdown of all pages by their names; `index` is the first."""
    known = pages()
    return {"index": _index(known), **{page.name: _page(page) for page in known}, "types": _aliases()}


def _page(page: Page) -> str:
    parts = [f"# {title_of(page.name)}"]
    if page.head and not page.head.signature.endswith("()"):  # else it cannot be made from nothing
        parts.append(_code(page.head.signature))
    parts.append(page.doc)
    if page.head:
        parts += [_session(page.head.session), _marks(page.head.row)]
    if page.bases:
        links = ", ".join(f"[{name}]({name}.md)" for name in page.bases)
        parts.append(f"It also has what is described at {links}.")
    parts += [_section(section) for section in page.sections]
    if page.operators:
        parts += ["## Operators", _table("operator", "gives", page.operators)]
    return _joined(parts)


def _section(section: Section) -> str:
    title = f"## {section.title}" if section.title else ""
    return _joined([title, section.doc, *(_entry(entry) for entry in section.entries)])


def _entry(entry: Entry) -> str:
    parts = [f"### {entry.name}", _code(entry.signature), entry.doc]
    if entry.gives:
        parts.append(f"Gives {entry.gives}.")
    return _joined([*parts, _session(entry.session), _picture(entry), _marks(entry.row)])


def _picture(entry: Entry) -> str:
    if entry.row is None or entry.row.builtin not in PICTURED:
        return ""
    pair, name = PICTURED[entry.row.builtin], entry.row.builtin
    return f"![Before and after](pictures/{name}.webp)\n\nLeft `{pair.before.code}`, right `{pair.after.code}`."


def _marks(row: Op | None) -> str:
    if row is None:
        return ""
    names = ", ".join(f"`{name}`" for name in (row.builtin, *row.aliases))
    return f"Builtin: {names}{' · *addition*' if row.addition else ''}"


def _index(known: list[Page]) -> str:
    lines = [f"- [{title_of(page.name)}]({page.name}.md): {_first(page.doc)}" for page in known]
    names = sorted(
        {(entry.name, page.name) for page in known for section in page.sections for entry in section.entries},
        key=lambda each: (each[0].lower(), each[1]),
    )
    entries = ", ".join(f"[{name}]({page}.md#{name.lower()})" for name, page in names if name.isidentifier())
    return _joined(
        [f"# {TITLES['index']}", INTRODUCTION.strip(), "## Pages", "\n".join(lines), "## All names", entries]
    )


def _aliases() -> str:
    rows = [(f"`{name}`", f"`{_plain(text)}`") for name, text in LIKE.items()]
    return _joined([f"# {TITLES['types']}", ALIASES, _table("name", "is one of", rows)])


def _table(left: str, right: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {a} | {b} |" for a, b in ((a.replace("|", "\\|"), b.replace("|", "\\|")) for a, b in rows)]
    return "\n".join([f"| {left} | {right} |", "|---|---|", *lines])


def _plain(types: str) -> str:
    """Return a union without what only type checkers need: the types of elements, leading underscores."""
    return re.sub(r"\b_", "", re.sub(r"\[(Untyped|, |\.\.\.)+\]", "", types))


def _first(doc: str) -> str:
    paragraph = " ".join(doc.partition("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip(".") + "."


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _session(text: str) -> str:
    return f"```pycon\n{text}\n```" if text else ""


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)
