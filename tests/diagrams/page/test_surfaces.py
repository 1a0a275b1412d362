"""Light, dark and paper, from a phone to a wall; and texts that would be markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnnshape import load
from cnnshape.diagrams import THEMES, Look
from cnnshape.diagrams.text import one_line

from ..nets import network as named
from .browsing import OVERFULL, background, css, inside
from .conftest import Opener

pytestmark = pytest.mark.slow


def test_colours_follow_the_system_until_the_reader_chooses(opener: Opener) -> None:
    page = opener(load("lenet5"), color_scheme="dark")
    assert background(page) == css(THEMES["dark"].background)
    button = page.locator("#theme")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert background(page) == css(THEMES["light"].background)
    page.emulate_media(color_scheme="light")
    button.click()
    assert background(page) == css(THEMES["dark"].background)


@pytest.mark.parametrize(
    ("theme", "scheme", "shown"), [("dark", "light", "dark"), ("print", "dark", "light")]
)
def test_the_look_decides_the_first_colours(
    opener: Opener, theme: str, scheme: str, shown: str
) -> None:
    page = opener(load("lenet5"), Look(theme=THEMES[theme]), color_scheme=scheme)
    assert background(page) == css(THEMES[shown].background)


def test_on_paper_it_is_light_and_whole(opener: Opener) -> None:
    page = opener(load("resnet18"), Look(theme=THEMES["dark"]))
    page.locator("#fit").click()
    transform = page.locator("#scene").get_attribute("transform")
    page.emulate_media(media="print")
    page.wait_for_selector("#drawing[viewBox]")
    assert background(page) == css(THEMES["print"].background)
    assert not page.locator(".tools").is_visible()
    drawing = page.locator("#drawing").bounding_box()
    assert inside(page.locator("#boxes").bounding_box(), drawing)
    assert page.locator("#layers").bounding_box()["y"] > drawing["y"] + drawing["height"]
    page.emulate_media(media="screen")
    page.wait_for_selector("#drawing:not([viewBox])")
    assert page.locator("#scene").get_attribute("transform") == transform
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("name", ["lenet5", "resnet152", "unet"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (900, 700), (1440, 900), (3840, 2160)])
def test_no_size_of_screen_overflows(
    opener: Opener, tmp_path: Path, name: str, width: int, height: int
) -> None:
    from PIL import Image

    page = opener(load(name), width=width, height=height)
    shot = tmp_path / f"{name}-{width}x{height}.png"
    page.locator(".box").first.click()
    page.screenshot(path=shot)
    with Image.open(shot) as image:
        assert image.size == (width, height)
        colours = image.convert("RGB").getcolors(maxcolors=1 << 24)
        assert colours is not None
        assert len(colours) > 50
        assert max(count for count, _ in colours) < 0.97 * width * height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate("""(width) => [...document.querySelectorAll("body *")].filter((e) =>
        !e.closest("#drawing, #layers") && e.getBoundingClientRect().right > width + 0.5
    ).map((e) => e.outerHTML.slice(0, 80))""", width)  # fmt: skip
    assert outside == []


def test_the_units_and_the_keys_are_said(opener: Opener) -> None:
    told = opener(load("resnet18")).locator("#details").text_content()
    for part in ("flop_counter", "FLOPs = 2 × MACs", "×N:", "without the batch", "/ searches"):
        assert part in told


def test_hostile_texts_stay_texts(opener: Opener) -> None:
    network = named("hostile names")
    page = opener(network)
    assert page.title() == page.locator("h1").text_content() == one_line(network.name)
    for index, node in enumerate(network.layers):
        row = page.locator(f'#layers tr[data-layer="{index}"]')
        assert row.locator("td").first.text_content() == node.path
        row.click()
        assert page.locator("#details h2").text_content() == node.path
    page.locator("#search").fill("<img")
    page.keyboard.press("Enter")
    assert page.locator("#details h2").text_content() == "<img src=x onerror=alert(4)>"
    assert page.locator("img, iframe, b, a, [onload], [onerror], [onmouseover]").count() == 0
    assert page.locator("script").count() == 2
    assert page.evaluate(OVERFULL) == []
