"""A second witness: torchinfo's totals, and why they differ from cnnshape's where they do."""

from __future__ import annotations

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
        mult_adds: its total for one sample, by its own convention.
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
    import warnings

    try:
        import torchinfo
    except ImportError as fault:
        return _silent("", f"torchinfo is not installed: {fault}")
    version = str(torchinfo.__version__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            summary = torchinfo.summary(module, input_data=x, verbose=0)
    except Exception as fault:
        return _silent(version, f"torchinfo cannot sum it up: {_cause(fault)}")
    mult_adds, rest = divmod(int(summary.total_mult_adds), len(x))
    agrees, reason = _explain(network, module, None if rest else mult_adds)
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
    """What torchinfo's convention adds to a network's MACs for one sample.

    Attributes:
        bias: additions of biases, in layers that have MACs.
        idle: weights and biases of layers that have none, such as norms: one each.
        weights: weights counted otherwise than they are used; negative where it counts less.
    """

    bias: int
    idle: int
    weights: int


def _explain(network: Network, module: NetworkModule, mult_adds: int | None) -> tuple[bool, str]:
    """Whether torchinfo's total is what its convention makes of ours, and in which words."""
    macs = network.totals.macs
    if mult_adds is None:
        return False, "torchinfo's mult-adds are not a multiple of the batch"
    if macs is None:
        return False, f"torchinfo counts {mult_adds:,} mult-adds; cnnshape's MACs are not known"
    if mult_adds == macs:
        return True, f"torchinfo counts {mult_adds:,} mult-adds too"
    nodes = module.nodes
    parts = [_parts(node, nodes[node.path]) for node in network.layers]
    total = _Parts(*map(sum, zip(*parts, strict=True)))
    if macs + sum(total) != mult_adds:
        return False, (
            f"torchinfo counts {mult_adds:,} mult-adds where its convention gives "
            f"{macs + sum(total):,} for these layers: the difference is not explained"
        )
    return True, f"torchinfo counts {mult_adds:,} mult-adds: {_in_words(total)}"


def _in_words(parts: _Parts) -> str:
    added = [
        f"{count:,} {what}"
        for count, what in (
            (parts.bias, "bias additions"),
            (parts.idle, "parameters of layers without MACs"),
        )
        if count
    ]
    texts = [f"it adds {' and '.join(added)} to the MACs"] if added else []
    if parts.weights:
        more = "more" if parts.weights > 0 else "fewer"
        texts.append(
            f"it counts {abs(parts.weights):,} {more} for weights that are used otherwise than "
            "once at each place of a convolution's output or once in another layer"
        )
    return ", and ".join(texts)


def _parts(node: Node, module: nn.Module) -> _Parts:
    """What torchinfo counts for a layer beyond its MACs.

    By LayerInfo.calculate_macs of torchinfo 1.8: each element of a weight or a bias counts
    once at each position of the output in a class whose name holds 'Conv', else once; a
    parameter that is neither, but has one of these words in its name, counts once for each
    entry of the output's first dimension. Only modules without parts are counted.
    """
    macs = node.macs or 0
    if any(module.children()):
        return _Parts(0, 0, -macs)
    positions = prod(node.output_shape[1:]) if "Conv" in type(module).__name__ else 1
    weights = biases = 0
    for name, shape in node.layer.parameters().items():
        size = prod(shape)
        if name == "bias":
            biases += size * positions
        elif name == "weight":
            weights += size * positions
        elif "weight" in name or "bias" in name:
            weights += size * node.output_shape[0]
    if macs == 0:
        return _Parts(0, weights + biases, 0)
    return _Parts(biases, 0, weights - macs)
