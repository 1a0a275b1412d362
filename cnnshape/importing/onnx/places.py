"""Where a node stands, and what its weights are called, read from the names in the file."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where a node stands among the modules that the file was written from.

    Attributes:
        path: the names that lead to the innermost module that runs the node.
        classes: the path and the class of each module on the way, where the file says them.
    """

    path: tuple[str, ...] = ()
    classes: tuple[tuple[str, str], ...] = ()


MOST_PARTS = 20
"""Names that lead to a layer; those of a file that has more are cut off before the last."""
MOST_CHARACTERS = 60
"""Characters of each that are kept."""

_WEIGHT = re.compile(r"(.+?)[._/](?:weight|kernel|gamma|filter|[wW])(?:_\d+)?(?::\d+)?")
"""'layer1.conv1.weight', as PyTorch names the weight of a module, or 'conv1_w_0', as others do."""
COPY = " copy "
"""Comes after the name of a weight, in the name of its copies."""
_MADE_UP = re.compile(
    r"|\d+|onnx::.*|val_\d+|.*_default(_\d+)?|.*_tensor_(constant)?\d+"  # PyTorch
    r"|.*/?Constant(_\d+)?_output_\d+|const_.*|.*__\d+"
)
"""Names that an exporter has counted out."""


def is_made_up(name: str) -> bool:
    """Whether a name says nothing, as an exporter has counted it out."""
    return _MADE_UP.fullmatch(name.partition(COPY)[0]) is not None


def module_of(weight: str) -> tuple[str, ...]:
    """The path of the module whose weight has this name; () where the name says nothing."""
    found = None if is_made_up(weight) else _WEIGHT.fullmatch(weight)
    if found is None:
        return ()
    return _bounded([part for part in re.split(r"[./:]", found[1]) if part])


_RESULT = re.compile(r"/.*_output_\d+")
"""'/model/Unsqueeze_12_output_0', as PyTorch calls what a node gives."""


def place_of_tensor(name: str) -> tuple[str, ...]:
    """The path of a layer that is a tensor of this name; () where the name says nothing."""
    if is_made_up(name) or _RESULT.fullmatch(name):
        return ()
    return _bounded([part for part in re.split(r"[./:]", name) if part])


def place_of(node: Any) -> Place:
    """Where a node stands, as torch.onnx says in its properties or by its name."""
    said = {item.key: item.value for item in getattr(node, "metadata_props", ())}
    scopes = _listed(said.get("pkg.torch.onnx.name_scopes", ""))
    if scopes:
        *modules, _ = scopes
        classes = _listed(said.get("pkg.torch.onnx.class_hierarchy", ""))
        path = _bounded(modules[-1].split(".")) if modules and modules[-1] else ()
        named = [
            (module, name.rpartition(".")[2])
            for module, name in zip(modules, classes, strict=False)
            if "<locals>" not in name  # a class in a function, whose name is of no use elsewhere
        ]
        return Place(path, tuple(named))
    return Place(_bounded(_scope(node.name)))


def _bounded(parts: Sequence[str]) -> tuple[str, ...]:
    """A path that a spec can hold."""
    kept = parts if len(parts) <= MOST_PARTS else (*parts[: MOST_PARTS - 1], parts[-1])
    return tuple(part[:MOST_CHARACTERS] for part in kept)


def _listed(text: str) -> list[str]:
    """The texts of a list that is written as in Python."""
    try:
        value = ast.literal_eval(text) if text else []
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(item) for item in value] if isinstance(value, list) else []


def _scope(name: str) -> tuple[str, ...]:
    """'/layer1/layer1.0/relu/Relu' as ('layer1', '0', 'relu').

    A part of a list or a sequence begins with the name of what it is a part of.
    """
    around: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    before = ""
    for part in name.split("/")[:-1]:
        if not before or not part.startswith(f"{before}."):
            around = path
        path = (*around, *(piece for piece in re.split(r"[.:]", part) if piece))
        before = part
    return path
