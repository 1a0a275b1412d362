"""Lessons as SVG, as a page in a browser, as GIF, and in a terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import expect

from cnnshape.lesson.gif import MOST_FRAMES, TooManySteps, to_gif
from cnnshape.lesson.page import to_page
from cnnshape.lesson.scene import draw
from cnnshape.lesson.svg import MOST_STEPS, to_svg
from cnnshape.worked.values import TooLarge
from tests.worked.worked import lesson

FIGURES = {
    "convolve": {"padding": 1, "stride": 2},
    "channels": {"channels": 2, "filters": 2, "bias": [1, -1], "activation": "ReLU"},
    "transposed": {"kind": "ConvTranspose2d", "image": "1 2/3 4", "stride": 2, "padding": 1},
    "average": {"kind": "AvgPool2d", "padding": 1, "ceil_mode": True, "kernel_size": 3},
    "dilated": {"dilation": 2},
}


def texts(svg: str) -> list[str]:
    """What is to be seen where nothing moves."""
    root = ElementTree.fromstring(svg.encode())
    name = "{http://www.w3.org/2000/svg}"
    found = []
    for child in root:
        if child.get("visibility") != "hidden":
            found += [each.text or "" for each in child.iter(f"{name}text")]
    return found


@pytest.mark.parametrize("name", FIGURES)
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.svg", to_svg(draw(lesson(**FIGURES[name])), "light", 1))


@pytest.mark.parametrize("name", FIGURES)
def test_where_nothing_moves_the_last_step_is_seen(name: str) -> None:
    worked = lesson(**FIGURES[name])
    scene = draw(worked)
    still = texts(to_svg(scene, "light", 1, at=scene.steps - 1))
    assert texts(to_svg(scene, "light", 1)) == still
    assert any(text.startswith(f"step {scene.steps} of") for text in still)
    svg = to_svg(scene, "print", 1)
    if scene.steps > 1:
        assert "@media print{.m{animation:none}}" in svg
        assert "@media (prefers-reduced-motion:reduce)" in svg


@pytest.mark.slow
def test_a_figure_of_too_many_steps_stands_still_and_has_grey_cells() -> None:
    scene = draw(lesson(image=(1, 70, 70)))
    assert scene.steps > MOST_STEPS
    svg = to_svg(scene, "light", 1)
    assert "animation" not in svg
    assert "#FFFFFF" in svg
    assert scene.width < 2000
    with pytest.raises(TooManySteps, match=f"expected {MOST_FRAMES} at most"):
        to_gif(scene, "light", 1)


def test_a_figure_in_which_too_many_numbers_change_is_refused() -> None:
    worked = lesson("ConvTranspose2d", image=(1, 50, 50))
    with pytest.raises(TooLarge, match="22,500 numbers are stamped: a figure has room for 20,000"):
        draw(worked)


@pytest.mark.slow
def test_a_gif_has_a_frame_a_step() -> None:
    scene = draw(lesson(image="1 2 3/4 5 6", kernel="1 1/1 1"))
    with Image.open(io.BytesIO(to_gif(scene, "dark", 0.5))) as picture:
        assert picture.n_frames == scene.steps == 2
        assert (picture.size, picture.info["duration"]) == ((scene.width, scene.height), 500)
        first = picture.convert("RGB").tobytes()
        picture.seek(1)
        assert picture.info["duration"] == 1500
        assert picture.convert("RGB").tobytes() != first


# The page -----------------------------------------------------------------------------


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Any:
    """A page of the lesson; at the end of the test it must have had no error and no request."""
    faults: list[str] = []
    file = tmp_path / "lesson.html"
    file.write_text(to_page(lesson(), "light", 10), encoding="utf-8")
    context = browser.new_context(viewport={"width": 900, "height": 700})
    opened = context.new_page()
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda request: faults.append(request.url))
    opened.goto(file.as_uri())
    yield opened
    context.close()
    assert faults == [file.as_uri()]


def shown(page: Any) -> tuple[str, str, int]:
    """The step's title, its sum, and the numbers of the map that are to be seen."""
    known = page.evaluate("""() => [...document.querySelectorAll(
        'g[data-first] rect[fill="var(--map)"]')].filter(
        (node) => getComputedStyle(node).visibility === "visible").length""")
    return page.locator("#title").text_content(), page.locator("#words").text_content(), known


@pytest.mark.slow
def test_the_page_steps_by_key_and_click_and_plays(page: Any) -> None:
    assert shown(page)[0] == "step 1 of 9: row 1, column 1"
    assert shown(page)[1].endswith("= 6")
    page.keyboard.press("ArrowRight")
    assert (shown(page)[0], shown(page)[1][-3:]) == ("step 2 of 9: row 1, column 2", "= 9")
    page.keyboard.press(" ")
    page.locator(".drawing svg").click()
    page.locator("#next").click()
    assert shown(page)[0].startswith("step 5 of 9")
    page.keyboard.press("ArrowLeft")
    page.locator("#back").click()
    assert shown(page)[0].startswith("step 3 of 9")
    page.keyboard.press("End")
    assert shown(page) == (
        "step 9 of 9: row 3, column 3",
        "(1×1)+(1×0)+(0×1)+(1×1)+(1×0)+(2×1)+(1×0)+(0×1)+(0×0) = 4",
        shown(page)[2],
    )
    page.keyboard.press("Home")
    page.keyboard.press("p")
    expect(page.locator("#title")).to_have_text("step 9 of 9: row 3, column 3", timeout=60_000)
    expect(page.locator("#play")).to_have_text("▶ Play", timeout=60_000)


@pytest.mark.slow
def test_the_window_is_over_what_it_reads_and_the_map_fills(page: Any) -> None:
    counts = []
    for _ in range(9):
        counts.append(shown(page)[2])
        page.keyboard.press("ArrowRight")
    assert counts == list(range(counts[0], counts[0] + 9))
    places = page.evaluate("""() => [...document.querySelectorAll("[data-way] rect")].map(
        (node) => node.getBoundingClientRect()).map(({ x, y }) => [x, y])""")
    cells = page.evaluate("""() => [...document.querySelectorAll("svg > rect")].map(
        (node) => node.getBoundingClientRect()).map(({ x, y }) => [x, y])""")
    assert len(places) == 10
    assert all(min(abs(x - a) + abs(y - b) for a, b in cells) < 0.1 for x, y in places)


def test_hostile_text_stays_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnshape.lesson.page.title", lambda worked: "</title><script>x</script>")
    monkeypatch.setattr("cnnshape.lesson.page.move_title", lambda *_: "</script><b>")
    text = to_page(lesson(), "light", 1)
    assert text.count("<script") == 2
    assert "<b>" not in text
