"""Branches: what they read, how they join, and what when: leaves of them."""

from __future__ import annotations

import pytest

from ..specs import complaint, net, shapes, text_of

CONV = "{type: Conv2d, out_channels: 4, kernel_size: 1}"


def reads(layers: str, head: str = "") -> dict[str, tuple[str, ...]]:
    return {node.path: node.inputs for node in net(layers, head=head).layers}


def test_named_branches_read_the_same_value_and_are_joined() -> None:
    network = net(
        f"[ReLU, {{join: Concat, branches: {{a: [{CONV}, ReLU], b: {CONV}, c: [Identity]}}}}]"
    )
    assert {node.path: node.inputs for node in network.layers} == {
        "relu1": ("input",),
        "a.conv2d1": ("relu1",), "a.relu1": ("a.conv2d1",),
        "b.conv2d1": ("relu1",),
        "c.identity1": ("relu1",),
        "concat1": ("a.relu1", "b.conv2d1", "c.identity1"),
    }  # fmt: skip
    assert network.output_shapes == ((16, 32, 32),)
    assert list(network.groups) == ["a", "b", "c"]


def test_listed_branches_add_no_level_to_paths() -> None:
    network = net("[{join: Add, branches: [[ReLU], Identity, [], [ReLU, Tanh]]}, ReLU]")
    assert {node.path: node.inputs for node in network.layers} == {
        "relu1": ("input",),
        "identity1": ("input",),
        "relu2": ("input",), "tanh1": ("relu2",),
        "add1": ("relu1", "identity1", "input", "tanh1"),
        "relu3": ("add1",),
    }  # fmt: skip
    assert not network.groups


def test_a_later_layer_can_name_one_in_a_listed_branch() -> None:
    inner = "[[{name: a, type: ReLU}, Tanh], []]"
    found = reads(f"[{{join: Add, branches: {inner}}}, {{type: Multiply, from: [a, add1]}}]")
    assert found["multiply1"] == ("a", "add1")


def test_default_names_keep_clear_of_those_written_at_the_same_level() -> None:
    later = "[{name: relu1, type: ReLU}, {layers: [{name: relu2, type: ReLU}, ReLU]}]"
    assert list(reads(f"[{{join: Add, branches: [ReLU, {later}]}}, ReLU]")) == [
        "relu3", "relu1", "relu2", "relu4", "add1", "relu5",
    ]  # fmt: skip
    twice = text_of("[{join: Add, branches: [{name: a, type: ReLU}, {name: a, type: Tanh}]}]")
    assert "the name 'a' is taken already" in complaint(twice)


def test_a_listed_branch_may_be_left_out() -> None:
    branches = "[ReLU, {when: false}, {when: false, layers: [Tanh]}]"
    assert reads(f"[{{join: Add, branches: {branches}}}, Tanh]") == {
        "relu1": ("input",), "tanh1": ("relu1",),
    }  # fmt: skip


@pytest.mark.parametrize(
    "branch",
    ["ReLU", "[ReLU]", "{type: ReLU}", "{layers: [ReLU]}", "{when: true, layers: [ReLU]}",
     "[{layers: [ReLU]}]", "{layers: [ReLU, {type: ReLU, when: false}]}"],
)  # fmt: skip
def test_the_ways_to_write_a_branch(branch: str) -> None:
    assert reads(f"[{{join: Add, branches: {{a: {branch}, b: []}}}}]") == {
        "a.relu1": ("input",),
        "add1": ("a.relu1", "input"),
    }


@pytest.mark.parametrize(
    "branch", ["[]", "~", "{layers: []}", "{layers: ~}", "[{type: ReLU, when: false}]"]
)
def test_an_empty_branch_is_what_is_read(branch: str) -> None:
    assert reads(f"[{{join: Add, branches: {{a: ReLU, b: {branch}}}}}]")["add1"] == (
        "a.relu1",
        "input",
    )


def test_a_branch_may_be_branches() -> None:
    inner = "{join: Multiply, branches: [ReLU, Sigmoid]}"
    found = reads(f"[{{join: Add, branches: {{a: {inner}, b: []}}}}]")
    assert list(found) == ["a.relu1", "a.sigmoid1", "a.multiply1", "add1"]
    assert found["add1"] == ("a.multiply1", "input")


def test_a_branch_may_share() -> None:
    found = net("[{name: p, type: PReLU}, {join: Add, branches: {a: {share: p}, b: []}}]")
    assert found.by_path["a.p1"].shares == "p"


@pytest.mark.parametrize(
    ("join", "shape", "path"),
    [
        ("Add", (8, 32, 32), "add1"),
        ("Multiply", (8, 32, 32), "multiply1"),
        ("Concat", (16, 32, 32), "concat1"),
        ("{type: Concat, dim: 2}", (8, 64, 32), "concat1"),
        ("{type: Concat, dim: -1}", (8, 32, 64), "concat1"),
        ("{type: Concat, name: both}", (16, 32, 32), "both"),
        ("{type: Concat, dim: $where}", (8, 32, 64), "concat1"),
        ("$how", (16, 32, 32), "concat1"),
    ],
)
def test_joins(join: str, shape: tuple[int, ...], path: str) -> None:
    network = net(
        f"[{{join: {join}, branches: [ReLU, Identity]}}]", head="params: {where: 3, how: Concat}"
    )
    assert network.layers[-1].path == path
    assert network.output_shapes == (shape,)


def test_a_block_may_join() -> None:
    head = "blocks: {sum: {inputs: [a, b], layers: [{type: Add, from: [a, b]}, ReLU]}}"
    found = reads("[{join: sum, branches: [ReLU, Identity]}]", head=head)
    assert found["sum1.add1"] == ("relu1", "identity1")


def test_named_branches_stand_under_the_containers_name() -> None:
    found = reads("[{name: res, join: Add, branches: {a: ReLU, b: []}}, {from: res, type: ReLU}]")
    assert found == {
        "res.a.relu1": ("input",), "res.add1": ("res.a.relu1", "input"), "relu1": ("res.add1",),
    }  # fmt: skip


def test_branches_of_two_containers_may_have_the_same_names() -> None:
    twice = "{join: Add, branches: {a: ReLU, b: []}}"
    assert list(reads(f"[{twice}, {twice}]")) == ["a.relu1", "add1", "a2.relu1", "add2"]


def test_branches_are_read_by_name_and_read_from_where_they_are_told() -> None:
    found = reads(
        "[{name: x, type: ReLU}, Identity, {from: x, join: Add, branches: {a: Sigmoid, b: []}},"
        " {from: a, type: ReLU}]"
    )
    assert found["a.sigmoid1"] == ("x",)
    assert found["add1"] == ("a.sigmoid1", "x")
    assert found["relu1"] == ("a.sigmoid1",)


def test_branches_repeat() -> None:
    found = reads("[{name: r, repeat: 2, join: Add, branches: {a: ReLU, b: []}}]")
    assert found == {
        "r.0.a.relu1": ("input",), "r.0.add1": ("r.0.a.relu1", "input"),
        "r.1.a.relu1": ("r.0.add1",), "r.1.add1": ("r.1.a.relu1", "r.0.add1"),
    }  # fmt: skip


def test_one_branch_that_is_left_passes_through() -> None:
    layers = "[{join: Add, branches: {a: ReLU, b: {when: $both, layers: []}}}, Identity]"
    assert reads(layers, head="params: {both: false}") == {
        "a.relu1": ("input",),
        "identity1": ("a.relu1",),
    }
    assert "add1" in reads(layers, head="params: {both: true}")


def test_none_that_is_left_is_a_fault() -> None:
    off = "{when: false, layers: [ReLU]}"
    assert complaint(text_of(f"[{{join: Add, branches: [{off}, {off}]}}]")) == (
        "every branch is left out by its when:"
    )


def test_a_branch_that_is_left_out_is_named_as_such() -> None:
    layers = "[{join: Add, branches: {a: ReLU, b: {when: false}}}, {from: b, type: ReLU}]"
    assert complaint(text_of(layers)) == "the layer 'b' is left out by its when:"


def test_when_of_the_whole_leaves_all_of_it_out() -> None:
    assert reads("[{when: false, join: Add, branches: [ReLU, []]}, Identity]") == {
        "identity1": ("input",)
    }


def test_branches_that_do_not_fit_are_told_with_their_shapes() -> None:
    told = complaint(text_of(f"[{{join: Add, branches: [{CONV}, []]}}]"))
    assert "4×32×32" in told
    assert "8×32×32" in told


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{branches: [ReLU]}", "branches need join: (write join: Add, Multiply or Concat)"),
        ("{branches: [], join: Add}", "branches is empty"),
        ("{branches: {}, join: Add}", "branches is empty"),
        ("{branches: ReLU, join: Add}", "branches must be a mapping of names, or a list "
         "(write a list with [ ]: [ReLU])"),
        ("{branches: [ReLU], join: [Add]}", "join must be a merging type (Add, Multiply, Concat), "
         "or a mapping with type: and its arguments"),
        ("{branches: [ReLU], join: ad}",
         "there is no layer type or block 'ad' (did you mean Add?)"),
        ("{branches: [ReLU], join: {type: Add, from: input}}", "a join has no key from"),
        ("{branches: [ReLU, []], join: {type: Concat, dimension: 1}}",
         "Concat has no argument 'dimension' (its arguments: dim)"),
        ("{branches: [ReLU, []], join: ReLU}", "ReLU reads 1 input, not 2"),
        ("{branches: {a.b: ReLU}, join: Add}",
         "the name 'a.b' has a dot; dots separate the parts of a path"),
        ("{branches: {a: {layer: [ReLU]}}, join: Add}",
         "a branch has no key 'layer' (did you mean layers?)"),
        ("{branches: [ReLU], join: Add, dim: 1}", "an entry with branches: has no key 'dim' "
         "(it may have branches, join, name, from, repeat, when)"),
    ],
)  # fmt: skip
def test_faulty_branches(entry: str, message: str) -> None:
    assert complaint(text_of(f"[{entry}]")) == message


def test_the_residual_block_reads_as_what_it_is() -> None:
    head = """
blocks:
  basic:
    params: {width: ~, stride: 1}
    layers:
      - join: Add
        branches:
          main: {type: Conv2d, out_channels: $width, kernel_size: 3, stride: $stride, padding: 1}
          shortcut:
            - {type: Conv2d, out_channels: $width, kernel_size: 1, stride: $stride,
               when: "${stride != 1 or in_channels != width}"}
      - ReLU
"""
    network = net("[{type: basic, width: 8}, {type: basic, width: 9, stride: 2}]", head=head)
    assert list(shapes(network)) == [
        "basic1.main.conv2d1", "basic1.add1", "basic1.relu1",
        "basic2.main.conv2d1", "basic2.shortcut.conv2d1", "basic2.add1", "basic2.relu1",
    ]  # fmt: skip
    assert network.by_path["basic1.add1"].inputs == ("basic1.main.conv2d1", "input")
