"""A second witness: torchinfo's totals, and why they differ from cnnshape's where they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Network, Node
    from .network_module import NetworkModule


class Witness(NamedTuple):
    """What torchinfo says of a network.

    Attributes:
        name, version: who says it.
        status: 'agrees': the parameters are equal, and its mult-adds are cnnshape's MACs by
            its own convention; 'differs': they are not; 'silent': it could not be asked.
        params, trainable_params: its totals. None: it could not be asked.
        mult_adds: its total for one sample, by its own convention; None also where the
            batch does not divide what it counts.
        reason: how that total comes from cnnshape's MACs, or why it could not be asked.
    """

    name: str
    version: str
    status: str
    params: int | None
    trainable_params: int | None
    mult_adds: int | None
    reason: str


def ask_torchinfo(network: Network, module: NetworkModule, x: Tensor) -> Witness:
    """Have torchinfo sum up `module`, which computes `network`, run on the batch `x`.

    Whatever befalls torchinfo, the answer is a witness: cnnshape does not depend on it.
    """
    try:
        import torchinfo
    except ImportError as fault:
        return _silent("", f"torchinfo is not installed: {fault}")
    version = str(torchinfo.__version__)
    try:
        summary = torchinfo.summary(module, input_data=x, verbose=0)
    except Exception as fault:
        return _silent(version, f"torchinfo cannot sum it up: {_cause(fault)}")
    whole, rest = divmod(int(summary.total_mult_adds), len(x))
    mult_adds = None if rest else whole
    ran = {id(layer.module) for layer in summary.summary_list if layer.executed}
    agrees, reason = _explain(network, module.nodes, ran, mult_adds)
    totals = network.totals
    params, trainable = int(summary.total_params), int(summary.trainable_params)
    agrees = agrees and (params, trainable) == (totals.params, totals.trainable_params)
    status = "agrees" if agrees else "differs"
    return Witness("torchinfo", version, status, params, trainable, mult_adds, reason)


def _silent(version: str, reason: str) -> Witness:
    return Witness("torchinfo", version, "silent", None, None, None, reason)


def _cause(fault: Exception) -> str:
    """The first line of what lies under torchinfo's own 'Failed to run torchinfo'."""
    cause = fault.__cause__ or fault
    return f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"


class _Parts(NamedTuple):
    """What torchinfo's convention adds to the MACs of a layer, for one sample.

    Attributes:
        bias: additions of biases, where the layer has MACs.
        idle: weights and biases of a layer that has none, such as a norm: one each.
        weights: weights counted otherwise than they are used; negative where it counts less.
    """

    bias: int
    idle: int
    weights: int


def _explain(
    network: Network, nodes: Mapping[str, nn.Module], ran: set[int], mult_adds: int | None
) -> tuple[bool, str]:
    """Whether torchinfo's total is what its convention makes of ours, and in which words."""
    macs = network.totals.macs
    if mult_adds is None:
        return False, "torchinfo's mult-adds are not a multiple of the batch"
    if macs is None:
        return False, f"torchinfo counts {mult_adds:,} mult-adds; cnnshape's MACs are not known"
    if mult_adds == macs:
        return True, f"torchinfo counts {mult_adds:,} mult-adds too"
    parts = [_parts(node, nodes[node.path], ran) for node in network.layers]
    predicted = macs + sum(map(sum, parts))
    if predicted != mult_adds:
        return False, (
            f"torchinfo counts {mult_adds:,} mult-adds where its convention gives "
            f"{predicted:,} for these layers: the difference is not explained"
        )
    types = [node.type for node in network.layers]
    return True, f"torchinfo counts {mult_adds:,} mult-adds: {_in_words(parts, types)}"


def _in_words(parts: Sequence[_Parts], types: Sequence[str]) -> str:
    """What is added to the MACs, given for each layer and its type."""
    added = [
        f"{count:,} {what}"
        for count, what in (
            (sum(part.bias for part in parts), "bias additions"),
            (sum(part.idle for part in parts), "parameters of layers without MACs"),
        )
        if count
    ]
    otherwise: Counter[str] = Counter()
    for part, type_name in zip(parts, types, strict=True):
        otherwise[type_name] += part.weights
    by_type = [
        f"{abs(count):,} {'more' if count > 0 else 'fewer'} in {type_name}"
        for type_name, count in otherwise.items()
        if count
    ]
    texts = [f"it adds {' and '.join(added)} to the MACs"] if added else []
    if by_type:
        texts.append(f"by a rule of its own for weights it counts {', '.join(by_type)}")
    return "; ".join(texts)


def _parts(node: Node, module: nn.Module, ran: set[int]) -> _Parts:
    """What torchinfo counts for a layer beyond its MACs; `ran`: the ids of modules that ran.

    By LayerInfo.calculate_macs of torchinfo 1.8: each element of a weight or a bias counts
    once at each position of the output in a class whose name holds 'Conv', else once; a
    parameter that is neither, but has one of these words in its name, counts once for each
    entry of the output's first dimension. Only modules without parts count, where they run;
    the parts of a layer are taken to write at the positions of its output.
    """
    weights = biases = 0
    for part in module.modules():
        if any(part.children()) or id(part) not in ran:
            continue
        positions = prod(node.output_shape[1:]) if "Conv" in type(part).__name__ else 1
        for name, parameter in part.named_parameters():
            size = parameter.numel()
            if name == "bias":
                biases += size * positions
            elif name == "weight":
                weights += size * positions
            elif "weight" in name or "bias" in name:
                weights += size * node.output_shape[0]
    macs = node.macs or 0
    if macs == 0:
        return _Parts(0, weights + biases, 0)
    return _Parts(biases, 0, weights - macs)
