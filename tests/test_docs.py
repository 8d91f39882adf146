"""What the documentation names is there: pages, files, settings, targets of make."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from graft_eval.limits import Limits
from tileserver.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/README.md")])
    if "node_modules" not in path.parts and "reference" not in path.parts
}
FOLDERS = ("sdk", "graft_eval", "tileserver", "wmts", "tests", "benchmarks", "docs")
MADE = re.compile(r"NNNN|…|[<>*{]")  # stands for a name rather than being one


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = re.sub(r"^```.*?^```", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    here = (ROOT / page).parent
    assert [link for link in links if "://" not in link and not (here / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page: str) -> None:
    named = re.findall(rf"(?<![\w/.])(?:{'|'.join(FOLDERS)})/[\w/.<>{{}}*…-]*[\w/]", PAGES[page])
    assert [name for name in named if not MADE.search(name) and not (ROOT / name).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        here = (ROOT / page).parent
        links = [(here / link).resolve() for link in re.findall(r"\]\(([^)\s#]+\.md)", PAGES[page]) if ":" not in link]
        waiting += {str(link.relative_to(ROOT)) for link in links} - reached - set(waiting)
    assert {page for page in PAGES if not page.startswith("tests/")} - reached == set()


def test_every_setting_stands_in_its_table() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", PAGES["docs/settings.md"], re.MULTILINE)
    assert dict(rows) == {name: field.description for name, field in Settings.model_fields.items()}


def test_every_limit_stands_in_its_table_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| ([\d,.]+) \| ", PAGES["docs/operations.md"], re.MULTILINE)
    assert {name: float(default.replace(",", "")) for name, default in rows} == asdict(Limits())


def test_targets_of_make_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for text in PAGES.values() for target in re.findall(r"(?:`|^)make ([\w-]+)", text, re.MULTILINE)}
    assert named - targets == set()


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-c", "docs", ".", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    assert (tmp_path / "docs" / "README.html").exists()
    assert "Builtin:" in (tmp_path / "docs" / "reference" / "Imagery.html").read_text()
