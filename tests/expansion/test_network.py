"""The whole: parameters, variants, outputs and warnings, and what the network keeps."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from cnnshape import Network, SpecError, load, loads, zoo

from ..specs import complaint, net, text_of

WIDE = """
name: Wide
reference: someone
description: >-
  two
  lines
params: {width: 4, depths: [1, 2], kind: ReLU, twice: "${2 * width}"}
variants:
  small: {}
  large: {width: 8, depths: [2, "${width}"]}
train: {data: mnist, epochs: 2, lr: 1e-3, sizes: [1, {a: ~}]}
x-anything: &conv {type: Conv2d, kernel_size: 1}
input: [3, 8, 8]
layers:
  - {<<: *conv, out_channels: $width}
  - {<<: *conv, out_channels: $twice, repeat: "${sum(depths)}"}
  - $kind
"""


def refused(text: str, **options: object) -> str:
    with pytest.raises(SpecError) as caught:
        loads(text, **options)  # type: ignore[arg-type]
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.message + (f" ({diagnostic.help})" if diagnostic.help else "")


# Parameters, variants and the input ---------------------------------------------------


def test_what_a_network_keeps_of_its_spec() -> None:
    network = loads(WIDE, name="nets/wide.yaml")
    assert (network.name, network.reference, network.description) == (
        "Wide",
        "someone",
        "two lines",
    )
    assert network.params == {"width": 4, "depths": (1, 2), "kind": "ReLU", "twice": 8}
    assert network.train == {
        "data": "mnist", "epochs": 2, "lr": 0.001, "sizes": [1, {"a": None}],
    }  # fmt: skip
    assert network.source == "nets/wide.yaml"
    assert network.input_shape == (3, 8, 8)
    assert [node.output_shape[0] for node in network.layers] == [4, 8, 8, 8, 8]


def test_a_network_without_a_name_has_its_files() -> None:
    assert loads(text_of("[ReLU]"), name="nets/my_net.yaml").name == "my_net"
    assert loads(text_of("[ReLU]")).name == "<text>"


def test_a_variant_is_other_parameters_and_another_name() -> None:
    network = loads(WIDE, variant="large")
    assert network.name == "large"
    assert network.params == {"width": 8, "depths": (2, 8), "kind": "ReLU", "twice": 16}
    assert len(network.layers) == 12
    assert loads(WIDE, variant="small").canonical() == loads(WIDE).canonical()


def test_given_parameters_come_before_all() -> None:
    network = loads(WIDE, variant="large", params={"width": 2, "depths": [1, 1], "kind": "GELU"})
    assert [node.output_shape[0] for node in network.layers] == [2, 4, 4, 4]
    assert network.layers[-1].type == "GELU"


def test_another_input() -> None:
    assert loads(WIDE, input=(5, 2, 3)).output_shapes == ((8, 2, 3),)
    with pytest.raises(ValueError, match="a size of the input must be a whole number"):
        loads(WIDE, input=(5, 0, 3))
    assert loads("layers: [ReLU]\ninput: '$x'\nparams: {x: [2, 3]}").input_shape == (2, 3)
    assert loads("layers: [ReLU]\ninput: [1, '${2 * n}', $n]\nparams: {n: 4}").input_shape == (
        1,
        8,
        4,
    )


def test_unknown_variants_and_parameters() -> None:
    assert refused(WIDE, variant="larg") == "there is no variant 'larg' (did you mean large?)"
    assert refused(WIDE, variant="x") == "there is no variant 'x' (its variants: small, large)"
    assert refused(WIDE, params={"widht": 3}) == (
        "the spec has no parameter 'widht' (did you mean width?)"
    )
    assert refused(text_of("[ReLU]"), params={"w": 3}) == (
        "the spec has no parameter 'w' (its params: none)"
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1}, "it must be a number, a text, true, false, null, or a list"),
        (b"x", "it must be a number, a text, true, false, null, or a list"),
        ([1, object()], "it must be a number, a text, true, false, null, or a list"),
        (2**41, "the value is too large: whole numbers go up to 2^40"),
        (float("nan"), "the value is not finite"),
        ("a" * 1001, "a text may have 1,000 characters"),
        ([1] * 1000, "a list may have 1,000 elements"),
    ],
)
def test_given_parameters_obey_the_rules_of_written_ones(value: object, message: str) -> None:
    assert refused(WIDE, params={"width": value}) == (
        f"the value given for width does not fit: {message}"
    )


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("params: {a: $b, b: 1}", "b is not defined here"),
        ("params: {a: $in_channels}", "in_channels is not defined here"),
        ("params: [a]", "params must be a mapping: each name with its default"),
        ("params: {a: {b: 1}}", "a mapping is no value here"),
        ("params: {i: 1}", "the name i has a meaning of its own in expressions"),
        ("params: {true: 1}", "the name true has a meaning of its own in expressions"),
        ("variants: {v: {a: 1}}", "params has no key 'a' (it may have )"),
    ],
)
def test_faulty_parameters(head: str, message: str) -> None:
    assert complaint(text_of("[ReLU]", head=head)) == message


# Outputs and warnings -----------------------------------------------------------------


def warnings(network: Network) -> list[str]:
    assert all(warning.severity == "warning" for warning in network.warnings)
    return [warning.message for warning in network.warnings]


def test_the_last_layer_is_the_output() -> None:
    network = net("[ReLU, {name: last, type: ReLU}]")
    assert (network.outputs, warnings(network)) == (("last",), [])


def test_a_layer_that_no_one_reads_is_an_output_and_may_be_an_accident() -> None:
    network = net("[{name: a, type: ReLU}, {name: b, type: ReLU, from: input}]")
    assert network.outputs == ("a", "b")
    assert warnings(network) == ["no layer reads a, so it is an output of the network"]
    (warning,) = network.warnings
    assert warning.help == (
        "where that is meant, list it under outputs:; "
        "else name it in a later layer's from:, or remove it"
    )
    assert warning.mark is not None
    assert warning.mark.line == 3


def test_outputs_that_are_declared_are_no_accident() -> None:
    head = "outputs: [b, g.a]"
    layers = "[{name: g, layers: [{name: a, type: ReLU}]}, {name: b, type: ReLU, from: input}]"
    network = net(layers, head=head)
    assert (network.outputs, warnings(network)) == (("b", "g.a"), [])


def test_an_output_may_be_read_too_and_may_be_a_single_name() -> None:
    network = net("[{name: a, type: ReLU}, {name: b, type: ReLU}]", head="outputs: [a, b, a]")
    assert network.outputs == ("a", "b")
    assert net("[{name: a, type: ReLU}, ReLU, {type: Add, from: [a, relu1]}]", head="outputs: add1")


def test_what_outputs_does_not_name_is_computed_for_nothing() -> None:
    network = net("[{name: a, type: ReLU}, {name: b, type: ReLU}]", head="outputs: a")
    assert network.outputs == ("a",)
    assert warnings(network) == [
        "no layer reads b, and outputs: does not name it: it is computed for nothing"
    ]


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ("[nothing]", "there is no layer 'nothing' before this one (known here: a, input)"),
        ("[]", "outputs is an empty list"),
        ("[[a]]", "outputs must be a name, or a list of names"),
    ],
)
def test_faulty_outputs(outputs: str, message: str) -> None:
    assert complaint(text_of("[{name: a, type: ReLU}]", head=f"outputs: {outputs}")) == message


# The canonical form -------------------------------------------------------------------


def digest(network: Network) -> str:
    return sha256(json.dumps(network.canonical()).encode()).hexdigest()


def test_the_canonical_form_does_not_depend_on_how_a_spec_is_written() -> None:
    one = net("[{name: c, type: Conv2d, out_channels: 4, kernel_size: 3}, ReLU]")
    other = net(
        '[{type: Conv2d, kernel_size: [3, 3], in_channels: 8, out_channels: "${2 * 2}", bias: true,'
        " name: c}, {name: relu1, from: c, type: ReLU}]",
        head="name: other\nparams: {x: 1}\ntrain: {epochs: 3}",
    )
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    "layers",
    [
        "[{name: d, type: Conv2d, out_channels: 4, kernel_size: 3}, ReLU]",
        "[{name: c, type: Conv2d, out_channels: 5, kernel_size: 3}, ReLU]",
        "[{name: c, type: Conv2d, out_channels: 4, kernel_size: 3}, GELU]",
        "[{name: c, type: Conv2d, out_channels: 4, kernel_size: 3}, {type: ReLU, from: input}]",
        "[{name: c, type: Conv2d, out_channels: 4, kernel_size: 3}]",
    ],
)
def test_the_canonical_form_tells_networks_apart(layers: str) -> None:
    one = net("[{name: c, type: Conv2d, out_channels: 4, kernel_size: 3}, ReLU]")
    assert digest(one) != digest(net(layers))


def test_the_input_is_part_of_the_canonical_form() -> None:
    assert digest(net("[ReLU]", input="[8, 32, 32]")) != digest(net("[ReLU]", input="[8, 33, 32]"))


def test_a_shared_module_is_part_of_the_canonical_form() -> None:
    shared = net("[{name: a, type: PReLU}, {name: b, share: a}]")
    own = net("[{name: a, type: PReLU}, {name: b, type: PReLU}]")
    assert digest(shared) != digest(own)


@pytest.mark.slow
@pytest.mark.parametrize("entry", zoo.names(), ids=lambda entry: entry.name)
def test_each_shipped_net_is_sound_and_the_same_each_time(entry: zoo.Entry) -> None:
    network = load(entry.name)
    assert network.warnings == ()
    assert len(network.outputs) == 1
    assert digest(network) == digest(load(entry.name))


# Cost ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_thousand_layers_are_within_every_limit() -> None:
    pair = "  - {type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}\n  - ReLU\n"
    network = net("\n" + pair * 5_000)
    assert len(network.layers) == 10_000
    assert network.totals.params == 5_000 * (8 * 8 * 9 + 8)
    assert len({id(node.op) for node in network.layers}) == 2
