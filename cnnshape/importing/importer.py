"""The way of an import, from a module (or a file) to a spec that is proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..layers.shapes import Shape
from ..network import Network
from ..structure.yaml_text import NotWritable, spec_text
from .arranging import arranged
from .graph import Recorded, Unsupported, live, network_of
from .simplifying import simplified

if TYPE_CHECKING:
    from torch import nn

    from .checking import Check


class ImportFault(Exception):
    """What cannot be imported; the text says why. `unsupported`: what no layer type says."""

    def __init__(self, message: str, unsupported: tuple[Unsupported, ...] = ()) -> None:
        super().__init__(message)
        self.unsupported = unsupported


class NotFound(ImportFault):
    """There is no such file, module or callable."""


class Imported(NamedTuple):
    """What was imported.

    Attributes:
        text: the spec.
        network: what it stands for.
        check: what the comparison with the original found; None where it cannot be made,
            because something is unknown.
        unsupported: what no layer type says; only with `partial`.
        idle: the modules that hold parameters and did not run, with how many.
    """

    text: str
    network: Network
    check: Check | None
    unsupported: tuple[Unsupported, ...]
    idle: dict[str, int]


def import_source(
    source: str,
    input_shape: Shape,
    *,
    arguments: Mapping[str, Any] | None = None,
    name: str = "",
    partial: bool = False,
) -> Imported:
    """The spec of what `source` names: 'package.module:callable' or 'file.py:callable'.

    Raises:
        ImportFault: there is no such thing, or it cannot be said as a spec.
    """
    from .loading import load_module

    module, called = load_module(source, arguments or {})
    given = "".join(f", {key}={value!r}" for key, value in (arguments or {}).items())
    words = f"Imported from {source}{given}, as it is in evaluation mode."
    return import_module(
        module, input_shape, name=name or called, description=words, partial=partial
    )


def import_module(
    module: nn.Module,
    input_shape: Shape,
    *,
    name: str = "",
    description: str = "",
    partial: bool = False,
) -> Imported:
    """The spec of a torch module, proved against it.

    The module is put into evaluation mode, and its weights are drawn anew for the proof.

    Args:
        module: what is imported.
        input_shape: of one sample, without the batch.
        partial: whether what no layer type says is written as Unknown, and not a fault.

    Raises:
        ImportFault: it cannot be run, or not be said as a spec, or the proof fails.
    """
    from .checking import check, idle_parameters, refused
    from .recording import NotRecordable, record

    try:
        recording = record(module, input_shape)
    except NotRecordable as fault:
        raise ImportFault(f"the module cannot be recorded: {fault}") from fault
    layers = live(simplified(recording.layers, recording.outputs), recording.outputs)
    found = tuple(
        dict.fromkeys(item.unsupported for item in layers if item.unsupported is not None)
    )
    if found and not partial:
        raise ImportFault(
            f"{len(found)} operation{'s' * (len(found) != 1)} cannot be said as a spec", found
        )
    layers, idle = _with_heads(module, layers, idle_parameters(module, layers))
    order = arranged(layers)
    network = network_of(
        order, recording.outputs, input_shape, name or type(module).__name__, description
    )
    classes = _class_names(recording.classes, network)
    try:
        text = spec_text(network, class_names=classes)
    except NotWritable as fault:
        raise ImportFault(f"the network cannot be written as a spec: {fault}") from fault
    result = None
    if not found:
        result = check(module, network, order, sum(idle.values()))
        if problem := refused(result):
            raise ImportFault(f"what was written is not the module: {problem}")
    return Imported(text, network, result, found, idle)


def _class_names(classes: Mapping[str, str], network: Network) -> dict[str, str]:
    """The classes of the modules that are groups of the network."""
    groups = {
        ".".join(names[:depth])
        for names in (node.path.split(".") for node in network.layers)
        for depth in range(1, len(names))
    }
    return {path: kind for path, kind in classes.items() if path in groups}


def _with_heads(
    module: nn.Module, layers: list[Recorded], idle: dict[str, int]
) -> tuple[list[Recorded], dict[str, int]]:
    """Inception's auxiliary heads, which have a type of their own, beside what they read."""
    from .checking import heads

    left = dict(idle)
    result = list(layers)
    for head in heads(module, result):
        del left[head.name]
        place = next(k for k, item in enumerate(result) if item.key == head.after)
        new = Recorded(
            key=f"{head.name} held",
            path=tuple(head.name.split(".")),
            type="InceptionAux",
            arguments={"num_classes": head.classes},
            reads=(head.after,),
            shape=result[place].shape,
            weights=head.weights,
        )
        readers = [
            replace(item, reads=tuple(new.key if r == head.after else r for r in item.reads))
            if k > place
            else item
            for k, item in enumerate(result)
        ]
        result = [*readers[: place + 1], new, *readers[place + 1 :]]
    return result, left
