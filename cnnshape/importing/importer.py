"""The way of an import, from a module (or a file) to a spec that is proved."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..abstraction.yaml_text import NotWritable, spec_text
from ..layers.shapes import Shape
from ..network import Network
from ..text.counts import count_of
from .arranging import arranged
from .faults import ImportFault
from .graph import NotSaid, Recorded, Unsupported, giving_input, live, network_of, parted
from .simplifying import simplified

if TYPE_CHECKING:
    from torch import nn

    from .checking import Check
    from .left_out import LeftOut
    from .recording import Recording


class Imported(NamedTuple):
    """What was imported.

    Attributes:
        text: the spec.
        network: what it stands for.
        check: what the comparison with the original found; None where it cannot be made,
            because something is unknown.
        unsupported: what no layer type says; only with `partial`.
        left_out: what of the module no output depends on.
        notes: what of the original the text does not hold, and what stands for it.
    """

    text: str
    network: Network
    check: Check | None
    unsupported: tuple[Unsupported, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def idle(self) -> dict[str, int]:
        """The modules and parameters that are left out, with how many numbers they learn."""
        return {item.path: item.params for item in self.left_out if item.params}


def import_source(
    source: str,
    input_shape: Shape | None,
    *,
    arguments: Mapping[str, Any] | None = None,
    name: str = "",
    partial: bool = False,
) -> Imported:
    """The spec of what `source` names: 'package.module:callable', 'file.py:callable', or
    'model.onnx', which says its input's shape itself.

    Raises:
        ImportFault: there is no such thing, or it cannot be said as a spec.
    """
    if source.endswith(".onnx"):
        return import_onnx(source, input_shape, name=name, partial=partial)
    from .loading import load_module

    if input_shape is None:
        raise ValueError("an input shape is needed")
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

    A copy of the module is put into evaluation mode and run, and its weights are drawn anew
    for the proof; the module itself stays as it is.

    Args:
        module: what is imported.
        input_shape: of one sample, without the batch.
        name: of the network; '' for that of the class.
        description: of the network, for its spec.
        partial: whether what no layer type says is written as Unknown, and not a fault.

    Raises:
        ImportFault: it cannot be run, or not be said as a spec, or the proof fails.
    """
    from .copying import copied
    from .surroundings import undisturbed
    from .torch_calls import fault_line

    with undisturbed():
        own = copied(module)
        title = name or type(own).__name__
        try:
            return _imported(own, input_shape, title, description, partial)
        except SystemExit as fault:
            line = fault_line(fault)
            place = f" ({line})" if line else ""
            reason = f"the module cannot be recorded: it ends the program{place}"
            raise ImportFault(reason) from fault


def _imported(
    module: nn.Module, input_shape: Shape, name: str, description: str, partial: bool
) -> Imported:
    """The spec of a module that nobody else has."""
    from .preparing import NotRecordable, prepare

    try:
        prepare(module, input_shape)
    except NotRecordable as fault:
        raise ImportFault(f"the module cannot be recorded: {fault}") from fault
    recording = _recorded(module, input_shape, by_name=True)
    if not recording.by_name:
        return _proved(module, input_shape, recording, name, description, partial)
    refusal = None
    try:
        found = _proved(module, input_shape, recording, name, description, partial)
        if found.check is not None:
            return found
    except ImportFault as fault:
        refusal = fault
    # A name alone proves nothing: look into the modules that were taken by theirs.
    recording = _recorded(module, input_shape, by_name=False)
    try:
        return _proved(module, input_shape, recording, name, description, partial)
    except ImportFault as fault:
        raise (refusal if refusal is not None and refusal.unsupported else fault) from None


def _recorded(module: nn.Module, input_shape: Shape, *, by_name: bool) -> Recording:
    from .preparing import NotRecordable
    from .recording import record

    try:
        return record(module, input_shape, by_name=by_name)
    except NotRecordable as fault:
        partial = _up_to(fault.layers, input_shape, type(module).__name__)
        raise ImportFault(f"the module cannot be recorded: {fault}", partial=partial) from fault


def _up_to(layers: list[Recorded], input_shape: Shape, name: str) -> Network | None:
    """The network of the layers that were recorded before a fault, or None."""
    if not layers:
        return None
    try:
        return network_of(arranged(layers), (layers[-1].key,), input_shape, name, "")
    except NotSaid:
        return None


def _proved(
    module: nn.Module,
    input_shape: Shape,
    recording: Recording,
    name: str,
    description: str,
    partial: bool,
) -> Imported:
    """The spec of what a module called; raises ImportFault as `import_module`."""
    from .checking import LeftOutCosts, check, refused
    from .left_out import idle_functions, macs_of, thrown_away, unused_parameters
    from .notes import absent_numbers, masks

    kept, thrown = parted(recording.layers, recording.outputs)
    layers = _simplified(kept, recording.outputs, input_shape)
    found = _unsaid(layers, partial)
    layers, idle = _with_heads(module, layers, unused_parameters(module, layers, recording.ran))
    left_out = [*idle, *thrown_away(thrown, idle), *idle_functions(module, recording.ran, idle)]
    layers, outputs = giving_input(layers, recording.outputs, input_shape)
    order = arranged(layers)
    network = network_of(order, outputs, input_shape, name, description)
    text = _text(network, _class_names(recording.classes, network))
    result = None
    if not found:
        try:
            costs = LeftOutCosts(
                sum(item.params for item in left_out),
                macs_of(thrown, recording.layers, input_shape),
            )
            result = check(module, network, order, costs)
        except (RuntimeError, TypeError, ValueError, MemoryError) as fault:  # too large to run, say
            raise ImportFault(f"it cannot be held against the module: {_why(fault)}") from fault
        if problem := refused(result):
            raise ImportFault(f"what was written is not the module: {problem}")
    notes = (*absent_numbers(network), *masks(module, order))
    return Imported(text, network, result, found, tuple(left_out), notes)


def import_onnx(
    path: str, input_shape: Shape | None = None, *, name: str = "", partial: bool = False
) -> Imported:
    """The spec of an ONNX file, proved by its own weights against its own runs.

    Args:
        path: the file.
        input_shape: of one sample, where the file leaves it open.
        name: what the spec is called; the file's name where left out.
        partial: whether what no layer type says is written as Unknown, and not a fault.

    Raises:
        ImportFault: it cannot be read, or not be said as a spec, or the proof fails.
    """
    from .notes import absent_numbers
    from .onnx import read, read_model, shared_in_part, with_own_places

    model = read_model(path)
    graph, reading = read(model, input_shape)
    simpler = _simplified(reading.layers, reading.outputs, graph.input_shape)
    layers = with_own_places(simpler)
    found = _unsaid(layers, partial)
    layers, outputs = giving_input(layers, reading.outputs, graph.input_shape)
    order = arranged(layers)
    stem = os.path.basename(path).removesuffix(".onnx")
    words = f"Imported from {os.path.basename(path)}."
    network = network_of(order, outputs, graph.input_shape, name or stem, words)
    text = _text(network, _class_names(reading.classes, network))
    result = None
    if not found:
        from .checking import refused
        from .onnx.proof import check

        try:
            result = check(model, graph, network, order)
        except (RuntimeError, MemoryError, TimeoutError) as fault:  # too large to run, say
            raise ImportFault(f"it cannot be held against the model: {_why(fault)}") from fault
        if problem := refused(result):
            raise ImportFault(f"what was written is not the model: {problem}")
    notes = [*absent_numbers(network), *shared_in_part(graph, order)]
    if graph.is_single:
        notes.append("that the file computes one sample at a time, though its batch is open")
    return Imported(text, network, result, found, notes=tuple(notes))


def _why(fault: Exception) -> str:
    """Why a run failed."""
    from ..torch_backend.layer_check import is_out_of_memory

    if is_out_of_memory(fault):
        return "there is not enough memory; give a smaller --input, or take a larger machine"
    return str(fault)


def _simplified(
    layers: list[Recorded], outputs: tuple[str, ...], input_shape: Shape
) -> list[Recorded]:
    """The layers that are left; raises ImportFault where none is."""
    found = live(simplified(layers, outputs, input_shape), outputs)
    if not found:
        raise ImportFault("it computes nothing in evaluation mode: a spec has a layer at least")
    return found


def _unsaid(layers: list[Recorded], partial: bool) -> tuple[Unsupported, ...]:
    """What no layer type says; raises ImportFault unless `partial`."""
    found = tuple(
        dict.fromkeys(item.unsupported for item in layers if item.unsupported is not None)
    )
    if found and not partial:
        count = count_of(len(found), "operation")
        raise ImportFault(f"{count} cannot be said as a spec", found, rest=True)
    return found


def _text(network: Network, classes: Mapping[str, str]) -> str:
    try:
        return spec_text(network, class_names=classes)
    except NotWritable as fault:
        raise ImportFault(f"the network cannot be written as a spec: {fault}") from fault


def _class_names(classes: Mapping[str, str], network: Network) -> dict[str, str]:
    """The classes of the modules that are groups of the network."""
    groups = {
        ".".join(names[:depth])
        for names in (node.path.split(".") for node in network.layers)
        for depth in range(1, len(names))
    }
    return {path: kind for path, kind in classes.items() if path in groups}


def _with_heads(
    module: nn.Module, layers: list[Recorded], idle: list[LeftOut]
) -> tuple[list[Recorded], list[LeftOut]]:
    """Inception's auxiliary heads, which have a type of their own, beside what they read."""
    from .left_out import heads

    result = list(layers)
    found = heads(module, result, [item.path for item in idle])
    for head in found:
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
    standing = {head.name for head in found}
    return result, [item for item in idle if item.path not in standing]
