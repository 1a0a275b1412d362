"""Verdicts kept from one run to the next, so that the second needs no torch.

A verdict says that one PyTorch confirmed certain numbers for a certain network. It is kept
under the digest of just that: the canonical network, every number that is claimed of it,
the versions, the device that was asked for, and the plugins' files. A changed formula
claims another number, and so finds no verdict. The file holds that digest as well as its name
does, and is read as a whole or not at all: what another put there is no verdict.

Nothing here ever fails: a cache that cannot be read or written is no cache.
"""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from ..layers import plugin_digests
from .cache import cache_folder

try:
    from _blake2 import blake2b  # hashlib's own; hashlib loads OpenSSL too, for 2.5 ms a start
except ImportError:
    from hashlib import blake2b

if TYPE_CHECKING:
    from ..network import Network, Op


def load(network: Network, device: str) -> dict[str, Any] | None:
    """The verdict on `network` from an earlier run that asked for `device`, or None.

    It is the 'verification' of the JSON contract, and always a passed one.
    """
    file = _file(network, device)
    if file is None:
        return None
    try:
        kept = json.loads(_content(file))
    except (OSError, ValueError, RecursionError):
        return None
    if not _fits(kept, {"key": str, "verdict": dict}) or kept["key"] != _key(file):
        return None
    verdict: dict[str, Any] = kept["verdict"]
    return verdict if _is_verdict(verdict, network) else None


def store(network: Network, device: str, verdict: dict[str, Any]) -> None:
    """Keep `verdict` for later runs, where it is a passed one."""
    from contextlib import suppress

    from .files import write_atomically

    file = _file(network, device)
    if file is None or not _is_verdict(verdict, network):
        return
    with suppress(OSError):
        os.makedirs(os.path.dirname(file), exist_ok=True)
        write_atomically(file, json.dumps({"key": _key(file), "verdict": verdict}))


def _content(file: str) -> bytes:
    """What is in an ordinary file, as far as a verdict may be long; nothing else is waited for."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(handle, "rb") as opened:
        return opened.read(_LONGEST) if S_ISREG(os.fstat(handle).st_mode) else b""


def _key(file: str) -> str:
    return os.path.basename(file).removesuffix(".json")


def _is_verdict(value: Any, network: Network) -> bool:
    """Whether a value is, in all its parts, a passed verdict on a network of so many layers."""
    return (
        _fits(value, _VERDICT)
        and value["status"] == "passed"
        and value["layers_checked"] == len(network.layers)
    )


_COUNT = (int, type(None))
_WITNESS = {
    "name": str,
    "version": str,
    "status": str,
    "params": _COUNT,
    "trainable_params": _COUNT,
    "mult_adds": _COUNT,
    "reason": str,
}
_VERDICT: dict[str, Any] = {
    "status": str,
    "device": str,
    "torch": str,
    "layers_checked": int,
    "mismatches": [],
    "reason": str,
    "skipped": [],
    "unknown_macs": [{"path": str, "found": int}],
    "witness": (_WITNESS, type(None)),
    "batch": int,
    "seconds": (int, float),
}
"""The 'verification' of the JSON contract where it passed, and so has nothing that was skipped."""

_LONGEST = 2**22
"""Bytes of the longest verdict: one that lists 10,000 layers whose MACs are not known."""


def _fits(value: object, kind: Any) -> bool:
    """Whether plain data is of a kind: a type, a list of kinds, an object, or one of several."""
    if isinstance(kind, tuple):
        return any(_fits(value, one) for one in kind)
    if isinstance(kind, dict):
        return (
            isinstance(value, dict)
            and value.keys() == kind.keys()
            and all(_fits(value[key], kind[key]) for key in kind)
        )
    if isinstance(kind, list):
        return isinstance(value, list) and all(
            any(_fits(item, one) for one in kind) for item in value
        )
    return isinstance(value, kind) and not isinstance(value, bool)


def _file(network: Network, device: str) -> str | None:
    """Where the verdict is kept; None: there is no torch, or no telling the network apart."""
    from ..version import __version__

    torch_version = _torch_version()
    if torch_version is None:
        return None
    facts = [
        network.canonical(),
        _claims(network),
        sorted(plugin_digests().items()),
        __version__,
        torch_version,
        device,
    ]
    try:
        text = json.dumps(facts, separators=(",", ":"))
    except TypeError:  # a plugin's argument of a kind that JSON does not know
        return None
    return os.path.join(cache_folder(), "verdicts", f"{_digest(text)}.json")


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=32).hexdigest()


def _claims(network: Network) -> list[Any]:
    """Every number that a verification compares, in the order of the layers."""
    numbers: dict[Op, int] = {}
    claims = []
    for node in network.layers:
        op = node.op
        if op not in numbers:
            numbers[op] = len(numbers)
            layer = op.layer
            claims.append(
                [op.input_shapes, op.output_shape, op.macs, layer.parameters(), layer.buffers()]
            )
    return [claims, [numbers[node.op] for node in network.layers]]


def _torch_version() -> str | None:
    """The version of the PyTorch that would be imported, found without importing it."""
    spec = find_spec("torch")
    if spec is None:
        return None
    for folder in spec.submodule_search_locations or ():
        try:
            with open(os.path.join(folder, "version.py"), encoding="utf-8") as text:
                written = re.search(r"^__version__ = '([^']+)'", text.read(), re.MULTILINE)
        except (OSError, UnicodeDecodeError):
            continue
        if written:
            return written[1]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("torch")
    except PackageNotFoundError:
        return None
