"""Ways to write a hostile file."""

from __future__ import annotations

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
