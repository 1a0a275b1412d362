"""Columns, lanes, and which nets are drawn as a U."""

from __future__ import annotations

import pytest

from ...specs import net
from ..nets import network
from .drawn import placed

SAME = "type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1"


def levels(name: str) -> list[int] | None:
    """The level of each item of the main path."""
    found = placed(network(name))
    level = found.plan.level
    return None if level is None else [level[item] for item in found.parts.main]


@pytest.mark.parametrize("name", ["unet", "unet3d", "segnet", "fcn8s", "autoencoder"])
def test_a_net_that_shrinks_and_grows_again_is_a_u(name: str) -> None:
    found = levels(name)
    assert found is not None
    bottom = found.index(max(found))
    assert found[: bottom + 1] == sorted(found[: bottom + 1])
    assert found[bottom:] == sorted(found[bottom:], reverse=True)
    assert found[0] == 0
    assert found[-1] < max(found)


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "dcgan_generator", "efficientnet", "dense"])
def test_other_nets_are_straight(name: str) -> None:
    assert levels(name) is None


def test_the_levels_of_u_net_are_those_of_its_paper():
    found = placed(network("unet"))
    assert found.plan.level is not None
    level = {
        item.box.path.partition(".")[0]: found.plan.level[item]
        for item in found.parts.main
        if item.box
    }
    assert [level[f"down{stage}"] for stage in (1, 2, 3, 4)] == [0, 1, 2, 3]
    assert level["bottom"] == 4
    assert [level[f"up{stage}"] for stage in (4, 3, 2, 1)] == [3, 2, 1, 0]
    assert level["head"] == 0


def test_the_main_path_is_straight_and_one_branch_runs_above_it():
    found = placed(network("resnet18"))
    assert all(found.plan.lane[item] == 0 for item in found.parts.main)
    assert found.plan.lane[found.item("layer2.0.shortcut.projection.conv")] == -1


def test_branches_stand_in_the_order_of_the_spec():
    found = placed(network("googlenet"))
    lanes = [
        found.plan.lane[item]
        for item in found.parts.items
        if item.box and item.box.path.startswith("inception3a") and not item.symbol
    ]
    assert lanes == sorted(lanes)
    assert lanes.count(0) == 2


def test_a_branch_alone_beside_two_stands_between_their_columns():
    found = placed(network("resnet18"))
    first, second, side = (
        found.plan.column[found.item(f"layer2.0.{path}")]
        for path in ("main.conv1.conv", "main.conv2.conv", "shortcut.projection.conv")
    )
    assert side == (first + second) / 2


def test_no_two_branches_share_a_place():
    for name in ("googlenet", "inception_v4", "xception"):
        found = placed(network(name))
        taken = [(found.plan.column[item], found.plan.lane[item]) for item in found.parts.items]
        assert len(taken) == len(set(taken))


def test_a_branch_in_a_branch_runs_inside_its_lines():
    found = placed(
        net(
            f"""
            - {{name: stem, {SAME}}}
            - {{name: a1, {SAME}}}
            - {{name: a2, {SAME}}}
            - {{name: a3, {SAME}}}
            - {{name: a4, {SAME}}}
            - {{name: b1, {SAME}, from: stem}}
            - {{name: b2, {SAME}}}
            - {{name: inner, {SAME}, from: b1}}
            - {{name: joined, type: Add, from: [b2, inner]}}
            - {{name: c1, {SAME}, from: stem}}
            - {{name: all, type: Add, from: [a4, joined, c1]}}
            """
        )
    )
    lanes = {path: found.plan.lane[found.item(path)] for path in ("b1", "b2", "inner", "c1")}
    assert lanes["b1"] == lanes["b2"]
    assert abs(lanes["b1"]) < abs(lanes["inner"]) < abs(lanes["c1"])
