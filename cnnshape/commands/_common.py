"""What the commands share: options that are written once, and loading."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

from ._printing import STDOUT, print_diagnostics

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from ..layers.shapes import Shape
    from ..network import Network
    from ..spec import Spec
    from ..spec.document import Value

STDIN = "-"
"""The SPEC that is read from stdin."""


def complete_spec(incomplete: str) -> list[str]:
    """The nets of the zoo and the YAML files that begin with what is typed."""
    from glob import escape, glob

    from .. import zoo

    found = [entry.name for entry in zoo.names() if entry.name.startswith(incomplete)]
    for ending in ("yaml", "yml"):
        found += sorted(glob(f"{escape(incomplete)}*.{ending}"))
    return found


SPEC_HELP = "A spec file, a net of the zoo (`cnnshape list`), or - for stdin."

SpecArgument = Annotated[
    str,
    typer.Argument(metavar="[SPEC]", help=SPEC_HELP, autocompletion=complete_spec),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Give a parameter of the spec another value."),
]
INPUT_HELP = (
    "Another input shape, without the batch: 3x224x224, or 224x224 or 224 to keep the "
    "spec's channels."
)
InputOption = Annotated[str | None, typer.Option(metavar="SIZES", help=INPUT_HELP)]
InputsOption = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="SIZES", help=f"{INPUT_HELP} May be repeated."),
]
VariantOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="One of the spec's variants.")
]
PluginOption = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", help="A Python file that defines layer types. Its code is run."),
]
DeviceOption = Annotated[
    str,
    typer.Option(
        metavar="DEVICE",
        help="Where PyTorch runs: cpu, cuda, cuda:N, mps, meta (shapes, no memory), or auto: "
        "cpu, and meta for what is too large.",
    ),
]


def is_given(ctx: typer.Context, name: str | None) -> bool:
    """Whether the command line gives a parameter, and does not leave it at its default."""
    source = ctx.get_parameter_source(name or "")
    return source is not None and source.name == "COMMANDLINE"


class Changes(NamedTuple):
    """What the command line asks of a spec beyond its text."""

    input: tuple[int, ...] | None
    params: dict[str, Any]
    variant: str | None
    plugins: tuple[str, ...]


def read_changes(
    settings: Iterable[str] | None,
    input: str | None,
    variant: str | None,
    plugins: Iterable[str] | None,
) -> Changes:
    """The options --set, --input, --variant and --plugin, read; raises BadParameter."""
    inputs = [] if input is None else [input]
    variants = [] if variant is None else [variant]
    found, *more = read_alternatives(settings, inputs, variants, plugins)
    if more:
        usage_error(f"a param is given several values: {found.label}, {more[0].label}", "--set")
    return found.changes


class Alternative(NamedTuple):
    """One of the ways in which options with several values change a spec, and its name."""

    label: str
    changes: Changes


def read_alternatives(
    settings: Iterable[str] | None,
    inputs: Iterable[str] | None,
    variants: Iterable[str] | None,
    plugins: Iterable[str] | None,
) -> list[Alternative]:
    """Every combination of the values that --variant, --set and --input give, in their order.

    It is called as the command line writes it, without what all have in common.
    """
    named: dict[str, list[tuple[str, Any]]] = {}
    for text in settings or ():
        name, value = parse_setting(text)
        named.setdefault(name, []).append((text, value))
    axes: list[list[tuple[str, Any]]] = [
        [(text, text) for text in variants or ()] or [("", None)],
        *named.values(),
        [(text, parse_input(text)) for text in inputs or ()] or [("", None)],
    ]
    several = any(len(axis) > 1 for axis in axes)
    found = []
    for choice in product(*axes):
        (_, variant), *values, (_, shape) = choice
        told = [text for axis, (text, _) in zip(axes, choice, strict=True)
                if text and (len(axis) > 1 or not several)]  # fmt: skip
        params = {name: value for name, (_, value) in zip(named, values, strict=True)}
        changes = Changes(shape, params, variant, tuple(plugins or ()))
        found.append(Alternative(", ".join(told), changes))
    return found


def parse_input(text: str) -> tuple[int, ...]:
    """'3x224x224', '3×224×224' or '3,224,224' as a shape, or as sizes that lack the channels."""
    from ..expansion import shape_problem

    sizes = [size.strip() for size in re.split(r"[x×X,]", text.strip().strip("[]()"))]
    if not all(re.fullmatch(r"[0-9]{1,12}", size) for size in sizes):
        usage_error(
            f"expected sizes such as 3x224x224 (channels first, without the batch), not {text!r}",
            "--input",
        )
    shape = tuple(map(int, sizes))
    problem = shape_problem(shape)
    if problem:
        usage_error(problem, "--input")
    return shape


def comma_list(text: str | None) -> list[str] | None:
    """'a, b' as its words; None where an option is not given."""
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]


def parse_setting(text: str, option: str = "--set") -> tuple[str, Any]:
    """'width=64' as a name and its value; the value is YAML, as it would stand in the spec."""
    from ..errors import SpecError
    from ..spec.document import Source, parse

    name, equals, written = text.partition("=")
    name = name.strip()
    if not equals or not name:
        usage_error(f"expected NAME=VALUE, such as width=64, not {text!r}", option)
    try:
        items = parse(Source(f"value: {written}", option)).items
    except SpecError as fault:
        usage_error(f"{written!r} is not a value: {fault.diagnostics[0].message}", option)
    value = _plain(items["value"])
    if len(items) > 1 or isinstance(value, dict):
        usage_error(
            f"{name} takes a number, a text, true, false or a list such as [2, 2], not {written!r}",
            option,
        )
    return name, value


def _plain(value: Value) -> Any:
    from ..spec.document import Mapping, Scalar

    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items.items()}
    return [_plain(item) for item in value.items]


def load_network(spec: str, changes: Changes) -> Network:
    """The network of a SPEC argument.

    Raises:
        SpecError: the spec is faulty.
        BadParameter: there is no such file or net, or a plugin cannot be loaded.
    """
    from ..loading import build_network

    recipe, variant = load_recipe(spec, changes)
    return build_network(recipe, input=changes.input, params=changes.params, variant=variant)


def network_or_exit(spec: str, changes: Changes) -> Network:
    """The same; what is wrong with a faulty spec is printed, and ends the command."""
    with faults_printed():
        return load_network(spec, changes)


@contextmanager
def faults_printed() -> Iterator[None]:
    """Print what is wrong with a spec that turns out faulty, and end the command."""
    from ..errors import SpecError

    try:
        yield
    except SpecError as fault:
        print_diagnostics(fault.diagnostics)
        raise typer.Exit(1) from None


def load_recipe(spec: str, changes: Changes) -> tuple[Spec, str | None]:
    """What a SPEC argument is read to, and which of its variants is meant; see `load_network`."""
    from .. import zoo
    from ..loading import read_bytes, read_file

    define_types(changes.plugins)
    try:
        if spec == STDIN:
            return read_bytes(_read_all(sys.stdin), "<stdin>"), changes.variant
        path, named = zoo.resolve(spec)
        variant = changes.variant if changes.variant is not None else named
        return read_file(path, os.fspath(path)), variant
    except zoo.UnknownNet as fault:
        usage_error(str(fault), "SPEC")
    except OSError as fault:
        usage_error(f"cannot read {spec}: {fault.strerror or fault}{_net_of_file(spec)}", "SPEC")


def define_types(plugins: Iterable[str]) -> None:
    """Define the layer types of the files that --plugin names; raises BadParameter."""
    from ..layers import PluginError, load_plugin

    try:
        for plugin in plugins:
            load_plugin(plugin)
    except PluginError as fault:
        usage_error(str(fault), "--plugin")


@lru_cache(maxsize=1)
def _read_all(stream: TextIO) -> bytes:
    """What a stream holds, as far as a spec may be long: read once, however often it is asked."""
    from ..spec import limits

    return stream.buffer.read(limits.FILE_BYTES + 1)


def _net_of_file(spec: str) -> str:
    """A hint, where a file that is not there is called as one of the zoo's is."""
    from .. import zoo

    net = spec.removesuffix(".yaml")
    known = any(entry.name == net and entry.variant is None for entry in zoo.names())
    return f"; the zoo's own is called {net}" if known else ""


def files_of(spec: str, changes: Changes) -> list[str]:
    """The files that a SPEC and the options beside it are read from."""
    from ..zoo import UnknownNet, resolve

    try:
        return [str(resolve(spec)[0]), *changes.plugins]
    except UnknownNet:
        return [*changes.plugins]


def sizes_or_refuse(text: str, option: str, example: str) -> Shape:
    """'224x320' as sizes; what is none is a usage error of an option, which takes the example."""
    from ..lesson.written import WordError, read_sizes

    try:
        return read_sizes(text, example)
    except WordError as fault:
        usage_error(str(fault), option)


def refuse_overwriting(
    out: str | None, inputs: Iterable[str | Path], option: str = "--out"
) -> None:
    """End with a usage error where to write `out` would destroy a file that is read."""
    from ..storage.files import is_same_file

    if out is None or out == STDOUT:
        return
    for file in inputs:
        if os.path.exists(file) and is_same_file(out, file):
            usage_error(
                f"{out} is read, and would be overwritten ({file}): choose another file", option
            )


def refuse_named_twice(paths: Sequence[str]) -> None:
    """End with a usage error where two of the files that are to be written are one."""
    from ..storage.files import is_same_file

    for place, path in enumerate(paths):
        if any(is_same_file(path, other) for other in paths[:place]):
            usage_error(f"{path} is named twice: each file is written once", "--out")


def usage_error(message: str, parameter: str) -> NoReturn:
    """End with exit code 2: the command line asks for what cannot be."""
    raise typer.BadParameter(message, param_hint=f"'{parameter}'")
