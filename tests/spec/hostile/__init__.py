"""Hostile and damaged spec files, by name: each must end as a SpecError or a Network."""

from __future__ import annotations

from cnnshape import SpecError
from cnnshape.layers import registry
from cnnshape.loading import build_network
from cnnshape.spec import decode, read_spec

from .files import FILES
from .specs import SPECS

CORPUS = {**FILES, **SPECS}


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
