"""What layers are called, and what the names in from stand for."""

from __future__ import annotations

import pytest

from ..specs import complaint, fault, faults, net, reads, text_of

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
    assert told == "6:10 the name 'a' is taken already, in line 4 (name it a_2)"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{name: a, type: Conv2d, out_channels: 6}", "{name: a, type: ReLU}"),
        ("{name: a, type: ReLU}", "{name: a, type: Conv2d, out_channels: 6}"),
        ("{name: a, type: Relu6x}", "{name: a, type: Conv2d, out_channels: 6}"),
    ],
)
def test_the_name_of_a_faulty_layer_is_taken_too(first: str, second: str) -> None:
    told = faults(text_of(f"\n- {first}\n- {second}"))
    assert sum("the name 'a' is taken already, in line 4" in each for each in told) == 1
    assert len(told) == 1 + ("Conv2d" in first + second) + ("Relu6x" in first)


def test_a_faulty_layer_that_may_be_left_out_takes_no_name() -> None:
    told = faults(
        text_of("\n- {name: a, type: Conv2d, when: false}\n- {name: a, type: ReLU, when: true}")
    )
    assert not any("taken" in each for each in told)


def test_the_same_name_in_two_groups_is_no_clash() -> None:
    group = "layers: [{name: a, type: ReLU}]"
    assert list(reads(f"[{{name: g, {group}}}, {{name: h, {group}}}]")) == ["g.a", "h.a"]


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


@pytest.mark.slow
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
