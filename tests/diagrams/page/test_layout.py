"""Boxes stand apart, arrows pass none, areas enclose, texts fit."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from cnnshape import load, loads

from .browsing import OVERFULL, rectangles, unfold
from .conftest import Opener

pytestmark = pytest.mark.slow

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


def tangle(seed: int) -> str:
    """A network whose layers read anything before them, with groups that values pass by."""
    choose = Random(seed)
    lines: list[str] = []
    names = ["input"]

    def add(name: str, indent: str) -> None:
        reads = choose.sample(names, min(len(names), choose.choice([1, 1, 2, 3])))
        kind = choose.choice(["ReLU", "BatchNorm2d"]) if len(reads) == 1 else "Add"
        lines.append(f"{indent}- {{name: {name}, type: {kind}, from: [{', '.join(reads)}]}}")
        names.append(name)

    for index in range(choose.randint(4, 16)):
        if choose.random() < 0.2:
            lines.append(f"  - name: g{index}\n    layers:")
            outside = len(names)
            for inner in range(choose.randint(2, 4)):
                add(f"g{index}_{inner}", "      ")
            del names[outside:]
            names.append(f"g{index}")
        else:
            add(f"n{index}", "  ")
    outputs = list(dict.fromkeys([names[-1], choose.choice(names[1:])]))
    return "\n".join(["input: [4, 16, 16]", "layers:", *lines, f"outputs: [{', '.join(outputs)}]"])


@pytest.mark.parametrize("seed", range(6))
def test_tangles_are_drawn_as_clean(opener: Opener, seed: int) -> None:
    page = opener(loads(tangle(seed)))
    unfold(page)
    hold_apart(page)
    page.locator("#columns").click()
    hold_apart(page)


@pytest.mark.parametrize("name", [*NETS, "mobilenet_v2", "branching"])
def test_boxes_stand_apart_and_arrows_pass_none(opener: Opener, name: str) -> None:
    page = opener(loads(BRANCHING) if name == "branching" else load(name))
    unfold(page)
    hold_apart(page)
    page.locator("#columns").click()
    hold_apart(page)


def hold_apart(page: Any) -> None:
    """No two boxes overlap, and no arrow runs through one."""
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
    unfold(page)
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
    unfold(page)
    assert page.evaluate(OVERFULL) == []
