"""The start page and its neighbours: owners share and delete, strangers are told what there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import expect

import sdk as wf
from tests.browser.demo import Demo, run_program
from tests.browser.window import SECONDS, Window

pytestmark = pytest.mark.xdist_group("browser")  # one demo for all


@pytest.fixture
def layer(demo: Demo) -> Iterator[wf.XYZ]:
    client = wf.Client(demo.url)
    xyz = wf.XYZ(wf.Image.from_id("demo-elevation:jacksboro"), name="Mine to give", public=False, client=client)
    yield xyz
    if httpx2.get(f"{demo.url}/api/xyz/{xyz.id}").status_code == 200:
        xyz.delete()


def test_a_layer_is_deleted_after_a_question(demo: Demo, window: Window, layer: wf.XYZ) -> None:
    window.open(f"{demo.url}/?q=Mine+to+give")
    card = window.page.locator(".tile")
    expect(card.locator(".sharing")).to_have_text("private")
    card.get_by_role("button", name="Delete").click()
    dialog = window.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete Mine to give?")
    window.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert httpx2.get(f"{demo.url}/api/xyz/{layer.id}").status_code == 200
    card.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    assert httpx2.get(f"{demo.url}/api/xyz/{layer.id}").status_code == 404
    assert window.complaints == []


def test_a_layer_is_shared_by_a_link_that_opens_it(demo: Demo, window: Window, layer: wf.XYZ) -> None:
    window.open(f"{demo.url}/?q=Mine+to+give")
    window.page.get_by_role("button", name="Share").click()
    link = window.page.get_by_role("dialog").get_by_role("textbox").input_value()
    assert re.fullmatch(rf"{demo.url}/xyz/{layer.id}\?link=[\w-]+", link)
    window.open(link)
    window.wait_for_tiles()
    window.page.mouse.click(460, 400)
    expect(window.page.locator("#inspected")).to_contain_text("elevation", timeout=SECONDS)
    window.tab("Share")
    assert "link=" in window.page.get_by_label("XYZ tiles", exact=True).input_value()
    assert window.complaints == []


def test_a_link_that_is_none_is_a_page_that_says_so(demo: Demo, window: Window, layer: wf.XYZ) -> None:
    window.open(f"{demo.url}/xyz/{layer.id}?link=gone")
    expect(window.page.locator("main")).to_contain_text("the link is not valid")
    expect(window.page.get_by_role("link", name="All layers")).to_be_visible()


def test_a_workflow_is_shared_with_a_person(demo: Demo, window: Window) -> None:
    client = wf.Client(demo.url)
    image = wf.Image.from_id("demo-elevation:jacksboro")
    wf.publish("ann@example.com:shared", "1.0.0", image, title="Shared by hand", client=client)
    window.open(f"{demo.url}/?q=Shared+by+hand")
    card = window.page.locator(".tile")
    card.get_by_role("button", name="Share").click()
    dialog = window.page.get_by_role("dialog")
    dialog.get_by_label("one person, by e-mail address").fill("bob@example.com")
    dialog.get_by_role("button", name="Share").click()
    expect(dialog).to_contain_text("It is shared.")
    dialog.get_by_role("button", name="Close").click()
    window.page.reload()
    expect(card.locator(".sharing")).to_have_text("shared with 1")
    card.get_by_role("button", name="Share").click()
    expect(dialog.locator("li")).to_have_text("email:bob@example.com")
    dialog.get_by_label("With whom").select_option("public")
    dialog.get_by_role("button", name="Share").click()
    expect(dialog).to_contain_text("It is shared.")
    window.page.reload()
    expect(card.locator(".sharing")).to_have_text("public")
    card.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    assert window.complaints == []


def test_search_and_kind_filter_the_list(demo: Demo, window: Window) -> None:
    window.open(f"{demo.url}/")
    window.page.get_by_label("Search layers, workflows and products").fill("ndvi")
    window.page.get_by_role("button", name="Search").click()
    expect(window.page.locator(".tile h3")).to_have_text(["NDVI by month"])
    window.page.get_by_label("Kind").select_option("product")
    window.page.get_by_label("Search layers, workflows and products").fill("demo")
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".tile")).to_have_count(0)
    expect(window.page.locator(".products li")).to_have_count(2)


@pytest.mark.parametrize(
    "path", ["xyz/" + 48 * "0", "workflow/nobody@example.com:nothing/1.0.0", "catalog/nothing", "x"]
)
def test_what_is_not_there_is_a_page_that_leads_home(demo: Demo, window: Window, path: str) -> None:
    window.open(f"{demo.url}/{path}")
    expect(window.page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    if path.startswith("xyz"):
        expect(window.page.locator("main")).to_contain_text("has expired")
    window.page.get_by_role("link", name="All layers").click()
    expect(window.page).to_have_url(f"{demo.url}/")


def test_jobs_are_followed_until_they_are_done(demo: Demo, window: Window) -> None:
    client = wf.Client(demo.url)
    job = wf.Job(wf.Int(20) + 1, format="json", client=client)
    window.open(f"{demo.url}/")
    window.page.get_by_role("link", name="Your jobs").click()
    item = window.page.locator(f"[data-job='{job.id}']")
    expect(item.locator(".stage")).to_have_text("SUCCEEDED", timeout=SECONDS)
    expect(item.locator(".tasks")).to_have_text("1 of 1")
    item.get_by_text("Log").click()
    expect(item.locator(".log")).not_to_have_text("")
    result = item.get_by_role("link", name="Result")
    assert httpx2.get(f"{demo.url}/{result.get_attribute('href')}", follow_redirects=True).json() == 21
    assert window.complaints == []


def test_footprints_tell_of_all_images_that_lie_there(demo: Demo, window: Window) -> None:
    window.open(f"{demo.url}/catalog/demo-synthetic-s2")
    window.page.locator("#map").hover()
    expect(window.page.locator(".leaflet-tooltip")).to_have_text(re.compile(r"^\d+ images from 20\d\d-.* to 20\d\d-"))
    assert window.complaints == []


def test_program_of_the_product_runs(demo: Demo, window: Window) -> None:
    window.open(f"{demo.url}/catalog/demo-elevation")
    url = run_program(window.page.locator("pre code").inner_text(), demo)
    assert httpx2.get(url.format(z=10, x=272, y=400)).status_code == 200
    httpx2.delete(f"{demo.url}/api/xyz/{url.split('/')[4]}").raise_for_status()
