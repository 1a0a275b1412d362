"""The keyboard, the pointer and the fingers."""

from __future__ import annotations

from typing import Any

import pytest

from cnnshape import load
from cnnshape.diagrams import Look

from .browsing import box, inside
from .conftest import Opener

pytestmark = pytest.mark.slow


def test_the_arrow_keys_walk_along_the_data(opener: Opener) -> None:
    page = opener(load("resnet18"))
    stops = page.locator('#boxes .node[tabindex="0"]')
    assert stops.count() == 1
    stops.focus()
    names = page.locator("#boxes .node").evaluate_all("nodes => nodes.map(n => n.id)")
    walked = [page.evaluate("document.activeElement.id")]
    for _ in names[1:]:
        page.keyboard.press("ArrowDown")
        walked.append(page.evaluate("document.activeElement.id"))
    assert walked == names
    assert inside(page.locator(":focus").bounding_box(), page.locator("#drawing").bounding_box())
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.id") == names[0]


def test_enter_opens_and_escape_closes(opener: Opener) -> None:
    page = opener(load("resnet18"), Look(depth=0))
    box(page, "stem").focus()
    page.keyboard.press("Enter")
    assert page.locator("#details h2").text_content() == "stem.conv"
    page.keyboard.press("ArrowDown")
    assert page.locator("#details h2").text_content() == "maxpool2d1"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.locator(":focus").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowRight")
    assert page.locator(":focus .name").first.text_content() == "main.conv1"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("aria-expanded") == "false"
    page.keyboard.press("Escape")
    assert page.locator("#details h2").text_content() == "resnet18"
    assert page.locator(".selected").count() == 0


def test_rows_can_be_walked(opener: Opener) -> None:
    page = opener(load("lenet5"))
    page.locator('#layers tbody tr[tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#details h2").text_content() == "S2"
    assert page.evaluate("document.activeElement.dataset.layer") == "2"


def test_everything_that_can_be_pressed_has_a_name(opener: Opener) -> None:
    page = opener(load("unet"))
    box(page, "conv1").click()
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, .node")]
        .filter((e) => !e.textContent.trim() && !e.getAttribute("aria-label")).length""")
    assert nameless == 0
    ids = page.evaluate('[...document.querySelectorAll("[id]")].map((e) => e.id)')
    assert len(ids) == len(set(ids))


def camera(page: Any) -> tuple[float, float, float]:
    """x, y and zoom."""
    x, y, zoom = page.evaluate(
        "document.getElementById('scene').getAttribute('transform').match(/-?\\d[\\d.e-]*/g)"
    )
    return float(x), float(y), float(zoom)


def test_the_wheel_zooms_about_the_pointer(opener: Opener) -> None:
    page = opener(load("resnet18"))
    before = camera(page)
    middle = box(page, "stem").bounding_box()
    x, y = middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_function(ZOOM_IS_NOT, arg=before[2])
    assert camera(page)[2] > before[2]
    after = box(page, "stem").bounding_box()
    assert after["x"] + after["width"] / 2 == pytest.approx(x, abs=1.5)
    assert after["y"] + after["height"] / 2 == pytest.approx(y, abs=1.5)


ZOOM_IS_NOT = """(zoom) => {
    const transform = document.getElementById("scene").getAttribute("transform");
    return !transform.endsWith(`scale(${zoom})`);
}"""


def test_dragging_moves_and_selects_nothing(opener: Opener) -> None:
    page = opener(load("resnet18"))
    x, y, zoom = camera(page)
    start = box(page, "stem").bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 120, start["y"] + 50, steps=4)
    page.mouse.up()
    assert camera(page) == pytest.approx((x + 100, y + 30, zoom))
    assert page.locator(".selected").count() == 0


def test_two_fingers_zoom(opener: Opener) -> None:
    page = opener(load("resnet18"))
    before = camera(page)[2]
    page.evaluate("""() => {
        const drawing = document.getElementById("drawing");
        const touch = (type, pointerId, clientX) => drawing.dispatchEvent(new PointerEvent(type, {
            pointerId, clientX, clientY: 400, bubbles: true, pointerType: "touch",
            buttons: type === "pointerup" ? 0 : 1,
        }));
        touch("pointerdown", 1, 300);
        touch("pointerdown", 2, 400);
        touch("pointermove", 1, 250);
        touch("pointermove", 2, 450);
        touch("pointerup", 1, 250);
        touch("pointerup", 2, 450);
    }""")
    assert camera(page)[2] == pytest.approx(2 * before, rel=0.01)


def test_keys_and_buttons_zoom_and_show_all(opener: Opener) -> None:
    page = opener(load("resnet18"))
    before = camera(page)[2]
    page.keyboard.press("+")
    assert camera(page)[2] == pytest.approx(1.25 * before)
    page.locator("#zoom-out").click()
    assert camera(page)[2] == pytest.approx(before)
    page.keyboard.press("0")
    assert inside(page.locator("#boxes").bounding_box(), page.locator("#drawing").bounding_box())
