"""What a network's output says of the classes: its loss in training, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..errors import Diagnostic, SpecError
from ..layers import format_shape
from ..layers.base import Meaning
from ..network import INPUT
from ..text.counts import count_of

if TYPE_CHECKING:
    from ..network import Network, Node
    from ..torch_backend.network_module import NetworkModule
    from .recipe import Recipe

LEAST_PROBABILITY = 1e-12
"""What a probability is raised to before its logarithm is taken: the loss stays finite."""


@dataclass(frozen=True)
class Objective:
    """How the output of a network for training is read.

    Attributes:
        meaning: of the output, as the last layer says it.
        from_logits: the layer that makes probabilities of logits is left out, so that these are
            read. Softmax and then the logarithm would lose what the loss can compute without
            overflow.
        single: the output is one number: the second of two classes against the first.
        label_smoothing, rbf_constant: of the recipe.
        answering: the number of the layer that `meaning` is of: what follows it keeps values.
    """

    meaning: Meaning
    from_logits: bool
    single: bool
    label_smoothing: float = 0.0
    rbf_constant: float = 1.0
    answering: int = -1

    def logits(self, output: Tensor) -> Tensor:
        """Numbers whose softmax are the probabilities: N×classes, the greatest the answer.

        Args:
            output: N×classes, or N×1 where the output is a single number.
        """
        output = output.float()
        if self.meaning == "distances":
            output = -output
        elif not self.from_logits:
            if self.meaning == "probabilities":
                output = output.clamp_min(LEAST_PROBABILITY).log()
            elif self.meaning == "likelihoods":
                output = output.logit(LEAST_PROBABILITY)
        return torch.cat([torch.zeros_like(output), output], 1) if self.single else output

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """The mean loss of a batch.

        Cross-entropy, which for a single number is the binary one; where the probabilities are
        independent, the binary cross-entropies of all classes, added; where they are
        distances, equation 9 of LeCun et al., 1998: cross-entropy of −distance with one more
        class, always at the distance `rbf_constant`, so that the right distance must be small
        and not only the least.

        Args:
            output: of the network, N×classes.
            labels: N class numbers.
        """
        logits = self.logits(output)
        smoothing = self.label_smoothing
        if self.meaning == "likelihoods" and not self.single:
            targets = functional.one_hot(labels, logits.shape[1]).to(logits.dtype)
            targets = targets * (1 - smoothing) + smoothing / logits.shape[1]
            each = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
            return each.sum(1).mean()
        if self.meaning == "distances":
            rubbish = logits.new_full((len(logits), 1), -self.rbf_constant)
            logits = torch.cat([logits, rubbish], 1)
        return functional.cross_entropy(logits, labels, label_smoothing=smoothing)

    def probabilities(self, output: Tensor) -> Tensor:
        """The probability of each class: N×classes; independent ones need not sum to 1."""
        logits = self.logits(output)
        if self.meaning == "likelihoods" and not self.single:
            return logits.sigmoid()
        return logits.softmax(1)


def objective_for(network: Network, classes: int, recipe: Recipe) -> Objective:
    """How the network's output is read as so many classes, and what its loss is.

    Raises:
        SpecError: the network has several outputs, or not one number a class.
    """
    last = _answer(network)
    shape = last.output_shape
    single = shape == (1,) and classes == 2
    if not single and shape != (classes,):
        raise SpecError([_mismatch(network, last, classes)])
    answering = _before_rearranging(network, last)
    meaning = answering.layer.meaning_of(answering.input_shapes)
    probable = meaning in ("probabilities", "log-probabilities", "likelihoods")
    if single and meaning != "likelihoods":
        meaning, probable = "scores", False
    return Objective(
        meaning,
        probable and _can_be_left_out(network, answering),
        single,
        recipe.label_smoothing,
        recipe.rbf_constant,
        network.layers.index(answering),
    )


def leave_out(module: NetworkModule, number: int = -1) -> None:
    """Let a module go on with what a layer reads, by default the last. The keys of its parameters
    stay."""
    names = module.steps[number].module
    container: nn.Module = module
    for name in names[:-1]:
        inner = container._modules[name]
        assert inner is not None
        container = inner
    container._modules[names[-1]] = nn.Identity()


def _answer(network: Network) -> Node:
    """The node that gives the answer."""
    if len(network.outputs) > 1 or network.outputs[0] == INPUT:
        found = ", ".join(network.outputs)
        message = f"training wants one output, and the network gives {found}"
        help = "write outputs: with the one that names the classes"
        raise SpecError([Diagnostic(message, source=network.source, help=help)])
    return network.by_path[network.outputs[0]]


def _before_rearranging(network: Network, node: Node) -> Node:
    """The layer whose values a node gives, one a class, whatever shape they had before."""
    while node.layer.keeps_values and node.inputs[0] != INPUT:
        before = network.by_path[node.inputs[0]]
        if prod(before.output_shape) != max(before.output_shape):
            break
        node = before
    return node


def _can_be_left_out(network: Network, node: Node) -> bool:
    """Whether a layer reads logits, and nothing but what rearranges its values reads or shares
    it."""
    if not node.layer.reads_logits or node.shares is not None:
        return False
    return all(
        (each.layer.keeps_values and each.inputs[0] == before.path and each.shares is None)
        for before, each in pairwise(network.layers[network.layers.index(node) :])
    ) and not any(
        each.shares == node.path or each.inputs.count(node.path) > 1 for each in network.layers
    )


def _mismatch(network: Network, last: Node, classes: int) -> Diagnostic:
    """The output is not one number a class: which layer decides, and what to write there."""
    shape = last.output_shape
    source = network.source
    if len(shape) > 1 and max(shape[1:]) > 1:
        return Diagnostic(
            f"the network gives {format_shape(shape)}, and {classes} classes want {classes} "
            "numbers: this is a map, with a value for each place, as segmentation and image-to-"
            "image networks give it, and only classifiers are trained here",
            last.mark,
            source,
            help="export it (cnnshape export --to pytorch) and train it in PyTorch; to make a "
            f"classifier of it, end it with AdaptiveAvgPool{len(shape) - 1}d to size 1, Flatten "
            f"and Linear with out_features: {classes}",
        )
    if shape == (1,) and classes > 2:
        return Diagnostic(
            f"the network gives 1 number, and the data set has {classes} classes: it is one for "
            "a value (regression), or for two classes",
            last.mark,
            source,
            help=f"give {_decides(network, last).path} {classes} outputs, or train it on a data "
            "set of two classes",
        )
    if len(shape) != 1:
        return Diagnostic(
            f"the network gives {format_shape(shape)}, and {classes} classes want "
            f"{classes} numbers",
            last.mark,
            source,
            help=f"put Flatten, and Linear with out_features: {classes}, at the end of the network",
        )
    decides = _decides(network, last)
    message = (
        f"the network gives {count_of(shape[0], 'number')}, and the data set has {classes} classes"
    )
    setting = next((key for key, value in network.params.items() if value == shape[0]), None)
    argument = next(
        (key for key, value in decides.layer.arguments.items() if value == shape[0]), "its outputs"
    )
    help = f"give {decides.path} {argument}: {classes}"
    if setting is not None:
        help = f"add --set {setting}={classes}, or {help}"
    return Diagnostic(message, decides.mark, source, help=help)


def _decides(network: Network, node: Node) -> Node:
    """The layer that decides how many numbers come out: the last that learns or has codes."""
    while not node.op.params and not node.op.buffers and node.inputs[0] != INPUT:
        node = network.by_path[node.inputs[0]]
    return node
