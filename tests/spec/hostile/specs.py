"""Specs that are hostile as such: expressions, repeats, blocks, parameters, faults."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .texts import (
    HEAD,
    LONG_TEXTS,
    block_chain,
    expression,
    heavy_arguments,
    heavy_expressions,
    layers,
    many_params,
    recursive_block,
    with_key,
)

SPECS: dict[str, Callable[[], str | bytes]] = {
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
