"""Lists of layers: names, inference, from, when, repeat, groups and shared modules."""

from __future__ import annotations

import pytest

from ..specs import complaint, fault, faults, net, shapes, text_of

CONV = "type: Conv2d, kernel_size: 3"


def reads(layers: str, head: str = "", input: str = "[8, 32, 32]") -> dict[str, tuple[str, ...]]:
    """What each layer of a spec reads, by path."""
    return {node.path: node.inputs for node in net(layers, input, head).layers}


# Names --------------------------------------------------------------------------------


def test_a_bare_name_is_the_layer_with_its_defaults() -> None:
    (node,) = net("[ReLU]").layers
    assert (node.type, node.path, node.inputs, node.output_shape) == (
        "ReLU",
        "relu1",
        ("input",),
        (8, 32, 32),
    )


def test_layers_without_a_name_are_numbered_by_type() -> None:
    assert list(reads("[ReLU, Identity, ReLU, {name: relu3, type: ReLU}, ReLU]")) == [
        "relu1", "identity1", "relu2", "relu3", "relu4",
    ]  # fmt: skip


def test_a_default_name_makes_way_for_one_that_is_written_later() -> None:
    assert list(reads("[ReLU, {name: relu1, type: ReLU}]")) == ["relu2", "relu1"]


@pytest.mark.parametrize("name", ["conv1", "1", "1x1", "true", "null1", "é漢", "a b", "0.5x"])
def test_names_are_texts(name: str) -> None:
    if "." in name:
        assert "dots separate the parts of a path" in fault(
            text_of(f"[{{name: {name}, type: ReLU}}]")
        )
        return
    assert list(reads(f"[{{name: {name}, type: ReLU}}, {{from: {name}, type: ReLU}}]")) == [
        name,
        "relu1",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.b", "the name 'a.b' has a dot; dots separate the parts of a path"),
        ("input", "the name input means what a network or block reads; choose another"),
        ("''", "a name cannot be empty"),
        (r'"a\tb"', r"the name 'a\tb' has characters that cannot be shown"),
        ("~", "name must be a text"),
        ("[a]", "name must be a text"),
        ("'${1 / 0}'", "1 / 0 divides by zero"),
        ("'${\"a.b\"}'", "the name 'a.b' has a dot; dots separate the parts of a path"),
    ],
)
def test_what_cannot_be_a_name(name: str, message: str) -> None:
    assert complaint(text_of(f"[{{type: ReLU, name: {name}}}]")) == f"{message}"


def test_a_name_is_given_once() -> None:
    told = fault(
        text_of("\n- {name: a, type: ReLU}\n- {name: b, type: ReLU}\n- {name: a, type: ReLU}")
    )
    assert told == "6:10 the name 'a' is taken already, in line 4"


def test_the_same_name_in_two_groups_is_no_clash() -> None:
    group = "layers: [{name: a, type: ReLU}]"
    assert list(reads(f"[{{name: g, {group}}}, {{name: h, {group}}}]")) == ["g.a", "h.a"]


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
    assert told == "bias must be true or false, not 1"


# from ---------------------------------------------------------------------------------


def test_from_names_one_layer_or_several() -> None:
    add = "{from: [a, relu2], type: Add}"
    assert reads(f"[{{name: a, type: ReLU}}, ReLU, {{from: a, type: ReLU}}, {add}]") == {
        "a": ("input",), "relu1": ("a",), "relu2": ("a",), "add1": ("a", "relu2"),
    }  # fmt: skip


def test_input_is_what_the_network_reads() -> None:
    assert reads("[ReLU, {from: [input, relu1], type: Add}]")["add1"] == ("input", "relu1")


def test_from_may_be_computed() -> None:
    assert reads('[{name: a1, type: ReLU}, ReLU, {from: "a${2 - 1}", type: ReLU}]')["relu2"] == (
        "a1",
    )


def test_a_name_is_looked_up_from_the_inside_out() -> None:
    text = """
  - {name: a, type: ReLU}
  - name: g
    layers:
      - {name: b, type: ReLU}
      - name: h
        layers:
          - {name: a, type: Identity}
          - ReLU
          - {from: a, type: ReLU}
          - {from: b, type: ReLU}
      - {from: a, type: ReLU}
  - {from: g.b, type: ReLU}
  - {from: g.h.a, type: ReLU}
  - {from: g.h, type: ReLU}
  - {from: g, type: ReLU}
"""
    found = reads(text)
    assert found["g.h.relu2"] == ("g.h.a",)
    assert found["g.h.relu3"] == ("g.b",)
    assert found["g.relu1"] == ("a",)
    assert found["relu1"] == ("g.b",)
    assert found["relu2"] == ("g.h.a",)
    assert found["relu3"] == ("g.h.relu3",)
    assert found["relu4"] == ("g.relu1",)


def test_a_star_stands_for_every_turn_of_a_repeat() -> None:
    text = """
  - name: stage
    repeat: 2
    layers:
      - {name: step, type: block, repeat: "${i + 1}"}
      - {name: end, type: ReLU}
  - {name: odd, type: ReLU, when: "${i % 2 == 1}", repeat: 4}
  - {name: none, type: ReLU, repeat: 0}
  - {name: ends, type: Add, from: stage.*.end}
  - {name: halves, type: Concat, from: [input, stage.*.step.*.half.*.act, odd.*, none.*]}
"""
    block = "blocks: {block: {layers: [{name: half, type: inner, repeat: 2}]}, "
    inner = "inner: {layers: [{name: act, type: Tanh}, Identity]}}"
    found = reads(text, block + inner)
    assert found["ends"] == ("stage.0.end", "stage.1.end")
    assert found["halves"] == (
        "input",
        *(
            f"stage.{step}.half.{half}.act"
            for step in ("0.step.0", "1.step.0", "1.step.1")
            for half in (0, 1)
        ),
        "odd.1",
        "odd.3",
    )


def test_a_star_inside_a_repeat_stands_for_the_turns_before() -> None:
    text = """
  - name: dense
    repeat: 3
    layers:
      - {name: all, type: Concat, from: [input, dense.*.new], when: "${i > 0}"}
      - {name: new, type: Conv2d, out_channels: 4, kernel_size: 1}
"""
    found = reads(text)
    assert found["dense.2.all"] == ("input", "dense.0.new", "dense.1.new")


def test_a_star_over_a_faulty_repeat_is_passed_over() -> None:
    layers = "[{name: r, type: Conv2d, kernel_size: 0, out_channels: 2, repeat: 2}, "
    told = faults(text_of(layers + "{type: Add, from: r.*}]"))
    assert len(told) == 1
    assert "kernel_size" in told[0]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("[{name: a, layers: [ReLU]}, {type: Add, from: a.*.relu1}]",
         "there is no layer 'a.*.relu1' before this one (* stands for each turn of a repeat, "
         "as in stage.*.conv; it needs such a repeat)"),
        ("[{name: r, type: ReLU, repeat: 2}, {type: Add, from: r.*.conv}]",
         "there is no layer 'r.*.conv' before this one (* stands for each turn of a repeat, "
         "as in stage.*.conv; it needs such a repeat)"),
        ("[{name: r, type: ReLU, repeat: 0}, {type: Add, from: r.*}]",
         "what it reads is nothing: the repeat has no turn before this one"),
        ("[{name: r, type: ReLU, repeat: 1}, {type: Add, from: r.*}]",
         "Add reads at least 2 inputs, not 1 (name what it reads: from: [a, b])"),
        ("[{name: '*', type: ReLU}]",
         "in a path, * stands for every turn of a repeat; choose another name"),
    ],
)  # fmt: skip
def test_what_a_star_cannot_stand_for(layers: str, message: str) -> None:
    assert complaint(text_of(layers)) == message


def test_a_star_over_many_turns_many_times_is_bounded() -> None:
    text = "[{name: r, type: ReLU, repeat: 9999}, {name: s, type: Add, from: [r.*], repeat: 1}, "
    text += "{name: t, repeat: 9000, layers: [{type: Add, from: r.*}]}]"
    assert "values" in complaint(text_of(text))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("[ReLU, {from: relu2, type: ReLU}]",
         "there is no layer 'relu2' before this one (did you mean relu1?)"),
        ("[ReLU, {from: nowhere, type: ReLU}]",
         "there is no layer 'nowhere' before this one (known here: relu1, input)"),
        ("[{from: later, type: ReLU}, {name: later, type: ReLU}]",
         "'later' stands after the layer that reads it, which would be a cycle "
         "(a layer reads what stands before it; move it, or read another)"),
        ("[{name: own, from: own, type: ReLU}]",
         "'own' stands after the layer that reads it, which would be a cycle "
         "(a layer reads what stands before it; move it, or read another)"),
        ("[{name: a, type: ReLU, when: false}, {from: a, type: ReLU}]",
         "the layer 'a' is left out by its when:"),
        ("[{name: r, repeat: 2, layers: [{type: ReLU, from: r}]}]",
         "'r' stands after the layer that reads it, which would be a cycle "
         "(a layer reads what stands before it; move it, or read another)"),
        ("[{from: [input, input], type: ReLU}]", "ReLU reads 1 input, not 2"),
        ("[{type: Add}]",
         "Add reads at least 2 inputs, not 1 (name what it reads: from: [a, b])"),
        ("[{from: [], type: ReLU}]", "from is an empty list"),
        ("[{from: {a: 1}, type: ReLU}]", "from must be a name, or a list of names"),
        ("[{from: [~], type: ReLU}]", "from must be a name, or a list of names"),
        ("[{from: [input, input], layers: [ReLU]}]",
         "a group or branches read one value, not 2"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(layers: str, message: str) -> None:
    assert complaint(text_of(layers)) == message


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
        ("Relu", "there is no layer type or block 'Relu' (did you mean ReLU?)"),
        ("Nothing12345", "there is no layer type or block 'Nothing12345' "
         "(cnnshape schema lists the types)"),
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
         "(in an expression, // divides to a whole number)"),
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
