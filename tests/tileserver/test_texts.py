"""The texts of the pages: all of them are in one table, and all of the table is used."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tileserver.viewer.rendering import HERE, TEXTS

TEMPLATES = sorted((HERE / "templates").glob("*.html"))
MODULES = sorted((HERE / "static").glob("*.js"))
SHOWN = ("title", "aria-label", "alt", "placeholder")
WORDS = re.compile(r"[A-Za-z]{3,}")
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
SENTENCE = re.compile(r"^[A-Z][a-z]+( [a-z]+)+|^[A-Z][a-z]+[.!?…:]$|[a-z]{2,} [a-z]{2,} [a-z]{2,}")
CODE = re.compile(r"^(import |Bearer |M|[^ ]*\w+\(|[a-z]+: )")  # of programs to copy, and of CSS


class Texts(HTMLParser):
    """Collects what people read of a page, but for code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code += tag in ("code", "script", "style")
        self.found += [value for name, value in attrs if name in SHOWN and value]

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in ("code", "script", "style")

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.found.append(data)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_words_of_its_own(template: Path) -> None:
    parser = Texts()
    parser.feed(re.sub(r"{%.*?%}|{{.*?}}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL))
    words = [text.strip() for text in parser.found if WORDS.search(text)]
    assert [text for text in words if text not in ("DEBUG", "INFO", "WARNING", "ERROR", "HTTP")] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_module_has_sentences_of_its_own(module: Path) -> None:
    code = re.sub(r"^\s*(//|/\*|\*).*$", "", module.read_text(encoding="utf-8"), flags=re.MULTILINE)
    code = re.sub(r"\.on\(\"[^\"]*\"", "", code)  # names of events
    strings = [quoted or template for quoted, template in STRING.findall(code)]
    assert [text for text in strings if SENTENCE.search(re.sub(r"\$\{.*?\}", "x", text)) and not CODE.match(text)] == []


def test_every_text_is_used_and_every_text_that_is_used_is_there() -> None:
    used = "\n".join(path.read_text(encoding="utf-8") for path in [*TEMPLATES, *MODULES, *HERE.glob("*.py")])
    named = (
        set(re.findall(r"\btexts\.(\w+)", used))
        | set(re.findall(r'\bsay\("(\w+)"', used))
        | set(re.findall(r'TEXTS\["(\w+)"', used))
    )
    assert {name for name in named if name not in TEXTS and name not in ("js", "json")} == set()
    stems = re.compile(r'["`](\w+_)(?:"|\{|\$)')  # of keys that are put together
    prefixes = {stem for stem in stems.findall(used) if stem != "_"}
    unused = {
        key
        for key in TEXTS
        if key not in named and f'"{key}"' not in used and not any(key.startswith(prefix) for prefix in prefixes)
    }
    assert unused == set()


def test_the_table_has_no_key_twice() -> None:
    pairs = json.loads((HERE / "static" / "texts.json").read_text(encoding="utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
