"""A spec's text to a recipe: what it holds, before any shape is known."""

from __future__ import annotations

import pytest

from cnnshape.errors import Mark
from cnnshape.layers import registry
from cnnshape.spec import Source, Spec, read_spec
from cnnshape.spec.recipe import BranchesEntry, GroupEntry, LayerEntry, ShareEntry
from cnnshape.spec.template import TextTemplate


def read(text: str) -> Spec:
    return read_spec(Source(text, "spec.yaml"), registry())


def layers(text: str) -> tuple[object, ...]:
    spec = read(f"input: [3, 8, 8]\nlayers: {text}")
    assert spec.faults == ()
    return spec.layers


def test_a_recipe_needs_no_shape_and_no_parameters() -> None:
    spec = read("input: $shape\nlayers: [{type: Conv2d, out_channels: $w, kernel_size: 3}]")
    assert spec.faults == ()
    assert spec.input is not None
    assert isinstance(spec.input.value, TextTemplate)
    assert spec.input.mark == Mark(1, 8, 6)


def test_values_are_plain_lists_are_tuples_and_templates_are_compiled() -> None:
    (entry,) = layers(
        "[{type: Conv2d, out_channels: 6, kernel_size: [3, '${1 + 2}'], bias: false}]"
    )
    assert isinstance(entry, LayerEntry)
    values = {name: written.value for name, written in entry.arguments.items()}
    assert values["out_channels"] == 6
    assert values["bias"] is False
    assert values["kernel_size"][0] == 3
    assert isinstance(values["kernel_size"][1], TextTemplate)
    assert not entry.constant
    assert entry.arguments["out_channels"].mark == Mark(2, 39, 1)


def test_each_form_of_an_entry() -> None:
    bare, layer, group, branches, share = layers(
        "[ReLU, {type: ReLU, name: a}, {layers: [ReLU]}, {join: Add, branches: [ReLU, []]},"
        " {share: a}]"
    )
    assert isinstance(bare, LayerEntry)
    assert bare.name is None
    assert isinstance(layer, LayerEntry)
    assert layer.name is not None
    assert layer.name.value == "a"
    assert isinstance(group, GroupEntry)
    assert isinstance(branches, BranchesEntry)
    assert [name for name, _ in branches.branches] == ["", ""]
    assert branches.join.type.value == "Add"
    assert isinstance(share, ShareEntry)


def test_common_keys_are_no_arguments() -> None:
    (entry,) = layers(
        "[{type: ReLU, name: a, from: [input], repeat: 2, when: true, inplace: true}]"
    )
    assert isinstance(entry, LayerEntry)
    assert list(entry.arguments) == ["inplace"]
    assert entry.reads is not None
    assert [written.value for written in entry.reads] == ["input"]
    assert entry.repeat is not None
    assert entry.when is not None
    assert (entry.repeat.value, entry.when.value) == (2, True)


@pytest.mark.parametrize("name", ["1", "1x1", "true", "010", "1e5"])
def test_a_name_is_what_is_written_whatever_yaml_makes_of_it(name: str) -> None:
    (entry,) = layers(f"[{{type: ReLU, name: {name}, from: {name}}}]")
    assert isinstance(entry, LayerEntry)
    assert entry.name is not None
    assert entry.reads is not None
    assert (entry.name.value, entry.reads[0].value) == (name, name)


def test_blocks_may_use_each_other_in_any_order() -> None:
    spec = read(
        "input: [1]\nlayers: [a]\n"
        "blocks: {a: {layers: [{type: b, k: 1}]}, b: {params: {k: ~}, layers: [ReLU]}}"
    )
    assert spec.faults == ()
    assert spec.blocks["b"].params["k"].value is None
    assert spec.blocks["b"].inputs == ("input",)


def test_merge_keys_and_aliases_are_the_values_they_name() -> None:
    spec = read(
        "x-conv: &c {type: Conv2d, kernel_size: 3}\nx-all: &all\n  - ReLU\ninput: [3, 8, 8]\n"
        "blocks: {b: {layers: *all}}\nlayers: [{<<: *c, out_channels: 4}, b]"
    )
    assert spec.faults == ()
    (conv, _) = spec.layers
    assert isinstance(conv, LayerEntry)
    assert {name: written.value for name, written in conv.arguments.items()} == {
        "kernel_size": 3,
        "out_channels": 4,
    }
    # The mark is where the value is written, not where it is used.
    assert conv.arguments["kernel_size"].mark.line == 1


def test_faults_of_the_text_are_kept_until_the_shapes_are_known() -> None:
    spec = read("input: [3, 8, 8]\nlayers: [Rely, {type: Linear}]\nfoo: 1")
    assert [fault.message for fault in spec.faults] == [
        "a spec has no key 'foo'",
        "there is no layer type or block 'Rely'",
        "Linear needs out_features",
    ]
    assert all(entry.faulty for entry in spec.layers)
