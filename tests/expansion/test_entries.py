"""Lists of layers: inference, when, repeat, groups and shared modules."""

from __future__ import annotations

import pytest

from cnnshape import SpecError

from ..specs import complaint, fault, faults, net, reads, shapes, text_of

CONV = "type: Conv2d, kernel_size: 3"


# Inference and checking ---------------------------------------------------------------


def test_what_follows_from_the_shape_is_filled_in() -> None:
    network = net(
        f"[{{{CONV}, out_channels: 16}}, BatchNorm2d, Flatten, {{type: Linear, out_features: 5}}]"
    )
    conv, norm, _, linear = network.layers
    assert conv.layer.arguments["in_channels"] == 8
    assert norm.layer.arguments["num_features"] == 16
    assert linear.layer.arguments["in_features"] == 16 * 30 * 30


def test_what_is_written_is_checked() -> None:
    assert net(f"[{{{CONV}, in_channels: 8, out_channels: 16}}]")
    assert complaint(text_of(f"[{{{CONV}, out_channels: 16, in_channels: 3}}]")) == (
        "in_channels is 3, but Conv2d reads 8×32×32: in_channels would be 8 "
        "(write in_channels: 8, or leave it out: it is inferred)"
    )


@pytest.mark.parametrize(
    ("input", "layers", "output"),
    [
        ("[3, 64]", "[{type: Conv1d, out_channels: 4, kernel_size: 5}]", (4, 60)),
        (
            "[3, 8, 9, 10]",
            "[{type: Conv3d, out_channels: 4, kernel_size: [1, 2, 3]}]",
            (4, 8, 8, 8),
        ),
        ("[10]", "[{type: Linear, out_features: 3}, ReLU]", (3,)),
        ("[1, 1]", "[Flatten]", (1,)),
    ],
)
def test_one_two_and_three_dimensions_and_none(
    input: str, layers: str, output: tuple[int, ...]
) -> None:
    assert net(layers, input).layers[-1].output_shape == output


def test_alike_layers_share_one_op() -> None:
    network = net("[ReLU, ReLU, {type: ReLU, inplace: false}, {type: ReLU, inplace: true}]")
    first, second, third, fourth = [node.op for node in network.layers]
    assert first is second
    assert first.layer == third.layer
    assert first is not fourth


def test_one_and_true_are_not_alike() -> None:
    told = complaint(
        text_of(f"[{{{CONV}, out_channels: 8, bias: true}}, {{{CONV}, out_channels: 8, bias: 1}}]")
    )
    assert told == "bias must be true or false, not 1 (write true)"


# when ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "count"),
    [
        ("true", 2),
        ("false", 1),
        ("1", 2),
        ("0", 1),
        ("$wide", 2),
        ('"${not wide}"', 1),
        ("null", 2),
    ],
)
def test_when_includes_a_layer_or_leaves_it_out(when: str, count: int) -> None:
    layers = f"[ReLU, {{type: Identity, when: {when}}}]"
    if when == "null":
        assert "when must be true or false, not null" in complaint(text_of(layers))
        return
    assert len(net(layers, head="params: {wide: true}").layers) == count


@pytest.mark.parametrize("when", ["no", "off", "'false'", "0.5", "[]", "$input_"])
def test_when_must_be_true_or_false(when: str) -> None:
    told = complaint(text_of(f"[ReLU, {{type: ReLU, when: {when}}}]", head="params: {x: 1}"))
    assert told.startswith(("when must be true or false, not ", "input_ is not defined"))


def test_a_layer_that_is_left_out_is_passed_through() -> None:
    assert reads("[{name: a, type: ReLU}, {type: Linear, out_features: 3, when: false}, ReLU]") == {
        "a": ("input",), "relu1": ("a",),
    }  # fmt: skip


def test_a_network_needs_a_layer() -> None:
    assert complaint(text_of("[]")) == "the network has no layers; the list is empty"
    assert complaint(text_of("[{type: ReLU, when: false}]")) == (
        "the network has no layers; each is left out by its when:"
    )


# repeat -------------------------------------------------------------------------------


def test_repeat_makes_a_level_of_numbers() -> None:
    network = net(
        "[{name: r, type: ReLU, repeat: 3}, {from: r, type: Identity}, {from: r.0, type: ReLU}]"
    )
    assert {node.path: node.inputs for node in network.layers} == {
        "r.0": ("input",), "r.1": ("r.0",), "r.2": ("r.1",),
        "identity1": ("r.2",), "relu1": ("r.0",),
    }  # fmt: skip
    assert network.groups["r"].type == ""


def test_a_name_with_the_index_names_each_itself() -> None:
    assert reads("[{name: 'r${i + 1}', type: ReLU, repeat: 2}, {from: r1, type: ReLU}]") == {
        "r1": ("input",), "r2": ("r1",), "relu1": ("r1",),
    }  # fmt: skip
    assert "the name 'r0' is taken already" in fault(
        text_of("[{name: 'r${0 * i}', type: ReLU, repeat: 2}]")
    )


def test_the_index_is_known_in_every_argument() -> None:
    network = net(f'[{{{CONV}, out_channels: "${{2 ** i}}", repeat: 3}}]')
    assert [node.output_shape for node in network.layers] == [(1, 30, 30), (2, 28, 28), (4, 26, 26)]


def test_the_index_is_not_known_outside_a_repeat() -> None:
    assert complaint(text_of("[{type: ReLU, name: $i}]")).startswith("i is not defined here")


def test_a_group_repeats_as_a_whole() -> None:
    found = reads(
        "[{name: g, repeat: 2, layers: [{name: a, type: ReLU}, {from: input, type: ReLU}]}]"
    )
    assert found == {
        "g.0.a": ("input",), "g.0.relu1": ("input",),
        "g.1.a": ("g.0.relu1",), "g.1.relu1": ("input",),
    }  # fmt: skip
    assert list(reads("[{repeat: 2, layers: [ReLU]}]")) == ["group1.0.relu1", "group1.1.relu1"]


def test_repeats_within_repeats_see_their_own_index() -> None:
    conv = "{name: b, repeat: 2, type: Conv2d, kernel_size: 1, out_channels: '${i + 1}'}"
    text = f"[{{name: a, repeat: 2, layers: [{conv}]}}]"
    assert list(shapes(net(text)).values()) == [(1, 32, 32), (2, 32, 32)] * 2


def test_from_is_for_the_first_turn_that_is_taken() -> None:
    layers = "[{name: a, type: ReLU}, Identity, {from: a, type: ReLU, repeat: 3%s}]"
    assert reads(layers % "")["relu1.0"] == ("a",)
    found = reads(layers % ', when: "${i > 0}"')
    assert (found["relu1.1"], found["relu1.2"]) == (("a",), ("relu1.1",))


def test_repeated_no_times_it_is_passed_through() -> None:
    assert reads("[{name: a, type: ReLU}, {type: ReLU, repeat: 0}, Identity]") == {
        "a": ("input",), "identity1": ("a",),
    }  # fmt: skip


@pytest.mark.parametrize("count", ["-1", "1.5", "two", "true", "[2]"])
def test_repeat_must_be_a_whole_number(count: str) -> None:
    assert complaint(text_of(f"[{{type: ReLU, repeat: {count}}}]")).startswith(
        "repeat must be a whole number of at least 0, not "
    )


# Groups and sharing -------------------------------------------------------------------


def test_a_group_without_a_name_adds_no_level() -> None:
    assert list(reads("[{layers: [ReLU, {layers: [ReLU]}]}, ReLU]")) == ["relu1", "relu2", "relu3"]


def test_a_named_group_is_a_group_of_the_network() -> None:
    network = net("[{name: g, layers: [{name: h, layers: [ReLU]}]}]")
    assert [(group.path, group.type) for group in network.groups.values()] == [
        ("g", ""),
        ("g.h", ""),
    ]


def test_a_group_reads_from_what_it_names() -> None:
    found = reads(
        "[{name: a, type: ReLU}, Identity,"
        " {name: g, from: a, layers: [ReLU, {from: input, type: ReLU}]}]"
    )
    assert found["g.relu1"] == ("a",)
    assert found["g.relu2"] == ("input",)


def test_a_shared_module_is_counted_once() -> None:
    network = net(
        f"[{{name: c, {CONV}, out_channels: 8, padding: 1}}, {{share: c}},"
        " {name: d, share: c1}, {share: c, from: input}]"
    )
    assert [(node.path, node.shares) for node in network.layers] == [
        ("c", None), ("c1", "c"), ("d", "c"), ("c2", "c"),
    ]  # fmt: skip
    assert [node.params for node in network.layers] == [584, 0, 0, 0]
    assert [node.inputs for node in network.layers][1:] == [("c",), ("c1",), ("input",)]
    assert network.totals.params == 584
    assert network.totals.macs == 4 * 8 * 8 * 9 * 32 * 32


def test_a_shared_module_may_read_another_size() -> None:
    network = net(
        f"[{{name: c, {CONV}, out_channels: 8}}, {{type: MaxPool2d, kernel_size: 2}}, {{share: c}}]"
    )
    assert network.layers[-1].output_shape == (8, 13, 13)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (f"[{{name: c, {CONV}, out_channels: 4}}, {{share: c}}]",
         "in_channels is 8, but Conv2d reads 4×30×30: in_channels would be 4"),
        ("[{name: g, layers: [ReLU, ReLU]}, {share: g}]",
         "share: takes one layer, and 'g' is not one (name the layer inside it by its path)"),
        ("[{share: input}]", "share: takes one layer, and 'input' is not one"),
        ("[ReLU, {share: relu}]", "there is no layer 'relu' before this one (did you mean relu1?)"),
        ("[ReLU, {share: [relu1, relu1]}]", "share: takes one name, not 2"),
        ("[ReLU, {share: relu1, inplace: true}]", "an entry with share: has no key 'inplace'"),
    ],
)  # fmt: skip
def test_what_cannot_be_shared(layers: str, message: str) -> None:
    assert complaint(text_of(layers)).startswith(message)


def test_a_module_inside_a_group_is_shared_by_its_path() -> None:
    network = net("[{name: g, layers: [{name: a, type: PReLU}]}, {share: g.a}]")
    assert network.layers[1].shares == "g.a"


# What an entry may be -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("Relu", "there is no layer type or block 'Relu' (Relu is ReLU here)"),
        ("Nothing12345", "there is no layer type or block 'Nothing12345' "
         "(cnnshape layers lists the types)"),
        ("5", "'5' is no layer: name a type"),
        ("~", "'~' is no layer: name a type"),
        ("[ReLU]", "a list is no layer (for branches write {branches: [...], join: Add}; "
         "for a group {layers: [...]})"),
        ("{}", "an entry needs type:, or branches:, or layers:"),
        ("{name: a}", "an entry needs type:, or branches:, or layers:"),
        ("{typ: ReLU}", "an entry has no key 'typ' (did you mean type?)"),
        ("{ReLU: {}}", "an entry needs type:; ReLU stands here as a key "
         "(write type: ReLU, with its arguments beside it)"),
        ("{type: ReLU, layers: []}", "an entry has type and layers; one of them says what it is"),
        ("{type: [ReLU]}", "type must be the name of a layer type or of a block"),
        ("{type: ReLU, inplcae: true}", "ReLU has no argument 'inplcae' (did you mean inplace?)"),
        ("{type: ReLU, form: a}", "ReLU has no argument 'form' (did you mean from?)"),
        ("{layers: [], p: 1}", "a group has no key 'p' "
         "(it may have layers, name, from, repeat, when)"),
        ("{layers: 5}", "layers must be a list, each item after a dash"),
        ("{type: Dropout, p: {a: 1}}", "a mapping is no value here"),
        ("{type: Dropout, p: 1.5}", "p must be a number from 0 to 1, not 1.5"),
        ("{type: Flatten, start_dim: 1.0}", "start_dim must be a whole number, not 1.0: write 1 "
         "(in an expression, // divides to a whole number) (write a whole number: 1)"),
    ],
)  # fmt: skip
def test_what_is_no_entry(entry: str, message: str) -> None:
    assert complaint(text_of(f"[{entry}]")) == message


def test_each_missing_argument_is_told() -> None:
    assert faults(text_of("[Conv2d]")) == [
        "3:10 Conv2d needs out_channels (add out_channels: N)",
        "3:10 Conv2d needs kernel_size (add kernel_size: N)",
    ]


def test_a_misspelt_argument_is_not_also_missing() -> None:
    assert complaint(text_of("[{type: Conv2d, out_chanels: 3, kernel_size: 3}]")) == (
        "Conv2d has no argument 'out_chanels' (did you mean out_channels?)"
    )


def test_a_group_of_no_turns_is_none() -> None:
    network = net("[{name: g, repeat: 0, layers: [Tanh]}, {type: Tanh, repeat: 0}, ReLU]")
    assert [node.path for node in network.layers] == ["relu1"]
    assert dict(network.groups) == {}


def test_the_first_layer_is_told_where_it_drops_a_row() -> None:
    with pytest.raises(SpecError) as caught:
        net(
            "[{name: p, type: MaxPool2d, kernel_size: 2}, {type: Upsample, scale_factor: 2}, "
            "{type: Add, from: [input, upsample1]}]",
            "[3, 9, 9]",
        )
    (note,) = caught.value.diagnostics[0].notes
    assert note.startswith("p (MaxPool2d) makes 3×4×4 of 3×9×9: ")


def test_of_many_names_twenty_are_told() -> None:
    head = "params: {" + ", ".join(f"p{n}: 1" for n in range(40)) + "}"
    told = fault(text_of("[{type: Conv2d, out_channels: $zzzzzz, kernel_size: 1}]", head=head))
    assert told.count(", p") == 19
    assert "p19" in told
    assert "p20" not in told
