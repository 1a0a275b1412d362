"""A network as a Python file that imports torch alone."""

from __future__ import annotations

import ast
from textwrap import wrap
from typing import TYPE_CHECKING

from ..abstraction import program
from ..layers.shapes import format_shape
from ..text.counts import count_of
from .classes import Classes
from .forms import form_of, python_arguments
from .layout import WIDTH
from .templates import Templates
from .words import prose

if TYPE_CHECKING:
    from ..network import Network


def to_python(network: Network) -> str:
    """The source of a Python file with the network as classes of torch.nn.

    Blocks are classes, repeats are loops, and each line of a forward tells the shape that
    comes out. The keys of the module's ``state_dict`` are those of ``network.to_module()``,
    and with the same weights it gives the same outputs.

    Raises:
        ExportError: a layer type does not say how it is written in Python.
    """
    for type_name in dict.fromkeys(node.type for node in network.layers):
        form_of(type_name)
    attributes = _attributes()
    found = program(network, arguments=python_arguments, optional=True, modules=True)
    if not Templates(network, found, attributes).can_be_written():
        found = program(network, arguments=python_arguments, modules=True)
    classes = Classes(network, found, attributes)
    parts = [*_definitions(network), *("\n".join(lines) for lines in classes.all())]
    parts.append(_main(network, classes.root_name))
    body = "\n\n\n".join(part.strip("\n") for part in parts)
    ordered = "from collections import OrderedDict\n\n" if "OrderedDict(" in body else ""
    return f"{_head(network)}\n\n{ordered}import torch\nfrom torch import Tensor, nn\n\n\n{body}\n"


def root_class(source: str) -> str:
    """The name of the class that is the whole network, in a file of `to_python`."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)][-1]


def _attributes() -> frozenset[str]:
    """The names that every module has: a layer of such a name is kept another way."""
    from torch import nn

    return frozenset((*dir(nn.Module()), *dir(nn.Sequential()), "training"))


def _definitions(network: Network) -> dict[str, None]:
    """What the layer types bring along, each definition once."""
    types = dict.fromkeys(node.type for node in network.layers)
    return dict.fromkeys(each for type in types for each in form_of(type).python.definitions())


def _head(network: Network) -> str:
    from ..version import __version__

    shape = format_shape(network.input_shape)
    totals = network.totals
    macs = "unknown" if totals.macs is None else f"{totals.macs:,}"
    paragraphs = [prose(network.name) or "A network"]
    paragraphs += [prose(text) for text in (network.reference, network.description) if text]
    paragraphs.append(
        f"It reads batches of {shape}: {count_of(totals.params, 'parameter')}, {macs} "
        f"multiply-accumulates a sample. Written by cnnshape {__version__}; it needs torch alone."
    )
    title, *rest = paragraphs
    lines = ['"""' + title.rstrip(".") + "."]
    for paragraph in rest:
        lines += ["", *wrap(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)]
    return "\n".join([*lines, '"""'])


def _main(network: Network, name: str) -> str:
    sizes = ", ".join(map(str, (1, *network.input_shape)))
    many = len(network.outputs) != 1
    shown = "[tuple(each.shape) for each in output]" if many else "tuple(output.shape)"
    return f"""\
if __name__ == "__main__":
    model = {name}().eval()
    output = model(torch.zeros({sizes}))
    print({shown})"""
