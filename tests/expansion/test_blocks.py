"""Blocks: parameters, what they read, what expressions see in them, and recursion."""

from __future__ import annotations

import pytest

from cnnshape import SpecError, loads

from ..specs import complaint, fault, net, shapes, text_of

CONV_BN = """
blocks:
  conv_bn:
    params: {out: ~, k: 3, pad: "${k // 2}"}
    layers:
      - {name: conv, type: Conv2d, out_channels: $out, kernel_size: $k, padding: $pad}
      - {name: bn, type: BatchNorm2d}
"""

HOURGLASS = """
blocks:
  hourglass:
    params: {depth: ~}
    layers:
      - join: Add
        branches:
          skip: {type: Conv2d, out_channels: $in_channels, kernel_size: 1}
          low:
            - {type: MaxPool2d, kernel_size: 2}
            - {name: inner, type: hourglass, depth: "${depth - 1}", when: "${depth > 1}"}
            - {type: ConvTranspose2d, out_channels: $in_channels, kernel_size: 2, stride: 2}
"""


# Parameters ---------------------------------------------------------------------------


def test_a_block_is_used_as_a_type() -> None:
    network = net("[{type: conv_bn, out: 4}, {name: b, type: conv_bn, out: 5, k: 1}]", head=CONV_BN)
    assert shapes(network) == {
        "conv_bn1.conv": (4, 32, 32), "conv_bn1.bn": (4, 32, 32),
        "b.conv": (5, 32, 32), "b.bn": (5, 32, 32),
    }  # fmt: skip
    assert [(group.path, group.type) for group in network.groups.values()] == [
        ("conv_bn1", "conv_bn"),
        ("b", "conv_bn"),
    ]


def test_a_default_may_use_the_parameters_before_it() -> None:
    assert net("[{type: conv_bn, out: 4, k: 5}]", head=CONV_BN).layers[0].layer.arguments[
        "padding"
    ] == (2, 2)
    assert net("[{type: conv_bn, out: 4, pad: 0}]", head=CONV_BN).output_shapes == ((4, 30, 30),)


def test_a_bare_name_is_a_block_with_its_defaults() -> None:
    head = "blocks: {two: {layers: [ReLU, {type: Identity}]}}"
    assert list(shapes(net("[two]", head=head))) == ["two1.relu1", "two1.identity1"]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("conv_bn", "the block conv_bn needs out (add out: ...)"),
        ("{type: conv_bn, out: 4, kk: 3}",
         "the block conv_bn has no parameter 'kk' (did you mean k?)"),
        ("{type: conv_bn, out: 4, stride: 3}",
         "the block conv_bn has no parameter 'stride' (its parameters: out, k, pad)"),
        ("{type: conv_bnn, out: 4}",
         "there is no layer type or block 'conv_bnn' (did you mean conv_bn?)"),
        ("{type: conv_bn, out: 4, from: [input, input]}",
         "the block conv_bn reads input, which makes 1, not 2 (name what it reads: from: [input])"),
    ],
)  # fmt: skip
def test_faulty_uses(use: str, message: str) -> None:
    assert complaint(text_of(f"[{use}]", head=CONV_BN)) == message


@pytest.mark.parametrize("kind", ["conv_bn", "$kind"])
def test_a_computed_type_is_checked_when_it_is_known(kind: str) -> None:
    head = f"params: {{kind: conv_bn}}{CONV_BN}"
    assert complaint(text_of(f"[{{type: {kind}}}]", head=head)).startswith(
        "the block conv_bn needs out"
    )
    assert len(net(f"[{{type: {kind}, out: 4}}]", head=head).layers) == 2


def test_a_computed_type_may_be_a_layer_or_nothing() -> None:
    layers = "[{type: $act}]"
    assert net(layers, head="params: {act: GELU}").layers[0].path == "gelu1"
    told = complaint(text_of(layers, head="params: {act: Gelu}"))
    assert told == "there is no layer type or block 'Gelu' (did you mean GELU?)"
    assert complaint(text_of("[{type: '$act', dim: 1}]", head="params: {act: ReLU}")).startswith(
        "ReLU has no argument 'dim'"
    )


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ("{ReLU: {layers: [ReLU]}}", "ReLU is a layer type; a block needs a name of its own "
         "(write it in small letters: relu)"),
        ("{b: [ReLU]}", "the block 'b' must be a mapping with layers:"),
        ("{b: {}}", "the block b needs layers:"),
        ("{b: {layer: [ReLU], layers: []}}",
         "the block b has no key 'layer' (layers is there already: remove layer)"),
        ("[b]", "blocks must be a mapping: each name with its layers"),
        ("{b: {params: [x], layers: []}}",
         "params of the block b must be a mapping: each name with its default"),
        ("{b: {params: {in_channels: 1}, layers: []}}",
         "the name in_channels has a meaning of its own in expressions"),
        ("{b: {params: {max: 1}, layers: []}}",
         "the name max has a meaning of its own in expressions"),
        ("{b: {params: {x-y: 1}, layers: []}}", "'x-y' cannot be a parameter's name "
         "(use letters, digits and _, and no word of Python's own)"),
        ("{b: {params: {lambda: 1}, layers: []}}", "'lambda' cannot be a parameter's name "
         "(use letters, digits and _, and no word of Python's own)"),
        ("{b: {params: {from: 1}, layers: []}}", "'from' cannot be a parameter's name "
         "(use letters, digits and _, and no word of Python's own)"),
        ("{b: {params: {name: 1}, layers: []}}", "a block's parameter cannot be called name"),
        ("{b: {params: {type: 1}, layers: []}}", "a block's parameter cannot be called type"),
        ("{b: {params: {layers: 1}, layers: []}}", "a block's parameter cannot be called layers"),
        ("{b: {inputs: [x, x], layers: []}}", "the input 'x' stands twice"),
        ("{b: {inputs: [x.y], layers: []}}",
         "the name 'x.y' has a dot; dots separate the parts of a path"),
        ("{b: {inputs: [$x], layers: []}}", "an input's name holds no expression"),
        ("{b: {inputs: [], layers: []}}", "inputs is an empty list"),
    ],
)  # fmt: skip
def test_faulty_blocks(blocks: str, message: str) -> None:
    assert complaint(text_of("[ReLU]", head=f"blocks: {blocks}")) == message


# What a block reads and sees ----------------------------------------------------------


def test_input_inside_a_block_is_the_blocks_own() -> None:
    head = "blocks: {res: {layers: [ReLU, {type: Add, from: [input, relu1]}]}}"
    network = net("[{name: a, type: ReLU}, {name: r, type: res}]", head=head)
    assert network.by_path["r.add1"].inputs == ("a", "r.relu1")


def test_a_block_may_read_several_values() -> None:
    head = """
blocks:
  up:
    inputs: [below, skip]
    layers:
      - {name: up, type: ConvTranspose2d, out_channels: "${in_channels // 2}", kernel_size: 2,
         stride: 2}
      - {name: joined, type: Concat, from: [skip, up]}
"""
    layers = """
  - {name: a, type: Conv2d, out_channels: 4, kernel_size: 1}
  - {name: b, type: MaxPool2d, kernel_size: 2}
  - {name: u, type: up, from: [b, a]}
"""
    network = net(layers, head=head)
    assert network.by_path["u.up"].inputs == ("b",)
    assert network.by_path["u.joined"].inputs == ("a", "u.up")
    assert network.output_shapes == ((6, 32, 32),)
    assert complaint(text_of("[up]", head=head)).startswith(
        "the block up reads below, skip, which makes 2, not 1"
    )


def test_an_inputs_name_is_not_given_again() -> None:
    head = "blocks: {b: {inputs: [x, y], layers: [{name: x, type: ReLU}]}}"
    assert complaint(text_of("[{type: b, from: [input, input]}]", head=head)) == (
        "the name 'x' means what the block reads; choose another"
    )


def test_names_outside_a_block_are_unknown_inside_and_the_other_way_round() -> None:
    head = "blocks: {b: {layers: [{type: ReLU, from: outer}]}}"
    told = complaint(text_of("[{name: outer, type: ReLU}, b]", head=head))
    assert told.startswith("'outer' is a layer outside the block b, which sees only its own")
    head = "blocks: {b: {layers: [{name: inner, type: ReLU}, ReLU]}}"
    network = net("[{name: b, type: b}, {from: b.inner, type: ReLU}]", head=head)
    assert network.layers[-1].inputs == ("b.inner",)
    assert "there is no layer 'inner'" in complaint(
        text_of("[b, {from: inner, type: ReLU}]", head=head)
    )


def test_a_block_sees_the_specs_parameters_but_not_those_of_its_user() -> None:
    head = """
params: {width: 5}
blocks:
  inner: {layers: [{type: Conv2d, out_channels: $width, kernel_size: 1}]}
  outer: {params: {depth: 2}, layers: [inner, {type: inner, name: "d$depth"}]}
  wrong: {params: {depth: 2}, layers: [uses]}
  uses: {layers: [{type: Dropout, p: $depth}]}
"""
    assert list(shapes(net("[outer]", head=head))) == ["outer1.inner1.conv2d1", "outer1.d2.conv2d1"]
    assert complaint(text_of("[wrong]", head=head)).startswith("depth is not defined here")


def test_the_index_of_a_repeat_is_not_known_inside_the_block() -> None:
    head = "blocks: {b: {layers: [{type: ReLU, name: $i}]}}"
    assert "i is not defined here" in complaint(text_of("[{type: b, repeat: 2}]", head=head))


def test_expressions_see_what_the_block_reads() -> None:
    head = """
blocks:
  b:
    layers:
      - {type: Conv2d, out_channels: "${in_channels + in_size[0] + len(in_shape)}", kernel_size: 1}
      - {type: Conv2d, out_channels: $in_channels, kernel_size: 1}
"""
    network = net("[{type: MaxPool2d, kernel_size: 4}, b, b]", head=head)
    assert list(shapes(network).values())[1:] == [(19, 8, 8), (8, 8, 8)] * 2


def test_at_the_top_they_see_what_the_network_reads() -> None:
    layers = "[ReLU, {type: Conv2d, out_channels: '${in_channels * in_size[1]}', kernel_size: 3}]"
    assert net(layers, input="[2, 5, 7]").output_shapes == ((14, 3, 5),)
    head = "blocks: {b: {layers: [{type: Linear, out_features: '${len(in_size) + in_channels}'}]}}"
    assert net("[b]", input="[10]", head=head).output_shapes == ((10,),)


def test_a_single_number_has_a_shape_but_no_channels() -> None:
    head = "blocks: {b: {layers: [{type: ReLU, when: '${len(in_shape) == 0}'}]}}"
    assert net("[{type: Mean, dim: 1}, b]", input="[3]", head=head).output_shapes == ((),)
    head = "blocks: {b: {layers: [{type: PReLU, num_parameters: $in_channels}]}}"
    told = complaint(text_of("[{type: Mean, dim: 1}, b]", input="[3]", head=head))
    assert told.startswith("in_channels is not defined here")


def test_an_empty_block_passes_through_what_it_reads() -> None:
    head = "blocks: {none: {layers: []}, off: {layers: [{type: ReLU, when: false}]}}"
    network = net("[{name: a, type: ReLU}, none, off, {type: Identity}]", head=head)
    assert {node.path: node.inputs for node in network.layers} == {
        "a": ("input",),
        "identity1": ("a",),
    }


def test_a_block_that_passes_through_can_be_read_by_its_name() -> None:
    head = "blocks: {none: {layers: []}}"
    network = net("[{name: n, type: none}, ReLU, {type: Add, from: [n, relu1]}]", head=head)
    assert network.layers[-1].inputs == ("input", "relu1")


def test_a_module_of_a_block_can_be_shared_and_each_use_has_its_own() -> None:
    head = "blocks: {b: {layers: [{name: p, type: PReLU}, {share: p}]}}"
    network = net("[{name: x, type: b}, {name: y, type: b}, {share: y.p}]", head=head)
    assert [node.shares for node in network.layers] == [None, "x.p", None, "y.p", "y.p"]
    assert network.totals.params == 2


# Repeats and recursion ----------------------------------------------------------------


def test_a_repeated_block_chains_its_values() -> None:
    network = net('[{name: s, type: conv_bn, out: "${4 * (i + 1)}", repeat: 2}]', head=CONV_BN)
    assert list(network.by_path) == ["s.0.conv", "s.0.bn", "s.1.conv", "s.1.bn"]
    assert network.by_path["s.1.conv"].inputs == ("s.0.bn",)
    assert network.by_path["s.1.conv"].input_shapes == ((4, 32, 32),)


def test_alike_uses_of_a_block_share_their_ops() -> None:
    network = net("[{name: s, type: conv_bn, out: 8, repeat: 3}]", head=CONV_BN)
    assert len({id(node.op) for node in network.layers}) == 2


def test_a_block_is_made_anew_for_other_shapes() -> None:
    use = "{type: conv_bn, out: 8"
    network = net(
        f"[{use}}}, {{type: AvgPool2d, kernel_size: 2}}, {use}}}, {use}, from: input}}]",
        head=CONV_BN,
    )
    first, second, third = (network.by_path[f"conv_bn{number}.conv"] for number in (1, 2, 3))
    assert [node.output_shape for node in (first, second, third)] == [
        (8, 32, 32), (8, 16, 16), (8, 32, 32),
    ]  # fmt: skip
    assert first.op is third.op
    assert first.op is not second.op


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_block_may_use_itself_until_a_when_ends_it(depth: int) -> None:
    network = net(f"[{{name: h, type: hourglass, depth: {depth}}}]", head=HOURGLASS)
    assert len(network.layers) == 4 * depth
    assert network.output_shapes == ((8, 32, 32),)
    smallest = min(node.output_shape[1] for node in network.layers)
    assert smallest == 32 // 2**depth


def test_a_block_that_never_ends_is_refused() -> None:
    head = "blocks: {b: {layers: [ReLU, b]}}"
    assert complaint(text_of("[b]", head=head)) == (
        "the block b uses itself with the same parameters, which would never end "
        "(a block may use itself where a parameter changes and a when: ends it)"
    )
    head = "blocks: {a: {layers: [b]}, b: {layers: [a]}}"
    assert "the block a uses itself with the same parameters" in complaint(
        text_of("[a]", head=head)
    )
    head = "blocks: {b: {params: {n: 0}, layers: [{type: b, n: '${n + 1}'}]}}"
    assert "blocks use blocks more than 32 deep" in complaint(text_of("[b]", head=head))


def test_a_fault_inside_a_block_tells_the_uses_that_led_there() -> None:
    text = """input: [3, 8, 8]
blocks:
  inner:
    layers:
      - {type: Linear, out_features: 3}
  outer:
    layers:
      - inner
layers:
  - ReLU
  - outer
"""
    with pytest.raises(SpecError) as caught:
        loads(text)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.mark is not None
    assert diagnostic.mark.line == 5
    assert diagnostic.notes == (
        "in the block inner, used in line 8",
        "in the block outer, used in line 11",
    )
    assert str(diagnostic).splitlines()[5:] == [
        "   = note: in the block inner, used in line 8",
        "   = note: in the block outer, used in line 11",
        "   = help: put Flatten before it: 3·8·8 = 192 features, "
        "or write in_features: 8 to apply it to the last dimension",
    ]


def test_a_fault_in_a_block_is_told_once_however_often_it_is_used() -> None:
    head = "blocks: {b: {layers: [{type: Linear, out_features: 3}]}}"
    uses = "[{type: b, from: input}, {type: b, from: input}, {type: b, from: input}]"
    assert fault(text_of(uses, head=head)).startswith("1:23 Linear cannot read 8×32×32")


def test_of_many_uses_the_four_nearest_are_told() -> None:
    blocks = ", ".join(f"b{n}: {{layers: [b{n + 1}]}}" for n in range(5))
    head = f"blocks: {{{blocks}, b5: {{layers: [{{type: Linear, out_features: 3}}]}}}}"
    with pytest.raises(SpecError) as caught:
        loads(text_of("[b0]", head=head))
    (told,) = caught.value.diagnostics
    assert [note.split()[3] for note in told.notes] == ["b5,", "b4,", "b3,", "b2,"]
