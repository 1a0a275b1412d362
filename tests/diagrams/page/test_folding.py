"""Blocks open and close, and very large networks start closed."""

from __future__ import annotations

from typing import Any

import pytest

from cnnshape import Network, load, loads
from cnnshape.diagrams import Look
from cnnshape.diagrams.outline import whole_outline

from .browsing import box, details
from .conftest import Opener

pytestmark = pytest.mark.slow


def test_folding_and_unfolding_change_the_boxes(opener: Opener) -> None:
    network = load("resnet18")
    whole = whole_outline(network, Look())
    page = opener(network)
    page.locator("#fold-all").click()
    assert page.locator(".box").count() == len(whole.root.children)
    assert page.locator(".header").count() == 0
    page.locator("#unfold-all").click()
    assert page.locator(".box").count() == len(whole.boxes)
    assert page.locator(".box .toggle").count() == 0


def test_without_groups_there_is_nothing_to_fold(opener: Opener) -> None:
    page = opener(load("lenet5"))
    assert not page.locator("#fold-all").is_visible()
    assert not page.locator("#unfold-all").is_visible()


def test_columns_show_a_deep_network_larger(opener: Opener) -> None:
    page = opener(load("resnet152"))
    page.locator("#fit").click()
    before = box(page, "fc").bounding_box()["width"]
    button = page.locator("#columns")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert box(page, "fc").bounding_box()["width"] > 2 * before
    button.click()
    assert button.get_attribute("aria-pressed") == "false"


def test_a_block_stays_where_it_is_when_it_is_opened(opener: Opener) -> None:
    page = opener(load("resnet18"), Look(depth=0))
    group = box(page, "layer2")
    before = group.bounding_box()
    assert group.get_attribute("aria-expanded") == "false"
    group.locator(".toggle").click()
    header = box(page, "layer2")
    assert header.get_attribute("aria-expanded") == "true"
    after = header.bounding_box()
    assert after["y"] == pytest.approx(before["y"], abs=2)
    middle = before["x"] + before["width"] / 2
    assert after["x"] + after["width"] / 2 == pytest.approx(middle, abs=2)
    header.locator(".name").click()
    assert box(page, "layer2").get_attribute("aria-expanded") == "false"


def test_the_details_of_a_folded_block_are_sums_of_a_turn(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network, Look(depth=0))
    box(page, "layer1.0–1").click()
    inside_it = [node for node in network.layers if node.path.startswith("layer1.0.")]
    told = details(page)
    params = sum(node.params for node in inside_it)
    assert told["Parameters"].startswith(f"{params:,} each")
    share = 100 * 2 * params / network.totals.params
    assert f"{share:.1f} % of all" in told["Parameters"]


def deep(stages: int) -> Network:
    """Stages of 250 blocks that differ from their neighbours, four layers each."""
    uses = "".join(
        f"  - {{name: s{index}, type: b, k: '${{1 + 2 * (i % 2)}}', repeat: 250}}\n"
        for index in range(stages)
    )
    return loads(
        "input: [4, 32, 32]\nblocks:\n  b:\n    params: {k: 1}\n    layers:\n"
        "      - {type: Conv2d, out_channels: 4, kernel_size: 1}\n      - BatchNorm2d\n"
        "      - ReLU\n      - {type: Conv2d, out_channels: 4, kernel_size: $k, padding: same}\n"
        f"layers:\n{uses}"
    )


def test_unfolding_more_than_a_drawing_holds_is_refused_and_said(opener: Opener) -> None:
    page = opener(deep(10))
    page.locator("#unfold-all").click()
    assert "Not all is unfolded: 5,000 boxes" in page.locator("#status").text_content()
    assert page.locator(".box").count() == 10


def test_ten_thousand_layers_open_folded_and_in_time(opener: Opener) -> None:
    network = deep(10)
    assert len(network.layers) == 10_000
    page = opener(network)
    assert page.locator(".box").count() == 10
    assert page.locator("#layers tbody tr").count() == 10_000
    loading, unfolding = loading_and_unfolding(page)
    assert page.locator(".box").count() == 259
    # The measure is the machine's own: a tenth of the layers, on the same.
    for large, small in zip(
        (loading, unfolding), loading_and_unfolding(opener(deep(1))), strict=True
    ):
        assert large < 30 * small


def loading_and_unfolding(page: Any) -> tuple[float, float]:
    """Milliseconds that the page took to load, and takes to open its first group."""
    loading = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
    started = page.evaluate("performance.now()")
    box(page, "s0").click()
    return loading, page.evaluate("performance.now()") - started
