"""Short ways to write a spec in a test, and to say what is told of a faulty one."""

from __future__ import annotations

import pytest

from cnnshape import Network, SpecError, loads


def net(layers: str, input: str = "[8, 32, 32]", head: str = "") -> Network:
    """The network of a list of layers in YAML's flow style."""
    return loads(text_of(layers, input, head))


def text_of(layers: str, input: str = "[8, 32, 32]", head: str = "") -> str:
    """The text of such a spec: the head's lines, the input, and the layers in line 3 or later."""
    return f"{head.rstrip()}\ninput: {input}\nlayers: {layers}\n"


def fault(text: str) -> str:
    """The one fault of a spec, as 'line:column message (help)'."""
    (told,) = faults(text)
    return told


def complaint(text: str) -> str:
    """The one fault of a spec, without its place."""
    return fault(text).partition(" ")[2]


def faults(text: str) -> list[str]:
    """All faults of a spec, each as 'line:column message (help)'."""
    with pytest.raises(SpecError) as caught:
        loads(text)
    return [
        (f"{told.mark.line}:{told.mark.column} " if told.mark else "")
        + told.message
        + (f" ({told.help})" if told.help else "")
        for told in caught.value.diagnostics
    ]


def shapes(network: Network) -> dict[str, tuple[int, ...]]:
    """The output shape of each layer, by path."""
    return {node.path: node.output_shape for node in network.layers}


def reads(layers: str, head: str = "", input: str = "[8, 32, 32]") -> dict[str, tuple[str, ...]]:
    """What each layer of a spec reads, by path."""
    return {node.path: node.inputs for node in net(layers, input, head).layers}
