"""Hostile and damaged spec files, by name: each must end as a SpecError or a Network.

Run as a program, it reads every one as the command line would, and prints as JSON what came
of each and in how many seconds (of the processor: a busy machine changes the clock, not
these), and the most mebibytes that any took beyond an empty file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from time import process_time

from cnnshape import SpecError
from cnnshape.api import build_network
from cnnshape.layers import registry
from cnnshape.spec import decode, read_spec

MEBIBYTE = 1 << 20

HEAD = "input: [8, 32, 32]\n"


def nested_aliases(opening: str, closing: str, width: int, levels: int) -> str:
    """The billion laughs: each level holds `width` aliases of the level before it."""
    lines = ["x-0: &a0 {type: ReLU}"]
    for level in range(1, levels):
        inner = opening.format(",".join(f"*a{level - 1}" for _ in range(width))) + closing
        lines.append(f"x-{level}: &a{level} {inner}")
    return HEAD + "\n".join(lines) + f"\nlayers: *a{levels - 1}\n"


def merged_aliases(levels: int) -> str:
    """Mappings that hold the mapping before them several times, joined by merge keys."""
    lines = ["x-0: &a0 {" + ", ".join(f"k{index}: 1" for index in range(1000)) + "}"]
    lines += [
        f"x-{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 10)}]}}"
        for level in range(1, levels)
    ]
    return HEAD + "\n".join(lines) + "\nlayers: [ReLU]\n"


def filled(piece: str, size: int = MEBIBYTE) -> str:
    """`piece` again and again, up to `size` bytes."""
    return piece * (size // len(piece.encode()))


def layers(*entries: str, head: str = HEAD) -> str:
    """A spec with these layers."""
    return head + "layers:\n" + "".join(f"  - {entry}\n" for entry in entries)


def expression(code: str) -> str:
    """A spec with one layer whose width is `code`, in YAML's double quotes."""
    escaped = code.replace("\\", "\\\\").replace('"', '\\"')
    return layers(f'{{type: Conv2d, kernel_size: 1, out_channels: "${{{escaped}}}"}}')


def block_chain(uses: str, count: int) -> str:
    """Blocks that each use the one before: `uses` is the layers, with {} for its name."""
    blocks = ["  b0: {layers: [ReLU]}"]
    blocks += [f"  b{n}: {{layers: [{uses.format(f'b{n - 1}')}]}}" for n in range(1, count)]
    return HEAD + "blocks:\n" + "\n".join(blocks) + f"\nlayers: [b{count - 1}]\n"


def recursive_block(params: str, layers_of_it: str, use: str) -> str:
    """A block b that uses itself."""
    return (
        f"{HEAD}blocks:\n  b:\n    params: {params}\n    layers: {layers_of_it}\nlayers: [{use}]\n"
    )


def heavy_arguments(count: int) -> str:
    """A block with long lists as parameters, used many times with another index each time."""
    names = [f"p{index}" for index in range(150)]
    params = ", ".join(f"{name}: 0" for name in names)
    given = ", ".join(f'{name}: "${{[i] * 999}}"' for name in names)
    return (
        f"{HEAD}blocks:\n  b: {{params: {{{params}}}, layers: [ReLU]}}\n"
        f"layers: [{{type: b, {given}, repeat: {count}}}]\n"
    )


def heavy_expressions(count: int) -> str:
    """Short results of long lists, computed for every index."""
    code = "len(" + " + ".join(["[i] * 30"] * 30) + ")"
    given = ", ".join(f'p{index}: "${{{code}}}"' for index in range(40))
    params = ", ".join(f"p{index}: 0" for index in range(40))
    return (
        f"{HEAD}blocks:\n  b: {{params: {{{params}}}, layers: [ReLU]}}\n"
        f"layers: [{{type: b, {given}, repeat: {count}}}]\n"
    )


def many_params(each: str, use: str) -> str:
    """As many parameters as may be, and a text that holds them all."""
    params = ", ".join(f'p{index}: "{each}"' for index in range(200))
    return f"params: {{{params}}}\n" + layers(use)


def with_key(key: str, value: str) -> str:
    """A small spec in which one key holds `value`."""
    keys = {"input": "[8, 8, 8]", "layers": "[ReLU]", key: value}
    return "".join(f"{name}: {written}\n" for name, written in keys.items())


LONG_TEXTS = "[" + ", ".join(["'" + "a" * 900 + "'"] * 900) + "]"

CORPUS: dict[str, Callable[[], str | bytes]] = {
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
    # Expressions
    "power tower": lambda: expression("9**9**9**9"),
    "power of two": lambda: expression("2**(2**40)"),
    "power of a float": lambda: expression("1e300**1e300"),
    "power by a product": lambda: expression("*".join(["99999999"] * 50)),
    "negative root": lambda: expression("(-8) ** 0.5"),
    "list repeats": lambda: expression("[[[[1]*999]*999]*999]*999"),
    "list additions": lambda: expression("+".join(["[1]*999"] * 50)),
    "text repeats": lambda: expression("'a' * 1000000000"),
    "text additions": lambda: expression("+".join(["'" + "a" * 20 + "'"] * 20)),
    "formatting": lambda: expression("'%1000000000d' % 1"),
    "format method": lambda: expression("'{:1000000000}'.format(1)"),
    "attributes": lambda: expression("().__class__.__base__.__subclasses__()"),
    "import": lambda: expression("__import__('os').system('true')"),
    "lambda": lambda: expression("(lambda f: f(f))(lambda f: f(f))"),
    "comprehension": lambda: expression("[x for x in [1]*999 for y in [1]*999]"),
    "walrus": lambda: expression("(x := 1)"),
    "f-string": lambda: expression("f'{1:1000000000}'"),
    "bytes": lambda: expression("b'a' * 10"),
    "complex": lambda: expression("1j ** 2"),
    "ellipsis": lambda: expression("..."),
    "shift": lambda: expression("1 << 1000000000"),
    "bit or": lambda: expression("1 | 2"),
    "matrix product": lambda: expression("1 @ 2"),
    "identity": lambda: expression("1 is 1"),
    "inversion": lambda: expression("~1"),
    "slice": lambda: expression("[1, 2][0:1]"),
    "starred": lambda: expression("max(*[1, 2])"),
    "keywords": lambda: expression("round(1, ndigits=2)"),
    "huge digits": lambda: expression("round(1, 1000000000)"),
    "huge negative digits": lambda: expression("round(1, -1000000000)"),
    "huge literal": lambda: expression("9" * 490),
    "huge float literal": lambda: expression("1e999"),
    "deep parentheses": lambda: expression("(" * 240 + "1" + ")" * 240),
    "deep minus": lambda: expression("-" * 490 + "1"),
    "deep not": lambda: expression("not " * 120 + "1"),
    "deep conditionals": lambda: expression("1 if 1 else " * 40 + "1"),
    "deep lists": lambda: expression("[" * 99 + "]" * 99),
    "deep indexing": lambda: expression("in_shape" + "[0]" * 150),
    "deep calls": lambda: expression("abs(" * 120 + "1" + ")" * 120),
    "long chain of comparisons": lambda: expression("1" + "<2" * 240),
    "a long expression": lambda: expression("1" + "+1" * 400),
    "not closed": lambda: layers('{type: "${"}'),
    "many dollars": lambda: layers('"' + "$" * 999 + '"'),
    "many expressions": lambda: layers(*[f'{{type: "${{{n}}}"}}' for n in range(20_000)]),
    "division by zero": lambda: expression("1 / 0"),
    "remainder by zero": lambda: expression("1 % 0.0"),
    "zero to a negative": lambda: expression("0 ** -1"),
    "divisible by zero": lambda: expression("make_divisible(1, 0)"),
    "divisible at the edge": lambda: expression("make_divisible(1e300, 0.1)"),
    "compared apart": lambda: expression("1 < 'a'"),
    "sum of lists": lambda: expression("sum([[1] * 30] * 30, [])"),
    "maximum of nothing": lambda: expression("max([])"),
    "newlines": lambda: expression("1\n+\n1"),
    "a keyword": lambda: layers('{type: "$if"}'),
    "an empty expression": lambda: layers('{type: "${}"}'),
    # Repeats and blocks
    "repeat bomb": lambda: layers("{type: ReLU, repeat: 1099511627776}"),
    "repeat bomb of nothing": lambda: layers("{layers: [], repeat: 1099511627776}"),
    "repeat bomb left out": lambda: layers("{type: ReLU, repeat: 1099511627776, when: false}"),
    "repeat bomb by when": lambda: layers('{type: ReLU, repeat: 1099511627776, when: "${i < 0}"}'),
    "nested repeats": lambda: layers(
        "{repeat: 1000, layers: [{repeat: 1000, layers: [{repeat: 1000, layers: [ReLU]}]}]}"
    ),
    "nested empty repeats": lambda: layers(
        "{repeat: 1000, layers: [{repeat: 1000, layers: [{repeat: 1000, layers: []}]}]}"
    ),
    "repeat of a text": lambda: layers("{type: ReLU, repeat: many}"),
    "repeat of true": lambda: layers("{type: ReLU, repeat: true}"),
    "repeat below zero": lambda: layers("{type: ReLU, repeat: -1}"),
    "blocks used twice": lambda: block_chain("{0}, {0}", 40),
    "blocks used twice in branches": lambda: block_chain(
        "{{join: Add, branches: [{0}, {0}]}}", 40
    ),
    "blocks used once": lambda: block_chain("{}", 1000),
    "blocks of empty blocks": lambda: (
        HEAD + "blocks:\n  b0: {layers: []}\n"
        + "".join(f"  b{n}: {{layers: [b{n - 1}, b{n - 1}, b{n - 1}]}}\n" for n in range(1, 30))
        + "layers: [b29, ReLU]\n"
    ),
    "blocks with a hundred layers": lambda: (
        HEAD + "blocks:\n  b0: {layers: [" + "ReLU," * 100 + "]}\n"
        + "".join(f"  b{n}: {{layers: [b{n - 1}, b{n - 1}]}}\n" for n in range(1, 30))
        + "layers: [b29]\n"
    ),
    "a block of itself": lambda: recursive_block("{}", "[b]", "b"),
    "blocks of each other": lambda: (
        HEAD + "blocks: {a: {layers: [b]}, b: {layers: [a]}}\nlayers: [a]"
    ),
    "a block that counts": lambda: recursive_block(
        "{n: 0}", '[{type: b, n: "${n + 1}"}]', "b"
    ),
    "a block that counts and forks": lambda: recursive_block(
        "{n: 1}", '[{type: b, n: "${2 * n}"}, {type: b, n: "${2 * n + 1}"}]', "b"
    ),
    "a block that forks by texts": lambda: recursive_block(
        "{t: x}", '[{type: b, t: "${t}a"}, {type: b, t: "${t}b"}]', "b"
    ),
    "a block that doubles a text": lambda: recursive_block(
        "{t: aaaaaaaa}", '[{type: b, t: "$t$t"}]', "b"
    ),
    "a block that doubles a list": lambda: recursive_block(
        "{t: [1, 2, 3]}", '[{type: b, t: "${t + t}"}]', "b"
    ),
    "a block that nests a list": lambda: recursive_block(
        "{t: [1]}", '[{type: b, t: "${[t, t]}"}]', "b"
    ),
    "a block that shrinks": lambda: recursive_block(
        "{}", "[{type: MaxPool2d, kernel_size: 2}, b]", "b"
    ),
    "a block that pads": lambda: recursive_block("{}", "[{type: ZeroPad2d, padding: 1}, b]", "b"),
    "a block for every index": lambda: (
        HEAD + "blocks: {b: {params: {k: ~}, layers: [{layers: [ReLU, ReLU, ReLU]}]}}\n"
        "layers: [{type: b, k: $i, repeat: 6000}]"
    ),
    "long paths": lambda: (
        HEAD + "blocks:\n"
        + "  b0: {layers: [{name: " + "a" * 100 + ", type: ReLU}]}\n"
        + "".join(
            f"  b{n}: {{layers: [{{name: {'b' * 100}, type: b{n - 1}, repeat: 2}}]}}\n"
            for n in range(1, 32)
        )
        + "layers: [b31]\n"
    ),
    "long paths many times": lambda: (
        HEAD + "blocks:\n  b:\n    params: {k: 0}\n    layers:\n      - name: " + "a" * 99
        + "\n        layers: [{name: " + "b" * 99 + ", layers: [{name: " + "c" * 99
        + ", repeat: 60, layers: [" + "{name: " + "d" * 70 + ", type: ReLU}]}]}]\n"
        "layers: [{type: b, k: $i, repeat: 330}]"
    ),
    "long name": lambda: layers(f"{{name: {'n' * 500_000}, type: ReLU}}"),
    "long computed name": lambda: layers(
        '{name: "' + "$i" * 400 + '", type: ReLU, repeat: 100}'
    ),
    "name with a newline": lambda: layers(r'{name: "a\nb", type: ReLU}'),
    "many names alike": lambda: layers(*["{name: a, type: ReLU}"] * 10_000),
    "default names reserved": lambda: layers(
        *[f"{{name: relu{n}, type: ReLU}}" for n in range(1, 5000)], *["ReLU"] * 5000
    ),
    # Parameters
    "too many parameters": lambda: (
        "params: {" + ", ".join(f"p{n}: 1" for n in range(20_000)) + "}\n" + layers("ReLU")
    ),
    "parameters that double": lambda: (
        "params:\n  p0: [1, 2]\n"
        + "".join(f'  p{n}: "${{p{n - 1} + p{n - 1}}}"\n' for n in range(1, 100))
        + layers("ReLU")
    ),
    "parameters that nest": lambda: (
        "params:\n  p0: [1, 2]\n"
        + "".join(f'  p{n}: "${{[p{n - 1}, p{n - 1}]}}"\n' for n in range(1, 100))
        + layers("ReLU")
    ),
    "long parameters in a text": lambda: many_params(
        "a" * 900, '{name: "' + "$p0" * 300 + '", type: ReLU, repeat: 2000}'
    ),
    "lists of long texts in a text": lambda: (
        f"params:\n  a: {LONG_TEXTS}\n" + layers('{name: "' + "$a" * 450 + '", type: ReLU}')
    ),
    "repeated long texts in a text": lambda: (
        "params:\n  a: '" + "a" * 999 + '\'\n  b: "${[a] * 999}"\n'
        + layers('{name: "' + "$b" * 450 + '", type: ReLU}')
    ),
    "heavy arguments": lambda: heavy_arguments(20_000),
    "heavy expressions": lambda: heavy_expressions(20_000),
    "heavy constants": lambda: (
        HEAD + "blocks: {b: {params: {k: 0, " + ", ".join(f"p{n}: 0" for n in range(100))
        + "}, layers: [ReLU]}}\nlayers: [{type: b, k: $i, "
        + ", ".join(f"p{n}: [{'1,' * 900}]" for n in range(100)) + ", repeat: 20000}]\n"
    ),
    "heavy whens": lambda: layers(
        '{type: ReLU, repeat: 39000, when: "${len(' + " + ".join(["[i] * 30"] * 30) + ') < 0}"}'
    ),
    "many variants": lambda: (
        "variants:\n" + "".join(f"  v{n}: {{}}\n" for n in range(50_000)) + layers("ReLU")
    ),
    # Faults
    "10,000 faulty layers": lambda: layers(*["{type: Conv2d, kernel_sise: 3}"] * 10_000),
    "10,000 unknown types": lambda: layers(*[f"Layer{n}" for n in range(10_000)]),
    "10,000 unknown names": lambda: layers(*[f"{{type: ReLU, from: n{n}}}" for n in range(10_000)]),
    "unknown names among many": lambda: layers(
        *[f"{{name: {'l' * 60}{n}, type: ReLU}}" for n in range(8_000)],
        *[f"{{type: ReLU, from: {'l' * 50}x{n}}}" for n in range(100)],
    ),
    "1,000 shapes that do not fit": lambda: layers(
        *[f"{{type: Linear, out_features: 3, from: input, in_features: {n}}}" for n in range(999)]
    ),
    "all turns, in all turns of another": lambda: layers(
        "{name: r, type: ReLU, repeat: 9999}",
        "{name: t, repeat: 9000, layers: [{type: Add, from: r.*}]}",
    ),
    "all turns in blocks, in all turns of another": lambda: layers(
        "{name: r, type: b, repeat: 99}",
        "{name: t, repeat: 9000, layers: [{type: Add, from: r.*.r.*}]}",
        head=HEAD + "blocks: {b: {layers: [{name: r, type: ReLU, repeat: 99}]}}\n",
    ),
    "20,000 unread layers": lambda: layers(*["{type: ReLU, from: input}"] * 20_000),
    "one layer reads 50,000": lambda: layers(
        "{type: Add, from: [" + "input," * 50_000 + "]}"
    ),
    "many readers of many": lambda: layers(
        "{name: a, type: ReLU}", *["{type: Add, from: [" + "a," * 500 + "]}"] * 100
    ),
    "many branches": lambda: layers("{join: Add, branches: [" + "ReLU," * 20_000 + "]}"),
    "channels without bound": lambda: layers(
        "{join: Concat, branches: [[], []], repeat: 60}"
    ),
    "plugin-like keys": lambda: HEAD + "plugins: [evil.py]\nlayers: [ReLU]",
    # Values of a wrong kind everywhere
    **{
        f"{key} is {value}": partial(with_key, key, value)
        for key in (
            "name", "reference", "description", "input", "params", "variants", "blocks", "layers",
            "outputs", "train",
        )
        for value in (
            "~", "1", "[]", "{}", "[[]]", "[~]", "[{}]", "{a: ~}", "{a: []}", "{a: {}}", "'$x'",
            "'${'", "['$x']", "{a: {b: {c: 1}}}", "''", "[1, 2]", "true",
        )
    },
    **{
        f"{key} is {value} in a layer": partial(layers, "ReLU", f"{{type: Conv2d, {key}: {value}}}")
        for key in (
            "name", "from", "repeat", "when", "kernel_size", "share", "branches", "layers",
        )
        for value in (
            "~", "1", "[]", "{}", "[[]]", "[~]", "{a: {}}", "'$x'", "'${'", "['$x']", "''", "-1",
            "true", "1.5", ".nan", "$in_channels", "a.b", "input",
        )
    },
    **{
        f"type is {value}": partial(layers, f"{{type: {value}}}")
        for value in ("~", "1", "[]", "{}", "''", "true", "'$x'", "$in_channels", "Layer", "_Conv")
    },
}  # fmt: skip


def as_bytes(name: str) -> bytes:
    """The bytes of a file of the corpus."""
    text = CORPUS[name]()
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def outcome(data: bytes) -> str:
    """What a user would see of a file: the network, or the faults."""
    try:
        return repr(build_network(read_spec(decode(data, "hostile.yaml"), registry())))
    except SpecError as error:
        return str(error)


def measure(name: str) -> dict[str, object]:
    """What came of a file, and the processor seconds it took: of three tries where it is long."""
    data = as_bytes(name)
    best = 1e9
    said = ""
    for _ in range(3):
        start = process_time()
        try:
            said = outcome(data)
        except Exception as error:  # a finding, to be told beside those of the other files
            said = f"{type(error).__name__}: {error}"
        best = min(best, process_time() - start)
        if best < 0.5:
            break
    return {"said": said, "seconds": best}


def _peak_mebibytes() -> float:
    try:
        import resource
    except ModuleNotFoundError:  # on Windows, where only time is measured
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEBIBYTE


def main() -> None:
    """Read the whole corpus; the peak of the process bounds what each file took."""
    outcome(HEAD.encode() + b"layers: [ReLU]")
    before = _peak_mebibytes()
    files = {name: measure(name) for name in CORPUS}
    json.dump({"files": files, "mebibytes": _peak_mebibytes() - before}, sys.stdout)


if __name__ == "__main__":
    main()
