"""The language's reference: nothing is missing, what it prints is what a server computes, its links lead somewhere."""

from __future__ import annotations

import ast
import html
import re
from urllib.parse import urljoin

import numpy as np
import pytest

import sdk as wf
from sdk.graft.op import OPERATIONS
from sdk.graft.types import Attribute
from sdk.language.proxy import Proxy
from tests.tileserver.conftest import Served
from tileserver.reference import anchor_of, texts
from tileserver.reference.members import pages

SESSION = re.compile(r"```pycon\n(.*?)\n```", re.DOTALL)
MARK = re.compile(r"^Builtin: (.*?)(?: · .*)?$", re.MULTILINE)


def typed(session: str) -> list[tuple[str, str]]:
    """Statements as they were typed, and what was printed after each."""
    parts = re.split(r"^>>> ", session, flags=re.MULTILINE)[1:]
    found = []
    for part in parts:
        lines = part.splitlines()
        more = next((i for i, line in enumerate(lines[1:], 1) if not line.startswith("... ")), len(lines))
        code = "\n".join([lines[0], *(line[4:] for line in lines[1:more])])
        found.append((code, "\n".join(lines[more:])))
    return found


def test_every_builtin_stands_on_a_page() -> None:
    shown = [name for text in texts().values() for names in MARK.findall(text) for name in re.findall("`(.*?)`", names)]
    assert OPERATIONS.keys() - set(shown) == set()


def test_every_public_member_of_every_type_stands_on_a_page() -> None:
    headings = {name for text in texts().values() for name in re.findall(r"^### (.*)$", text, re.MULTILINE)}
    types = [value for name in wf.__all__ if isinstance(value := getattr(wf, name), type) and name in texts()]
    members = {name for type_ in types for name in dir(type_) if not name.startswith("_")}
    assert members - headings - {*dir(Proxy)} - {"arg_types", "kwarg_types", "return_type"} == set()


# Without a value to show: what is made by tracing, shows a map, or reads a file of the user's.
BARE = {"value(...)", "key_type", "value_type", "all_arg_types", "literal_value", "tile_layer", "visualize", "load",
        "load_geojson_file", "as_leaflet_layer"}  # fmt: skip


def test_every_entry_says_what_it_means_and_shows_an_example() -> None:
    entries = [entry for page in pages() for section in page.sections for entry in section.entries]
    assert {entry.name for entry in entries if not entry.doc} == set()
    assert {entry.name for entry in entries if not entry.session} <= BARE


def test_attributes_say_what_they_are() -> None:
    assert wf.Datetime.month.__doc__ == "The month, 1 to 12."
    assert "The month, 1 to 12." in texts()["Datetime"]
    assert not any(str(Attribute.__doc__) in text for text in texts().values())


def test_additions_are_marked_as_such() -> None:
    text = texts()["Imagery"]
    assert "Builtin: `wf.hillshade` · *addition*" in text
    assert re.search(r"Builtin: `wf\.clip_values`$", text, re.MULTILINE)


@pytest.mark.parametrize("page", sorted(texts()))
def test_what_an_example_prints_is_what_a_server_computes(page: str, served: Served) -> None:
    with wf.Client(served.url) as client, np.errstate(all="ignore"):
        names = {"wf": wf, "np": np}
        for session in SESSION.findall(texts()[page]):
            for code, printed in typed(session):
                if not printed:
                    exec(code, names)
                    continue
                result = repr(eval(code.replace(".inspect()", ".inspect(client=CLIENT)"), {**names, "CLIENT": client}))
                assert (result[:400], len(result) > 400) == (printed[:400], printed.endswith("…")), code


def test_only_examples_of_imagery_and_of_what_has_no_value_print_types() -> None:
    for page, text in texts().items():
        for session in SESSION.findall(text):
            code, printed = typed(session)[-1]
            if re.fullmatch(r"<(?!class).*>", printed):
                what = (
                    "from_id|from_scene|from_vector_id|rasterize|parameter|widgets|Function|Ellipsis|Struct|Kernel|Any]"
                )
                assert re.search(what, session), (page, code)


def test_signatures_are_python() -> None:
    for text in texts().values():
        for code in re.findall(r"^### \w+\n\n```python\n(\w+\(.*?)\n```", text, re.MULTILINE | re.DOTALL):
            ast.parse(f"def {code}: ...")


def test_pages_are_served_with_links_that_lead_somewhere(served: Served) -> None:
    pages = {name: served.get("/docs/language" + ("" if name == "index" else f"/{name}")) for name in texts()}
    anchors = {str(page.url): set(re.findall(r' id="([^"]*)"', page.text)) for page in pages.values()}
    checked = {str(page.url) for page in pages.values()}
    for page in pages.values():
        assert page.status_code == 200
        assert not re.search(r"<style|style=|<script|\son\w+=", page.text)
        for link in re.findall(r'(?:href|src)="([^"]*)"', page.text):
            assert not link.startswith(("/", "http"))  # relative, so that they work below any prefix
            address, _, anchor = urljoin(str(page.url), html.unescape(link)).partition("#")
            if address not in checked:
                assert served.get(address).status_code == 200, link
                checked.add(address)
            assert not anchor or anchor in anchors[address], (str(page.url), link)


def test_a_page_that_is_none_names_the_near_one(served: Served) -> None:
    answer = served.get("/docs/language/Imagry")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert "did you mean 'Imagery'?" in answer.json()["message"]
    assert served.get("/docs/language/index").status_code == 404


def test_the_start_page_leads_to_the_reference(served: Served) -> None:
    assert 'href="docs/language"' in served.get("/").text


def test_an_error_that_names_an_operation_leads_to_its_description(served: Served) -> None:
    graft = wf.List[wf.Int]([1, 2])[5].graft
    answer = served.post("/api/inspect", {"graft": graft, "typespec": {"type": "Int"}, "parameters": []})
    assert (answer.status_code, answer.json()["operation"]) == (422, "wf.get")
    [link] = re.findall('<(.*)>; rel="help"', answer.headers["link"])
    found = served.get(urljoin(str(answer.url), link), follow_redirects=True)
    assert found.status_code == 200
    assert found.url.path.startswith("/docs/language/")
    assert f' id="{found.url.fragment}"' in found.text


def test_every_builtin_has_its_place(served: Served) -> None:
    for name in OPERATIONS:
        place = served.get(f"/docs/language/builtin/{name}").headers["location"]
        page, _, anchor = place.removeprefix("../").partition("#")
        headings = re.findall(r"^### (.*)$", texts()[page], re.MULTILINE)
        assert not anchor or anchor in map(anchor_of, headings), name
    assert served.get("/docs/language/builtin/wf.nothing").status_code == 404
