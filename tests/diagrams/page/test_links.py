"""Table, drawing and search lead to each other."""

from __future__ import annotations

import pytest

from cnnshape import load
from cnnshape.diagrams import Look

from .browsing import box, inside
from .conftest import Opener

pytestmark = pytest.mark.slow


def test_table_and_drawing_are_linked_both_ways(opener: Opener) -> None:
    page = opener(load("resnet18"))
    row = page.locator('#layers tr[data-layer="68"]')
    row.scroll_into_view_if_needed()
    row.hover()
    assert "hover" in box(page, "fc").get_attribute("class")
    row.click()
    assert "selected" in box(page, "fc").get_attribute("class")
    assert inside(box(page, "fc").bounding_box(), page.locator("#drawing").bounding_box())

    page.locator("#fit").click()
    box(page, "stem").click()
    first = page.locator('#layers tr[data-layer="0"]')
    assert first.get_attribute("aria-selected") == "true"
    assert inside(first.bounding_box(), page.locator(".table").bounding_box())
    box(page, "maxpool2d1").hover()
    assert "hover" in page.locator('#layers tr[data-layer="3"]').get_attribute("class")


def test_a_row_of_a_folded_turn_selects_the_box_that_stands_for_it(opener: Opener) -> None:
    network = load("resnet18")
    index = [node.path for node in network.layers].index("layer1.1.main.conv1.conv")
    page = opener(network, Look(depth=0))
    assert page.locator(".selected").count() == 0
    page.locator(f'#layers tr[data-layer="{index}"]').dispatch_event("click")
    selected = page.locator(".box.selected .name").all_text_contents()
    assert selected == ["main.conv1"]
    assert "Drawn once for 2 alike turns." in page.locator("#details").text_content()
    assert "×2" in box(page, "layer1.0–1").text_content()


def test_the_way_of_a_value_is_marked_through_the_borders_of_blocks(opener: Opener) -> None:
    page = opener(load("unet"))
    box(page, "maxpool2d1").click()
    assert page.locator("#arrows .lit:not(.head)").count() == 4
    page.locator("#search").fill("up4.crop")
    page.keyboard.press("Enter")
    assert page.locator("#arrows .skip.lit.head").count() == 1
    page.keyboard.press("Escape")
    page.locator("#details .close").click()
    assert page.locator("#arrows .lit").count() == 0


def test_search_goes_through_the_hits(opener: Opener) -> None:
    network = load("resnet18")
    pools = [node.path for node in network.layers if "pool" in f"{node.path} {node.type}".lower()]
    page = opener(network)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("POOL")
    hits = page.locator("#hits")
    assert hits.text_content() == f"{len(pools)} hits"
    assert page.locator("#layers tr.hit").count() == len(pools)
    found = []
    for _ in pools:
        page.keyboard.press("Enter")
        found.append(page.locator("#details h2").text_content())
    assert found == pools
    assert hits.text_content() == f"{len(pools)} of {len(pools)}"
    page.keyboard.press("ArrowDown")
    assert page.locator("#details h2").text_content() == pools[0]
    page.keyboard.press("ArrowUp")
    assert page.locator("#details h2").text_content() == pools[-1]
    page.keyboard.press("Escape")
    assert hits.text_content() == ""
    assert page.locator(".hit").count() == 0


def test_search_finds_blocks_and_opens_what_is_folded(opener: Opener) -> None:
    page = opener(load("resnet18"), Look(depth=0))
    page.locator("#search").fill("basic")
    inside_blocks = [node for node in load("resnet18").layers if node.path.startswith("layer")]
    assert page.locator("#layers tr.hit").count() == len(inside_blocks)
    page.locator("#search").fill("layer4.1.add1")
    page.keyboard.press("Enter")
    assert page.locator(".box.selected .name").text_content() == "add1"
    page.locator("#search").fill("no such layer")
    assert page.locator("#hits").text_content() == "no hit"
