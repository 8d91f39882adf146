"""Sphinx: the documentation and the language's reference as one site, made without a network.

The pages are those of the repository; which belong together is read off `docs/README.md` and the folders.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tileserver.reference import PICTURES, texts

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

ROOT: Final = Path(__file__).resolve().parents[1]
REFERENCE: Final = ROOT / "docs" / "reference"  # made here, not in the repository
FOLDERS: Final = {"docs/decisions/README": "docs/decisions", "CONTRIBUTING": "docs/recipes"}

MORE: Final = ["reference/index", "/README", "/CHANGELOG", "/SECURITY"]

project = "graftile"
extensions = ["myst_parser"]
root_doc = "docs/README"
include_patterns = ["docs/**", "*.md"]
exclude_patterns = ["[.]*", "**/[.]*", "build", "**/node_modules", "tests", "benchmarks"]
html_theme = "pydata_sphinx_theme"
html_title = "graftile"
html_theme_options = {
    "navbar_center": [],  # all pages stand at the left
    "navbar_end": ["theme-switcher"],
    "show_prev_next": False,
    "footer_start": [],
    "footer_end": [],
}
html_sidebars = {"**": ["pages"]}
templates_path = ["templates"]
html_favicon = "../tileserver/viewer/static/favicon.svg"
html_show_sourcelink = False
html_copy_source = False
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a README's pictures come before its first section


def setup(app: Sphinx) -> None:
    """Write the reference before pages are looked for, and add to pages what lies below them."""
    app.connect("config-inited", write_reference)
    app.connect("source-read", add_pages_below)


def write_reference(app: Sphinx, config: Config) -> None:
    """Write the reference's pages anew, with its pictures; pages that are the same keep their times."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in texts().items():
        page = REFERENCE / f"{name}.md"
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
    if PICTURES.exists():
        shutil.copytree(PICTURES, REFERENCE / "pictures", dirs_exist_ok=True)


def add_pages_below(app: Sphinx, page: str, source: list[str]) -> None:
    """Add to a page the tree of those below it."""
    if page == root_doc:
        source[0] += "".join(_trees_of(source[0])) + _tree("More", MORE)
    elif page == "docs/reference/index":
        source[0] += _tree("", [name for name in texts() if name != "index"])
    elif page in FOLDERS:
        folder = FOLDERS[page]
        names = sorted(path.stem for path in (ROOT / folder).glob("*.md") if path.stem != "README")
        source[0] += _tree("", [f"/{folder}/{name}" for name in names])


def _trees_of(text: str) -> list[str]:
    """Return a tree for each paragraph of links, under the words that it begins with."""
    trees = []
    for caption, links in re.findall(r"^(\w[\w ]*): (\[.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL):
        trees.append(_tree(caption, re.findall(r"\]\(([^)]*)\.md\)", links)))
    return trees


def _tree(caption: str, pages: list[str]) -> str:
    options = f":hidden:\n:caption: {caption}" if caption else ":hidden:"
    return f"\n```{{toctree}}\n{options}\n\n" + "\n".join(pages) + "\n```\n"
