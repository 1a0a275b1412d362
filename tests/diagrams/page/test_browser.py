"""The page in a real browser: what is clicked, typed, pressed, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnshape import Network, load, loads
from cnnshape.diagrams import THEMES, Look
from cnnshape.diagrams.outline import whole_outline
from cnnshape.diagrams.themes import rgb
from cnnshape.layers.shapes import format_shape
from tests.specs import net

from .conftest import Opener

NETS = ("lenet5", "resnet18", "googlenet", "densenet121", "unet")

BRANCHING = """
name: Branching
input: [3, 32, 32]
layers:
  - {name: stem, type: Conv2d, out_channels: 8, kernel_size: 3}
  - {name: aux, type: Conv2d, out_channels: 2, kernel_size: 1}
  - {name: a, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, from: stem}
  - {name: b, type: Conv2d, out_channels: 8, kernel_size: 5, padding: 2, from: stem}
  - {name: c, type: Add, from: [a, b]}
  - {name: d, type: Multiply, from: [a, b, stem]}
  - {name: e, type: Concat, from: [c, d]}
outputs: [e, aux]
"""


def number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def background(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def css(colour: str) -> str:
    return f"rgb{rgb(colour)}"


def box(page: Any, name: str) -> Any:
    """The box or header of this name."""
    return page.locator(f'.node:has(.name:text-is("{name}"))').first


def rectangles(page: Any) -> list[tuple[str, float, float, float, float]]:
    """(name, left, top, right, bottom) of each box in px of the drawing."""
    found = page.evaluate("""() => [...document.querySelectorAll(".box")].map((node) => {
        const [x, y] = node.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
        const face = node.querySelector(".face");
        const [width, height] = ["width", "height"].map((key) => Number(face.getAttribute(key)));
        return [node.querySelector(".name").textContent, x, y, x + width, y + height];
    })""")
    return [tuple(each) for each in found]


# The table and the details


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet"])
def test_the_table_has_every_layer_with_its_numbers(opener: Opener, name: str) -> None:
    network = load(name)
    page = opener(network)
    rows = page.locator("#layers tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert rows == [
        [
            node.path,
            f"{node.type} {node.layer.summary()}".strip(),
            format_shape(node.output_shape),
            number(node.params),
            number(node.macs),
            format_shape(network.receptive_fields[node.path] or ()),
        ]
        for node in network.layers
    ]
    totals = page.locator("#layers .totals td").all_text_contents()
    assert totals[3:5] == [number(network.totals.params), number(network.totals.macs)]


def test_the_details_of_every_layer_are_those_of_the_network(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network)
    for index, node in enumerate(network.layers):
        page.locator(f'#layers tr[data-layer="{index}"]').dispatch_event("click")
        told = details(page)
        assert page.locator("#details h2").text_content() == node.path
        assert told["Output"].startswith(format_shape(node.output_shape))
        assert told.get("Why", "") == node.layer.formula(node.input_shapes, node.output_shape)
        assert told["Parameters"].startswith(number(node.params))
        assert told["MACs"].startswith(number(node.macs))
        assert told["Receptive field"] == format_shape(network.receptive_fields[node.path] or ())
        for name, value in node.layer.written_arguments.items():
            assert told[name] == value


def details(page: Any) -> dict[str, str]:
    return dict(
        page.locator("#details dl > div").evaluate_all(
            "rows => rows.map(row => [...row.children].map(child => child.textContent))"
        )
    )


def test_a_layer_shows_its_formula_its_weights_and_its_share(opener: Opener) -> None:
    page = opener(load("lenet5"))
    box(page, "C3").click()
    told = details(page)
    assert told["Why"] == "(14−5+2·0)/1+1 = 10"
    assert told["Parameters"] == "2,416 3.9 % of allweight 16×6×5×5 = 2,400bias 16"
    assert told["MACs"] == "240,000 57.6 % of all"
    assert told["Input"] == "6×14×14 from S2"
    page.locator("#details .stack button", has_text="ReLU").click()
    assert page.locator("#details h2").text_content() == "relu2"


def test_the_receptive_field_is_drawn_to_scale(opener: Opener) -> None:
    page = opener(load("lenet5"))
    box(page, "C3").click()
    seen, whole = (
        page.locator(f"#details .field .{name}").bounding_box()["width"]
        for name in ("seen", "input")
    )
    assert seen / whole == pytest.approx(14 / 32, rel=0.05)
    assert page.locator("#details figcaption").text_content() == "One output sees 14×14 of 32×32"


def test_a_field_beyond_the_input_is_said_to_be(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network)
    page.locator('#layers tr[data-layer="65"]').dispatch_event("click")
    field = network.receptive_fields[network.layers[65].path]
    assert field is not None
    assert field[0] > 224
    told = page.locator("#details figcaption").text_content()
    assert told == f"One output sees {format_shape(field)} of 224×224, and beyond into the padding"


@pytest.mark.parametrize(
    ("layers", "input", "faces"),
    [
        ("[{type: Conv1d, out_channels: 2, kernel_size: 9}]", "[2, 100]", 1),
        ("[{type: Conv3d, out_channels: 2, kernel_size: 3}]", "[1, 8, 16, 16]", 2),
    ],
)
def test_fields_of_one_and_three_dimensions_are_drawn(
    opener: Opener, layers: str, input: str, faces: int
) -> None:
    page = opener(net(layers, input=input))
    page.locator(".box").first.click()
    assert page.locator("#details .field svg").count() == faces


def test_what_is_unknown_is_said_to_be(opener: Opener) -> None:
    network = net("[{type: Conv2d, out_channels: 8, kernel_size: 1}, {type: Flatten}]")
    network.layers[0].op.macs = None
    network.receptive_fields["conv2d1"] = None
    page = opener(network)
    assert "unknown MACs" in page.locator("#summary").text_content()
    assert "? MACs" in box(page, "conv2d1").text_content()
    box(page, "conv2d1").click()
    assert details(page)["MACs"] == "unknown"
    assert details(page)["Receptive field"] == "unknown"
    assert page.locator("#details .field").count() == 0
    page.locator('th[data-column="macs"] button').click()
    assert page.locator("#layers tbody tr").last.get_attribute("data-layer") == "0"
    page.locator('th[data-column="macs"] button').click()
    assert page.locator("#layers tbody tr").last.get_attribute("data-layer") == "0"


def test_sorting_goes_down_up_and_back(opener: Opener) -> None:
    network = load("resnet18")
    page = opener(network)
    heading = page.locator('th[data-column="params"]')

    def order() -> list[int]:
        found = page.locator("#layers tbody tr").evaluate_all("rows => rows.map(r => r.dataset)")
        return [int(each["layer"]) for each in found]

    params = [node.params for node in network.layers]
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert [params[index] for index in order()] == sorted(params, reverse=True)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert [params[index] for index in order()] == sorted(params)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "none"
    assert order() == list(range(len(params)))


# The links between drawing and table


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


def inside(inner: dict[str, float], outer: dict[str, float]) -> bool:
    return (
        outer["x"] <= inner["x"]
        and outer["y"] <= inner["y"]
        and inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
        and inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
    )


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


# Folding


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


def test_unfolding_more_than_a_drawing_holds_is_refused_and_said(opener: Opener) -> None:
    page = opener(deep(10))
    page.locator("#unfold-all").click()
    assert "Not all is unfolded: 5,000 boxes" in page.locator("#status").text_content()
    assert page.locator(".box").count() == 10


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


def test_ten_thousand_layers_open_folded_and_in_time(opener: Opener) -> None:
    network = deep(10)
    assert len(network.layers) == 10_000
    page = opener(network)
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
    assert loaded < 8000
    assert page.locator(".box").count() == 10
    assert page.locator("#layers tbody tr").count() == 10_000
    started = page.evaluate("performance.now()")
    box(page, "s0").click()
    assert page.locator(".box").count() == 259
    assert page.evaluate("performance.now()") - started < 4000


# Search


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


# The keyboard


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


# The camera


def test_wheel_drag_and_keys_move_the_camera(opener: Opener) -> None:
    page = opener(load("resnet18"))

    def camera() -> str:
        return str(page.locator("#scene").get_attribute("transform"))

    def zoom() -> float:
        return float(camera().rpartition("scale(")[2].rstrip(")"))

    start = zoom()
    page.mouse.move(300, 500)
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"!scene.getAttribute('transform').endsWith('scale({start})')")
    assert zoom() > start
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert zoom() < start * 1.2
    before = camera()
    page.mouse.move(40, 300)
    page.mouse.down()
    page.mouse.move(140, 330, steps=4)
    page.mouse.up()
    assert camera() != before
    assert page.locator(".selected").count() == 0
    page.keyboard.press("0")
    everything = page.locator("#boxes").bounding_box()
    assert inside(everything, page.locator("#drawing").bounding_box())


# The layout


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("name", [*NETS, "mobilenet_v2", "branching"])
def test_boxes_stand_apart_and_arrows_pass_none(opener: Opener, name: str, columns: bool) -> None:
    page = opener(loads(BRANCHING) if name == "branching" else load(name))
    page.locator("#unfold-all").click()
    if columns:
        page.locator("#columns").click()
    boxes = rectangles(page)
    for index, (one, left, top, right, bottom) in enumerate(boxes):
        for other, left_, top_, right_, bottom_ in boxes[index + 1 :]:
            apart = right <= left_ or right_ <= left or bottom <= top_ or bottom_ <= top
            assert apart, f"{one} overlaps {other}"
    points = page.evaluate("""() => [...document.querySelectorAll("#arrows .arrow:not(.head)")]
        .flatMap((path) => {
            const length = path.getTotalLength();
            return Array.from({ length: Math.ceil(length / 5) + 1 }, (_, step) => {
                const { x, y } = path.getPointAtLength(Math.min(length, 5 * step));
                return [x, y];
            });
        })""")
    for x, y in points:
        for told, left, top, right, bottom in boxes:
            within = left + 1 < x < right - 1 and top + 1 < y < bottom - 1
            assert not within, f"an arrow runs through {told}"


@pytest.mark.parametrize("name", ["resnet18", "unet", "densenet121"])
def test_areas_enclose_what_they_hold(opener: Opener, name: str) -> None:
    page = opener(load(name))
    page.locator("#unfold-all").click()
    outside = page.evaluate("""() => {
        const place = (node) => {
            const [x, y] = node.getAttribute("transform").match(/-?[\\d.]+/g).map(Number);
            const face = node.querySelector(".face").getBBox();
            return { x, y, right: x + face.width, bottom: y + face.height };
        };
        const open = [];
        let outside = 0;
        for (const node of document.querySelectorAll("#boxes .node")) {
            const level = Number(node.getAttribute("aria-level"));
            open.length = level - 1;
            const inner = place(node);
            for (const ground of open.filter(Boolean)) {
                const x = Number(ground.getAttribute("x"));
                const y = Number(ground.getAttribute("y"));
                const fits = x < inner.x && y < inner.y
                    && inner.right < x + Number(ground.getAttribute("width"))
                    && inner.bottom < y + Number(ground.getAttribute("height"));
                if (!fits) outside += 1;
            }
            open[level - 1] = document.querySelector(`.ground[data-node="${node.dataset.node}"]`);
        }
        return outside;
    }""")
    assert outside == 0


@pytest.mark.parametrize("name", NETS)
def test_no_text_leaves_its_box(opener: Opener, name: str) -> None:
    page = opener(load(name))
    page.locator("#unfold-all").click()
    assert page.evaluate(OVERFULL) == []


OVERFULL = """() => [...document.querySelectorAll("#boxes .node")].flatMap((node) => {
    const face = node.querySelector(".face").getBBox();
    const rows = new Map();
    return [...node.querySelectorAll("text")].filter((text) => {
        const { x, y, width, height } = text.getBBox();
        const row = text.getAttribute("y");
        const overlaps = (rows.get(row) ?? []).some(([from, to]) => x < to && from < x + width);
        rows.set(row, [...(rows.get(row) ?? []), [x, x + width]]);
        return overlaps || x < 4 || x + width > face.width - 2
            || y < 0 || y + height > face.height + 2;
    }).map((text) => text.textContent);
})"""


# Colours, sizes, paper


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


# Hostile texts

HOSTILE = """
name: '</script><script>alert(1)</script><!-- "net" & {x|y} 네트워크'
reference: "</title><img src=x onerror=alert(2)>\\u2028 line"
description: '<b onmouseover="alert(3)">bold</b> @@script@@'
input: [3, 64, 64]
layers:
  - {name: '<img src=x onerror=alert(4)>', type: Conv2d, out_channels: 8, kernel_size: 3}
  - {name: '"><svg onload=alert(5)>', type: ReLU}
  - {name: '@@data@@ ]]> --> </svg>', type: Conv2d, out_channels: 8, kernel_size: 3}
  - name: '아주 긴 이름의 합성곱 층 이름이 여기에 있습니다 그리고 끝없이 계속됩니다'
    type: Upsample
    scale_factor: 2
  - {name: '卷积层', type: MaxPool2d, kernel_size: 2}
  - {name: '畳み込み', type: Conv2d, out_channels: 8, kernel_size: 1}
  - {name: WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW, type: AvgPool2d, kernel_size: 2}
  - {name: 'x{y}|z\\"q', type: Flatten}
  - {name: '<!--<script>', type: Linear, out_features: 10}
"""


def test_hostile_texts_stay_texts(opener: Opener) -> None:
    network = loads(HOSTILE)
    page = opener(network)
    assert page.title() == network.name
    assert page.locator("h1").text_content() == network.name
    for index, node in enumerate(network.layers):
        row = page.locator(f'#layers tr[data-layer="{index}"]')
        assert row.locator("td").first.text_content() == node.path
        row.click()
        assert page.locator("#details h2").text_content() == node.path
    page.locator("#search").fill("<img")
    page.keyboard.press("Enter")
    assert page.locator("#details h2").text_content() == network.layers[0].path
    assert page.locator("img, iframe, b, a, [onload], [onerror], [onmouseover]").count() == 0
    assert page.locator("script").count() == 2
    assert page.evaluate(OVERFULL) == []
