"""What is told of faulty specs: every independent fault, none that only follows from another."""

from __future__ import annotations

import pytest

from cnnshape import Network, SpecError, loads

from ..specs import fault, faults, text_of


def partial(text: str) -> Network | None:
    """The network up to the first fault."""
    with pytest.raises(SpecError) as caught:
        loads(text)
    network = caught.value.partial
    assert network is None or isinstance(network, Network)
    return network


def paths(network: Network | None) -> list[str]:
    assert network is not None
    return [node.path for node in network.layers]


INDEPENDENT = """name: Faulty
inptu: [1]
input: [3, 32, 32]
params: {width: 8, max: 3}
variants: {wide: {widht: 16}}
blocks:
  b: {params: {k: ~}, layers: [{type: Conv2d, out_channels: $k}]}
layers:
  - {type: Conv2d, out_channels: $widht, kernel_size: 3}
  - Relu
  - {name: x, type: MaxPool2d, kernel_size: 2, from: input}
  - {name: x, type: MaxPool2d, kernel_size: 2}
  - {type: b}
  - {type: Linear, out_features: 10, from: input}
  - {from: [input, nowhere], type: Add}
  - {type: Dropout, p: 2}
"""


def test_independent_faults_are_all_told_in_the_order_of_the_text() -> None:
    assert faults(INDEPENDENT) == [
        "2:1 a spec has no key 'inptu' (input is there already: remove inptu)",
        "4:20 the name max has a meaning of its own in expressions",
        "5:19 params has no key 'widht' (did you mean width?)",
        "7:32 Conv2d needs kernel_size (add kernel_size: N)",
        "9:34 widht is not defined here (did you mean width?)",
        "10:5 there is no layer type or block 'Relu' (Relu is ReLU here)",
        "12:12 the name 'x' is taken already, in line 11",
        "13:5 the block b needs k (add k: ...)",
        "14:5 Linear cannot read 3×32×32: it wants one flat vector (put Flatten before it: "
        "3·32·32 = 3,072 features, or write in_features: 32 to apply it to the last dimension)",
        "15:20 there is no layer 'nowhere' before this one (known here: conv2d1, relu1, x, b1, "
        "linear1, input)",
        "16:24 p must be a number from 0 to 1, not 2",
    ]


@pytest.mark.parametrize(
    "follows",
    [
        "ReLU",
        "{type: Linear, out_features: 3}",
        "{type: Conv2d, out_channels: 3, kernel_size: 99}",
        "{from: bad, type: Linear, out_features: 3}",
        "{from: [bad, input], type: Add}",
        "{join: Add, branches: [ReLU, []]}",
        "{repeat: 3, layers: [ReLU]}",
        "{type: ReLU, repeat: 3}",
        "{share: bad}",
        "b",
        "{from: [bad, input], type: two}",
        "{layers: [{from: bad, type: ReLU}]}",
    ],
)
def test_what_reads_a_faulty_layer_is_passed_over(follows: str) -> None:
    head = """
blocks:
  b: {layers: [{type: Conv2d, out_channels: $in_channels, kernel_size: 1}]}
  two: {inputs: [x, y], layers: [{type: Add, from: [x, y]}]}
"""
    layers = f"[{{name: bad, type: MaxPool2d, kernel_size: 99}}, {follows}]"
    (told,) = faults(text_of(layers, head=head))
    assert "MaxPool2d" in told


@pytest.mark.parametrize(
    ("faulty", "name"),
    [
        ("{type: Conv2d, out_chanels: 3, kernel_size: 3}", "conv2d1"),
        ("Conv2d", "conv2d1"),
        ("{type: MaxPool2d, kernel_size: 99}", "maxpool2d1"),
        ("{type: MaxPool2d, kernel_size: 99, repeat: 2}", "maxpool2d1"),
        ("{type: MaxPool2d, kernel_size: 2, repeat: -1, name: p}", "p"),
        ("{type: ReLU, when: 5.5, name: p}", "p"),
        ("{layers: [{name: q, type: Linear}], name: p}", "p.q"),
        ("Nothing", "nothing1"),
    ],
)
def test_the_name_of_a_faulty_layer_is_known(faulty: str, name: str) -> None:
    told = faults(text_of(f"[{faulty}, {{type: ReLU, from: {name}}}]"))
    assert not any("there is no layer '" in line for line in told)


def test_the_arguments_of_a_layer_are_held_even_where_its_input_is_unknown() -> None:
    told = faults(text_of("[{type: MaxPool2d, kernel_size: 99}, {type: Dropout, p: 7}]"))
    assert [line.split(" ", 1)[1][:9] for line in told] == ["MaxPool2d", "p must be"]


def test_an_unknown_input_shape_is_one_fault() -> None:
    text = "input: [3, 0, 8]\nlayers: [{type: Conv2d, out_channels: $in_channels, kernel_size: 3}]"
    assert fault(text) == (
        "1:8 a size of the input must be a whole number of at least 1, not 0 "
        "(write whole numbers, such as [3, 32, 8])"
    )
    assert partial(text) is None


@pytest.mark.parametrize(
    ("input", "message"),
    [
        ("5", "input must be a list of sizes: channels first, without the batch"),
        ("[]", "input must be a list of sizes: channels first, without the batch"),
        ("[a]", "a size of the input must be a whole number of at least 1, not 'a'"),
        ("[1.0]", "a size of the input must be a whole number of at least 1, not 1.0"),
        ("[true]", "a size of the input must be a whole number of at least 1, not true"),
        ("[1, 2, 3, 4, 5]",
         "input has 5 dimensions; (C, D, H, W) are the most that layers read "
         "(write the input without the batch: [2, 3, 4, 5])"),
        ("[[1]]", "a size of the input must be a whole number of at least 1, not [1]"),
        ("'${1 / 0}'", "1 / 0 divides by zero"),
    ],
)  # fmt: skip
def test_faulty_inputs(input: str, message: str) -> None:
    told = fault(text_of("[ReLU]", input=input)).partition(" ")[2]
    assert told.startswith(message)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("name: a", ["1:1 a spec needs layers: (list the layers, top to bottom)",
                     "1:1 a spec needs input: (write the shape of one sample, "
                     "as input: [1, 32, 32] (C, H, W))"]),
        ("layers: {a: 1}\ninput: [1]", ["1:9 layers must be a list, each item after a dash"]),
        ("input: [1]\nlayers: [ReLU]\nname: [a]", ["3:7 name must be a text"]),
        ("input: [1]\nlayers: [ReLU]\ntrain: [a]", ["3:8 train must be a mapping"]),
        ("input: [1]\nlayers: [ReLU]\nvariants: {a: 5}",
         ["3:15 the variant 'a' must be a mapping of params"]),
        ("input: [1]\nlayers: [ReLU]\noutputs: {}",
         ["3:10 outputs must be a name, or a list of names"]),
        ('input: [1]\nlayers: [ReLU]\nname: "\\e[31m"',
         ["3:7 name has characters that cannot be shown"]),
        ("input: [1]\nlayers: [ReLU]\nplugins: [x.py]",
         ["3:1 a spec has no key 'plugins' (it may have name, reference, description, input, "
          "params, variants, blocks, layers, outputs, train)"]),
    ],
)  # fmt: skip
def test_faulty_specs(text: str, messages: list[str]) -> None:
    assert faults(text) == messages


@pytest.mark.parametrize("key", ["params", "variants", "blocks", "train", "outputs"])
def test_a_key_without_a_value_is_left_out(key: str) -> None:
    text = text_of("[ReLU]", head=f"{key}:")
    if key == "outputs":
        assert fault(text).endswith("outputs must be a name, or a list of names")
        return
    assert len(loads(text).layers) == 1


# The table up to the first fault ------------------------------------------------------


def test_the_network_up_to_the_first_fault() -> None:
    text = text_of("[{name: a, type: ReLU}, {name: b, type: ReLU}, Linear, ReLU]")
    network = partial(text)
    assert paths(network) == ["a", "b"]
    assert network is not None
    assert network.outputs == ("b",)
    assert network.output_shapes == ((8, 32, 32),)


def test_a_sound_layer_after_a_fault_is_not_in_it() -> None:
    network = partial(text_of("[{name: a, type: ReLU}, Linear, {name: c, from: a, type: ReLU}]"))
    assert paths(network) == ["a"]
    assert network is not None
    assert network.outputs == ("a",)


def test_nothing_before_the_fault_is_no_network() -> None:
    assert partial(text_of("[Linear, ReLU]")) is None


def test_a_fault_inside_a_block_cuts_there() -> None:
    head = "blocks: {b: {layers: [{name: x, type: ReLU}, {type: Linear, out_features: 3}, ReLU]}}"
    network = partial(text_of("[{name: a, type: ReLU}, {name: u, type: b}, ReLU]", head=head))
    assert paths(network) == ["a", "u.x"]


def test_a_fault_inside_a_branch_cuts_there() -> None:
    branches = "{join: Add, branches: {p: [ReLU], q: [{type: Linear, out_features: 3}], r: [ReLU]}}"
    assert paths(partial(text_of(f"[{{name: a, type: ReLU}}, {branches}]"))) == ["a", "p.relu1"]


def test_a_fault_outside_the_layers_leaves_the_network_whole() -> None:
    network = partial(text_of("[ReLU, ReLU]", head="nmae: x"))
    assert paths(network) == ["relu1", "relu2"]


def test_a_repeat_cuts_at_the_turn_that_is_faulty() -> None:
    text = text_of("[{name: p, type: MaxPool2d, kernel_size: 2, repeat: 9}]")
    assert paths(partial(text)) == ["p.0", "p.1", "p.2", "p.3", "p.4"]
