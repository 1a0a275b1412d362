"""Wrong specs as people write them, from a table of slips; each with its kind."""

from __future__ import annotations

from collections.abc import Iterator

from cnnshape.spec import words

INPUTS = {1: "[8, 64]", 2: "[8, 32, 32]", 3: "[8, 16, 16, 16]"}
HEAD = "params: {width: 8}\ninput: %s\nlayers:\n"

FAMILIES: dict[str, dict[str, str]] = {
    "Conv%dd": {"out_channels": "8", "kernel_size": "3", "padding": "1", "stride": "1"},
    "ConvTranspose%dd": {"out_channels": "4", "kernel_size": "2", "stride": "2"},
    "MaxPool%dd": {"kernel_size": "2", "stride": "2"},
    "AvgPool%dd": {"kernel_size": "2", "stride": "2"},
    "AdaptiveAvgPool%dd": {"output_size": "4"},
    "BatchNorm%dd": {"eps": "0.01"},
}
"""Layers of every number of dimensions, with arguments that are right."""

PLAIN: dict[str, dict[str, str]] = {
    "GroupNorm": {"num_groups": "2"},
    "LocalResponseNorm": {"size": "5", "alpha": "0.01"},
    "LeakyReLU": {"negative_slope": "0.1"},
    "ELU": {"alpha": "0.5"},
    "Dropout": {"p": "0.5"},
    "Softmax": {"dim": "1"},
    "Upsample": {"scale_factor": "2", "mode": "nearest"},
    "PixelShuffle": {"upscale_factor": "2"},
    "Flatten": {"start_dim": "1"},
    "ZeroPad2d": {"padding": "1"},
    "Permute": {"dims": "[0, 2, 3, 1]"},
    "Mean": {"dim": "1"},
    "ReflectionPad2d": {"padding": "2"},
    "Hardtanh": {"min_val": "-2", "max_val": "2"},
}

SLIPS_OF_WORDS = (str.upper, str.lower, lambda name: name.replace("_", ""),
                  lambda name: name.replace("_", "-"), lambda name: name[:-1],
                  lambda name: name + "s")  # fmt: skip


def layer(kind: str, arguments: dict[str, str]) -> str:
    """An entry in braces."""
    written = "".join(f", {name}: {value}" for name, value in arguments.items())
    return f"{{type: {kind}{written}}}"


def right_layers() -> Iterator[tuple[int, str, dict[str, str]]]:
    """The layers of the tables, each with the dimensions of the map that it reads."""
    for family, arguments in FAMILIES.items():
        for rank in INPUTS:
            yield rank, family % rank, arguments
    for kind, arguments in PLAIN.items():
        yield 2, kind, arguments


def wrong_specs() -> Iterator[tuple[str, str]]:
    """(kind of slip, text) each."""
    for rank, kind, arguments in right_layers():
        for slip, entry in _of_layer(rank, kind, arguments):
            yield slip, f"{HEAD % INPUTS[rank]}  - {entry}\n  - ReLU\n"
    for slip, text in TEXTS:
        yield slip, text


def _of_layer(rank: int, kind: str, arguments: dict[str, str]) -> Iterator[tuple[str, str]]:
    for wrong in (kind.lower(), kind[:-1], kind[0] + kind[2:], f"nn.{kind}", f"keras.{kind}"):
        yield "type", layer(wrong, arguments)
    yield "key", f"{{{kind}: {{{layer(kind, arguments)[1:-1].partition(', ')[2]}}}}}"
    for name, value in arguments.items():
        rest = {key: other for key, other in arguments.items() if key != name}
        others = [word for word in words.ARGUMENTS.get(name, "").split() if word not in rest]
        for wrong in [*others[:4], *(slip(name) for slip in SLIPS_OF_WORDS[:6:2])]:
            if wrong not in (name, *rest):
                yield "argument", layer(kind, {**rest, wrong: value})
        if value.isdigit():
            several = [value] * rank
            slips = (f"'{value}'", f"({', '.join(several)})", f"{value}.0", "x".join(several))
            for wrong in slips[:: 1 if name == "kernel_size" else 2]:
                if wrong != value:
                    yield "number", layer(kind, {**rest, name: wrong})
    yield "activation", layer(kind, {**arguments, "activation": "relu"})
    yield "twice", f"{layer(kind, {**arguments, 'name': 'a'})}\n  - {{type: ReLU, name: a}}"


def _net(layers: str, rank: int = 2) -> str:
    return HEAD % INPUTS[rank] + "".join(f"  - {each}\n" for each in layers.split("\n"))


CONV = "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1%s}"

TEXTS: list[tuple[str, str]] = [
    # What another number of channels, features or groups follows from.
    *(("number of channels", _net(text)) for text in (
        CONV % ", in_channels: 3", CONV % ", groups: 3", CONV % ", groups: 16",
        "{type: BatchNorm2d, num_features: 16}", "{type: GroupNorm, num_groups: 3}",
        "Flatten\n{type: Linear, in_features: 100, out_features: 10}",
        "{type: PReLU, num_parameters: 3}", "{type: LayerNorm, normalized_shape: [8, 16, 16]}",
        "{type: PixelShuffle, upscale_factor: 3}", "{type: ChannelShuffle, groups: 3}",
        "{type: Chunk, chunks: 9, index: 0}",
        CONV % ", in_channels: 3" + "\n{type: BatchNorm2d, num_features: 9}",
        CONV % ", in_channels: 4, groups: 3",
    )),
    *(("window", _net(text)) for text in (
        "{type: MaxPool2d, kernel_size: 3, padding: 2}", "{type: MaxPool2d, kernel_size: 64}",
        "{type: Conv2d, out_channels: 8, kernel_size: 64}", CONV % ", padding_mode: mirror",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: same, stride: 2}",
        "{type: AvgPool2d, kernel_size: 2, padding: 2}", "{type: ReflectionPad2d, padding: 32}",
        "{type: MaxPool2d, kernel_size: 2, repeat: 7}",
        "{type: ConvTranspose2d, out_channels: 4, kernel_size: 2, output_padding: 3}",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: SAME}",
        "{type: Conv2d, out_channels: 8, kernel_size: 3, padding: VALID}",
    )),
    *(("flatten", _net(text)) for text in (
        "{type: Linear, out_features: 10}", "ReLU\n{type: Linear, out_features: 10}",
        "{type: Dense, units: 10}", "{type: AdaptiveAvgPool2d, output_size: 1}\n{type: Linear, "
        "out_features: 10}", CONV % "" + "\n{type: Linear, out_features: 10}\n{type: Linear, "
        "out_features: 5, in_features: 9}",
    )),
    *(("dimensions", _net(text)) for text in (
        "{type: Conv1d, out_channels: 4, kernel_size: 3}",
        "{type: Conv3d, out_channels: 4, kernel_size: 3}", "BatchNorm1d", "BatchNorm3d",
        "{type: MaxPool1d, kernel_size: 2}", "{type: MaxPool3d, kernel_size: 2}",
        "Flatten\n{type: Conv2d, out_channels: 4, kernel_size: 3}", "Flatten\nBatchNorm2d",
        "{type: Upsample, scale_factor: [2, 2, 2]}", "{type: AdaptiveAvgPool1d, output_size: 1}",
        "{type: Conv2d, out_channels: 4, kernel_size: [3, 3, 3]}",
    )),
    *(("from", _net(text)) for text in (
        "{type: ReLU, name: first}\n{type: Tanh, from: frist}",
        "{type: ReLU, name: first}\n{type: Add, from: [first, Input]}",
        "{type: ReLU, name: a}\n{type: Add, inputs: [a, input]}",
        "{type: ReLU, name: stem}\n{type: Concat, from: [stems, input]}",
        "{type: ReLU, name: a}\n{type: ReLU, name: a}\n{type: Add, from: [a, input]}",
        "{name: s, layers: [{type: ReLU, name: x}]}\n{type: ReLU, from: s.y}",
        "{type: ReLU, nmae: first}", "{type: ReLU, from: input, frm: input}",
    )),
    *(("joins", _net(text)) for text in (
        CONV % ", stride: 2, name: a" + "\n{type: Add, from: [a, input]}",
        "{type: Conv2d, out_channels: 4, kernel_size: 1, name: a}\n{type: Add, from: [a, input]}",
        "{type: MaxPool2d, kernel_size: 2, name: a}\n{type: Concat, from: [a, input]}",
        "{type: Concat, from: input}", "{type: Add}", "{type: Flatten, name: f}\n{type: Add, "
        "from: [f, input]}",
    )),
    *(("branches", _net(text)) for text in (
        "{join: add, branches: [[], [ReLU]]}", "{branches: [[], [ReLU]]}",
        "{join: Add, branches: {a: {type: relu}, b: [ReLU]}}",
        "{join: Add, branches: {a: {type: Swish}, b: Relu}}", "{join: Cat, branches: [[], [ReLU]]}",
        "{join: Add, branch: [[], [ReLU]]}", "{joins: Add, branches: [[], [ReLU]]}",
        "{join: Sum, branches: [[], [ReLU]]}", "{join: concatenate, branches: [[], [ReLU]]}",
        "{join: Add, branches: [[], [{type: Conv2d, filters: 8, kernel_size: 1}]]}",
        "{join: Add, branches: [{type: Conv2d, out_channels: 8, kernel_size: '1'}, ReLU]}",
    )),
    *(("expression", _net(text)) for text in (
        CONV.replace("8", "width") % "", CONV.replace("8", "{width}") % "",
        CONV.replace("8", '"$width*2"') % "", CONV.replace("8", "$widht") % "",
        CONV.replace("8", "$Width") % "", CONV.replace("8", '"{{width}}"') % "",
        CONV.replace("8", '"${widht * 2}"') % "", CONV.replace("8", "width*2") % "",
        CONV.replace("8", "$(width)") % "", CONV.replace("8", '"${width / 2}"') % "",
        CONV.replace("8", "<width>") % "", CONV.replace("8", "@width") % "",
    )),
    *(("value", _net(text)) for text in (
        CONV % ", bias: no", CONV % ", bias: 'false'", CONV % ", bias: False_", CONV % ", bias: 0",
        CONV % ", bias: Yes", CONV % ", padding_mode: Zeros", CONV % ", padding_mode: zero",
        "{type: Upsample, scale_factor: 2, mode: BILINEAR}", "{type: ReLU, inplace: yes}",
        "{type: Upsample, scale_factor: 2, mode: bilnear}", "{type: MaxPool2d, kernel_size: two}",
        "{type: Dropout, p: 50}", "{type: Dropout, p: '0.5'}", "{type: Dropout, p: 50%}",
        "{type: Dropout, p: '0,5'}", "{type: MaxPool2d, kernel_size: 2, stride: None}",
        "{type: Softmax, dim: channels}", "{type: ReLU, repeat: '3'}", "{type: ReLU, repeat: -1}",
        "{type: ReLU, when: 'true'}", "{type: GELU, approximate: Tanh}",
    )),
    *(("form", _net(text)) for text in (
        "Conv2d: {out_channels: 8, kernel_size: 3}", "ReLU:", "relu", "[ReLU]", "Relu()", "ReLU()",
        "nn.ReLU()", "{layer: ReLU}", "{kind: ReLU}", "{Type: ReLU}", "{typ: ReLU}", "{op: ReLU}",
        "{class: ReLU}", "{layer_type: ReLU}", "Conv2d", "Linear 10", "MaxPool2d(2)",
        "{name: ReLU}", "{type: }", "{type: [ReLU]}", "{type: 'ReLU '}", "{type: Re LU}",
    )),
    *(("several", _net(text)) for text in (
        "{type: Conv2d, filters: 8, kernel: 3, strides: 2, pad: 1}",
        "{type: Conv2d, out_channels: '8', kernel_size: '3'}",
        "{type: Conv2d, out_channels: '8', kernel_size: 3, groups: 3}",
        "{type: Conv2d, out_channels: 20, kernel_size: 64, groups: 16}",
        "{type: Dense, units: 10}\n{type: Dense, units: 10}",
        "{type: MaxPool2d, pool_size: 2}\n{type: MaxPool2d, pool_size: 2}",
        CONV.replace("8", "'8'") % "" + "\n{type: BatchNorm2d, num_features: 9}\nSwish",
        "{type: conv2d, out_channels: 8, kernel_size: 3, bias: no}",
        "{type: BatchNormalization, epsilon: '0.1'}", "{type: Swish, name: a}\n{type: Mish2}",
    )),
    *(("block", f"input: [8, 32, 32]\n{text}") for text in (
        "blocks: {b: {params: {out: ~}, layers: [{type: Conv2d, out_channels: $out, kernel_size: "
        "3}]}}\nlayers: [{type: b, outs: 8}]\n",
        "blocks: {b: {params: {out: ~}, layers: [{type: Conv2d, out_channels: $out, kernel_size: "
        "3}]}}\nlayers: [{type: B, out: 8}]\n",
        "blocks: {b: {params: {out: 8}, layers: [{type: Conv2d, out_channels: out, kernel_size: "
        "3}]}}\nlayers: [b]\n",
        "blocks: {b: {param: {out: 8}, layers: [ReLU]}}\nlayers: [b]\n",
        "blocks: {b: {layer: [ReLU]}}\nlayers: [b]\n",
        "block: {b: {layers: [ReLU]}}\nlayers: [b]\n",
        "blocks: {b: {layers: [{type: Conv2d, in_channels: 3, out_channels: 8, kernel_size: 3}]}}\n"
        "layers: [{type: b, repeat: 2}]\n",
        "blocks: {basic: {layers: [ReLU]}}\nlayers: [basik]\n",
        "blocks: {ReLU: {layers: [Tanh]}}\nlayers: [ReLU]\n",
    )),
    *(("spec", text) for text in (
        "inputs: [3, 32, 32]\nlayers: [ReLU]\n", "input: [3, 32, 32]\nlayer: [ReLU]\n",
        "Input: [3, 32, 32]\nlayers: [ReLU]\n", "input: (3, 32, 32)\nlayers: [ReLU]\n",
        "input: 3x32x32\nlayers: [ReLU]\n", "input: '3,32,32'\nlayers: [ReLU]\n",
        "input: 3, 32, 32\nlayers: [ReLU]\n", "input: [3, 32.0, 32]\nlayers: [ReLU]\n",
        "input: [null, 3, 32, 32]\nlayers: [{type: Conv2d, out_channels: 4, kernel_size: 3}]\n",
        "input: [-1, 3, 32, 32]\nlayers: [{type: Conv2d, out_channels: 4, kernel_size: 3}]\n",
        "input: [1, 3, 32, 32]\nlayers: [{type: Conv2d, out_channels: 4, kernel_size: 3}]\n",
        "input: [32, 32, 3]\nlayers: [{type: Conv2d, out_channels: 4, kernel_size: 5}]\n",
        "input: ['3', 32, 32]\nlayers: [ReLU]\n", "input_shape: [3, 32, 32]\nlayers: [ReLU]\n",
        "input: [3, 32, 32]\nparam: {w: 1}\nlayers: [ReLU]\n",
        "input: [3, 32, 32]\nlayers: ReLU\n", "input: [3, 32, 32]\nlayers: {type: ReLU}\n",
        "input: [3, 32, 32]\nlayers: [{type: ReLU, name: a}]\noutputs: [b]\n",
        "input: [3, 32, 32]\nlayers: [{type: ReLU, name: head}]\noutput: [head]\n",
        "input: [3, 32, 32]\nlayers: [{type: ReLU, name: head}]\noutputs: [heads]\n",
    )),
    *(("word", _net(f"{{type: {word}}}")) for word in list(words.TYPES)[::2]),
]  # fmt: skip
