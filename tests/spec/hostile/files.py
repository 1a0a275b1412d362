"""Files that are hostile as texts and as YAML: bytes, depth, aliases, keys, numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .texts import HEAD, MEBIBYTE, filled, layers, merged_aliases, nested_aliases

FILES: dict[str, Callable[[], str | bytes]] = {
    # Nothing, and what is no text
    "empty": lambda: "",
    "blank lines": lambda: filled("\n"),
    "spaces": lambda: filled(" "),
    "comment": lambda: "#" + filled("x", MEBIBYTE - 2),
    "too long": lambda: b" " * (MEBIBYTE + 1),
    "NUL bytes": lambda: b"\0" * 1000,
    "NUL inside": lambda: layers("ReLU\0"),
    "control characters": lambda: layers("Re\x07LU", "\x1b[31mReLU"),
    "escape sequence in a key": lambda: layers(r'{"\e[31mtype": ReLU}'),
    "escape sequence in an expression": lambda: layers(
        r'{type: Conv2d, kernel_size: 1, out_channels: "${\e[31m}"}'
    ),
    "invalid UTF-8": lambda: b"name: \xff\xfe\ninput: [1]\n",
    "cut UTF-8": lambda: HEAD.encode() + "name: é".encode()[:-1],
    "UTF-8 surrogate": lambda: b"name: \xed\xa0\x80\n",
    "escaped surrogate": lambda: HEAD + 'name: "\\ud800"\nlayers: [{type: "\\ud800"}]\n',
    "UTF-16": lambda: layers("ReLU").encode("utf-16"),
    "UTF-32": lambda: layers("ReLU").encode("utf-32"),
    "random bytes": lambda: bytes((index * 7919 + index // 256) % 256 for index in range(100_000)),
    "gzip": lambda: b"\x1f\x8b\x08\x00" + bytes(range(256)) * 10,
    # One mark of YAML, for the whole of the file
    **{
        f"1 MiB of {piece!r}": partial(filled, piece)
        for piece in (
            "[", "]", "{", "}", "[],", "{},", "[[],", "- ", "- - ", "a: ", "a: [", "&a ", "*a ",
            '"', "'", "!", "!!x ", "? ", ": ", ", ", "%", "%YAML ", "---\n", "...\n", "|\n", ">",
            "\t", "\\", "$", "@", "`", "a", "1", "é", "\U0001f600", "a\n", "a:\n", "-\n", "- a\n",
            "\r", "\x85", "\u2028", "~: ~\n", "? a\n", "{a: ", "[? ", "<<: ",
            "- &a x\n", "- !!str\n",
        )
    },
    "1 MiB of a: in a list": lambda: "[" + filled("a: ", MEBIBYTE - 4) + "]",
    "1 MiB of [], in a list": lambda: "[" + filled("[],", MEBIBYTE - 4) + "]",
    "1 MiB of 1, in a list": lambda: "[" + filled("1,", MEBIBYTE - 4) + "]",
    "1 MiB of escapes": lambda: '"' + filled("\\x41", MEBIBYTE - 4) + '"',
    "long quoted text": lambda: (
        HEAD + "name: '" + filled("a", MEBIBYTE - 100) + "'\nlayers: [ReLU]"
    ),
    "long plain text": lambda: HEAD + "layers: [ReLU]\nname: " + filled("a ", MEBIBYTE - 100),
    "long key": lambda: HEAD + "? " + filled("k", MEBIBYTE - 100) + "\n: 1\nlayers: [ReLU]",
    "long keys": lambda: HEAD + "".join(
        f"? {'k' * 10_000}{index}\n: 1\n" for index in range(90)
    ) + "layers: [ReLU]",
    "long anchor": lambda: HEAD + "layers: [&" + filled("a", MEBIBYTE - 100) + " ReLU]",
    "long tag": lambda: HEAD + "layers: [!" + filled("a", MEBIBYTE - 100) + " ReLU]",
    "long type": lambda: layers(filled("a", MEBIBYTE - 100)),
    "long line of faults": lambda: HEAD + "layers: [" + filled("Rely,", MEBIBYTE - 100) + "]",
    "long line of bad keys": lambda: HEAD + "layers: [" + ",".join(
        f"{{type: Conv2d, kernel{index}: 1}}" for index in range(20_000)
    ) + "]",
    # Depth
    "deep flow lists": lambda: HEAD + "layers: " + "[" * 5000 + "]" * 5000,
    "deep flow mappings": lambda: HEAD + "layers: " + "{a: " * 5000 + "}" * 5000,
    "deep block lists": lambda: HEAD + "layers:\n  " + "- " * 5000 + "ReLU\n",
    "deep block mappings": lambda: "".join(" " * level + "a:\n" for level in range(1000)),
    "deep groups": lambda: HEAD + "layers: [" + "{layers: [" * 5000 + "ReLU" + "]}" * 5001,
    "deep groups within the limit": lambda: (
        HEAD + "layers: [" + "{layers: [" * 22 + "ReLU" + "]}" * 22 + "]"
    ),
    "deep branches within the limit": lambda: (
        HEAD + "layers: [" + "{join: Add, branches: [" * 22 + "ReLU" + "]}" * 22 + "]"
    ),
    "deep through aliases": lambda: "\n".join(
        ["x-0: &a0 [ReLU]"] + [f"x-{n}: &a{n} [*a{n - 1}]" for n in range(1, 5000)]
    ),
    # Aliases
    "alias bomb of lists": lambda: nested_aliases("[{}", "]", 10, 12),
    "alias bomb of pairs": lambda: nested_aliases("[{}", "]", 2, 40),
    "alias bomb of groups": lambda: nested_aliases("{{layers: [{}", "]}", 10, 10),
    "alias bomb of mappings": lambda: nested_aliases("{{a: [{}", "]}", 10, 10),
    "wide alias bomb": lambda: (
        HEAD + "x-a: &a [" + "ReLU," * 300 + "]\nx-b: &b [" + "*a," * 300 + "]\n"
        + "layers: [" + "*b," * 300 + "]"
    ),
    "alias bomb by merge keys": lambda: merged_aliases(40),
    "merge of one mapping many times": lambda: (
        HEAD + "x-a: &a {" + ", ".join(f"k{n}: 1" for n in range(20_000)) + "}\n"
        + "layers: [{<<: [" + "*a," * 100_000 + "]}]"
    ),
    "alias of itself in a list": lambda: HEAD + "layers: &a [*a]",
    "alias of itself in a mapping": lambda: HEAD + "layers: &a {b: *a}",
    "merge of itself": lambda: HEAD + "layers: [&a {<<: *a}]",
    "alias as a key": lambda: "x-a: &a [1]\n*a : 1\n" + layers("ReLU"),
    "unknown alias": lambda: HEAD + "layers: [*nothing]",
    "many anchors": lambda: (
        HEAD + "layers: [" + ",".join(f"&a{n} ReLU" for n in range(60_000)) + "]"
    ),
    # Keys and tags
    "many duplicate keys": lambda: "a: 1\n" * 100_000,
    "many keys": lambda: "".join(f"k{index}: 1\n" for index in range(90_000)),
    "many keys alike": lambda: "".join(f"layer{index}: 1\n" for index in range(70_000)),
    "colliding keys": lambda: "".join(f"{index * (2**61 - 1)}: 1\n" for index in range(30_000)),
    "python tag": lambda: HEAD + 'layers: [!!python/object/apply:os.system ["true"]]',
    "python name tag": lambda: HEAD + "layers: !!python/name:os.system",
    "binary tag": lambda: HEAD + "layers: [!!binary aGk=]",
    "set tag": lambda: HEAD + "layers: !!set {ReLU}",
    "wrong tag": lambda: "input: [!!int x]\nlayers: [ReLU]",
    "tag directive": lambda: "%TAG ! tag:yaml.org,2002:python/\n---\n!object:os.system {}\n",
    "several documents": lambda: layers("ReLU") + "---\n" + layers("ReLU"),
    "many documents": lambda: "---\na\n" * 100_000,
    "future YAML": lambda: "%YAML 9.9\n---\n" + layers("ReLU"),
    # Numbers
    "huge whole number": lambda: f"input: [{'9' * 1_000_000}]\nlayers: [ReLU]",
    "huge hexadecimal": lambda: f"input: [0x{'f' * 1_000_000}]\nlayers: [ReLU]",
    "huge float": lambda: f"input: [{'9' * 1_000_000}.0]\nlayers: [ReLU]",
    "long fraction": lambda: f"input: [0.{'9' * 1_000_000}]\nlayers: [ReLU]",
    "huge exponent": lambda: f"input: [1e{'9' * 1_000_000}]\nlayers: [ReLU]",
    "underscores": lambda: "input: [1__0, 1_, 1_0]\nlayers: [ReLU]",
    "infinite": lambda: "input: [.inf, .nan, -.inf]\nlayers: [ReLU]",
    "huge shape": lambda: "input: [1099511627776, 1099511627776, 1099511627776]\nlayers: [ReLU]",
    "zero shape": lambda: "input: [0, 0]\nlayers: [ReLU]",
    "negative shape": lambda: "input: [-1, 5, 5]\nlayers: [ReLU]",
    "long shape": lambda: f"input: [{'1,' * 300_000}]\nlayers: [ReLU]",
    "huge arguments": lambda: layers(
        "{type: Conv2d, out_channels: 1099511627776, kernel_size: 1099511627776}",
        "{type: ConstantPad2d, padding: 1099511627776, value: 1e308}",
        "{type: Linear, out_features: 1099511627776, in_features: 1099511627776}",
        "{type: Conv2d, out_channels: 1099511627776, kernel_size: 1, padding: 1099511627776}",
        "{type: Upsample, scale_factor: 1e300}",
        "{type: Upsample, size: 1099511627776}",
        "{type: AdaptiveAvgPool2d, output_size: 1099511627776}",
        "{type: GroupNorm, num_groups: 1099511627775}",
        "{type: FractionalMaxPool2d, kernel_size: 2, output_ratio: 1e-300}",
    ),
    "growing sizes": lambda: layers("{type: Upsample, scale_factor: 1000, repeat: 20}"),
}  # fmt: skip
