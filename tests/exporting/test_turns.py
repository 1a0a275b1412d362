"""Blocks that differ by how many turns they have are one class with an argument."""

from __future__ import annotations

import re

import pytest

import cnnshape
from cnnshape.exporting import to_python

from .loading import assert_same

UNIT = """
  unit:
    params: {out: ~}
    layers:
      - {name: conv, type: Conv2d, out_channels: $out, kernel_size: 3, padding: 1}
      - {name: norm, type: BatchNorm2d}
      - {name: relu, type: ReLU}
"""
STAGE = f"""{UNIT}
  stage:
    params: {{out: ~, turns: ~}}
    layers:
      - {{name: units, type: unit, out: $out, repeat: $turns}}
      - {{name: pool, type: MaxPool2d, kernel_size: 2}}
"""


def written(blocks: str, layers: str, channels: int = 3) -> str:
    """The Python of a spec, after it was held against the network."""
    text = f"name: net\ninput: [{channels}, 16, 16]\nblocks:\n{blocks}\nlayers:\n{layers}"
    network = cnnshape.loads(text)
    source = to_python(network)
    assert_same(network, source)
    return source


def classes(source: str) -> list[str]:
    return re.findall(r"^class (\w+)", source, re.M)


def stages(*turns: int, out: str = "{0}") -> str:
    return "\n".join(
        f"  - {{name: stage{k}, type: stage, out: {out.format(8 * k)}, turns: {n}}}"
        for k, n in enumerate(turns, 1)
    )


@pytest.mark.parametrize(
    ("turns", "depths"), [((1, 3, 2), ["1", "3", "2"]), ((2, 3), ["2", "3"]), ((1, 5), ["1", "5"])]
)
def test_the_first_turn_may_be_another(turns, depths):
    source = written(STAGE, stages(*turns))
    assert classes(source) == ["Unit", "Stage", "Net"]
    assert "for _ in range(depth - 1)]" in source
    assert re.findall(r"Stage\(.*depth=(\d)", source) == depths
    assert "depth: how many Unit are in units." in source


def test_turns_that_are_all_alike_are_one_comprehension():
    source = written(STAGE, stages(1, 3, 2, out="8"), channels=8)
    assert "nn.Sequential(*[Unit() for _ in range(depth)])" in source
    assert classes(source) == ["Unit", "Stage", "Net"]


def test_as_many_everywhere_needs_no_argument():
    assert "depth" not in written(STAGE, stages(2, 2, 2))


def test_none_at_all_is_0_turns():
    source = written(
        STAGE.replace("repeat: $turns", 'when: "${turns > 0}", repeat: "${max(turns, 1)}"'),
        stages(0, 1, 2, 0, out="8"),
        channels=8,
    )
    assert "depth: int = 0" in source
    assert "if depth > 0" in source
    assert "depth: how many Unit are in units; 0 leaves units out." in source


def test_a_number_of_turns_is_no_stride_of_the_same_value():
    blocks = STAGE.replace("params: {out: ~, turns: ~}", "params: {out: ~, turns: ~, s: 1}")
    blocks = blocks.replace("kernel_size: 2}", "kernel_size: 3, stride: $s, padding: 1}")
    source = written(
        blocks,
        "  - {name: stage1, type: stage, out: 8, turns: 1, s: 1}\n"
        "  - {name: stage2, type: stage, out: 8, turns: 2, s: 2}\n",
    )
    assert "depth=2, stride=2" in source


def test_two_repeats_in_one_block_have_an_argument_each():
    blocks = f"""{UNIT}
  stage:
    params: {{a: ~, b: ~}}
    layers:
      - {{name: left, type: unit, out: 8, repeat: $a}}
      - {{name: pool, type: MaxPool2d, kernel_size: 2}}
      - {{name: right, type: unit, out: 16, repeat: $b}}
"""
    source = written(
        blocks,
        "  - {name: stage1, type: stage, a: 1, b: 2}\n"
        "  - {name: stage2, type: stage, a: 3, b: 1}\n",
    )
    assert "left_depth=1, right_depth=2" in source
    assert classes(source) == ["Unit", "Stage", "Net"]


def test_repeats_whose_first_turn_is_another_are_apart_from_those_where_all_are_alike():
    blocks = f"""{UNIT}
  stage:
    params: {{out: ~, a: ~, b: ~}}
    layers:
      - {{name: more, type: unit, out: $out, repeat: $a}}
      - {{name: units, type: unit, out: $out, repeat: $b}}
"""
    layers = "\n".join(
        f"  - {{name: s{k}, type: stage, out: {out}, a: {a}, b: {b}}}"
        for k, (out, a, b) in enumerate([(4, 1, 4), (16, 1, 2), (8, 2, 2)])
    )
    assert classes(written(blocks, layers, channels=4)) == ["Unit", "Stage", "Net"]


def test_what_comes_out_of_turns_may_be_read_by_others():
    blocks = f"""{UNIT}
  stage:
    params: {{out: ~, turns: ~}}
    layers:
      - {{name: units, type: unit, out: $out, repeat: $turns}}
      - {{name: more, type: Conv2d, out_channels: $out, kernel_size: 1}}
      - {{type: Add, from: [units, more]}}
"""
    source = written(
        blocks,
        f"{stages(1, 3, 2)}\n  - {{type: Concat, from: [stage1.units, stage2.units, stage3]}}",
    )
    assert source.count("class Stage") >= 1


def test_turns_with_other_arguments_stay_as_they_are():
    """A dense block's turns grow: no two of them are alike."""
    blocks = """
  grow:
    layers:
      - {name: new, type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}
      - {type: Concat, from: [input, new]}
  stage:
    params: {turns: ~}
    layers:
      - {name: units, type: grow, repeat: $turns}
      - {name: pool, type: MaxPool2d, kernel_size: 2}
"""
    source = written(
        blocks,
        "  - {name: stage1, type: stage, turns: 3}\n  - {name: stage2, type: stage, turns: 4}\n",
    )
    assert "depth" not in source


def test_blocks_inside_blocks_with_turns():
    blocks = f"""{STAGE}
  level:
    params: {{n: ~}}
    layers:
      - {{name: part, type: stage, out: 8, turns: 2, repeat: $n}}
      - {{name: end, type: Conv2d, out_channels: 8, kernel_size: 1}}
"""
    written(
        blocks,
        "  - {name: level1, type: level, n: 1}\n  - {name: level2, type: level, n: 2}\n"
        "  - {name: last, type: stage, out: 8, turns: 3}\n",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vgg16", ["Conv", "Stage", "Vgg16"]),
        ("darknet19", ["Conv", "Squeeze", "Stage", "Darknet19"]),
        ("darknet53", ["Conv", "Residual", "Stage", "Darknet53"]),
        ("c3d_ucf101", ["Conv", "Stage", "C3dUcf101"]),
        ("m34_res", ["Conv", "Residual", "Stage", "M34Res"]),
        ("convnext_tiny", ["Scale", "Norm", "Main", "Block", "Stage", "ConvnextTiny"]),
    ],
)
def test_the_stages_of_a_net_of_the_zoo_are_one_class(name, expected):
    assert classes(to_python(cnnshape.load(name))) == expected
