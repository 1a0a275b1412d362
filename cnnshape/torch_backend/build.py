"""From a network to a real torch module."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..network import Network
    from .network_module import NetworkModule


def build(network: Network) -> NetworkModule:
    """A torch module that computes `network`, freshly initialised as PyTorch does.

    It reads a batch of samples of ``network.input_shape`` and gives the output, or a tuple
    of the outputs where the network has several. The keys of its ``state_dict`` are the
    paths of the layers with the names of their parameters: 'layer1.0.conv1.weight'.

    Raises:
        BuildError: a layer's module cannot be made.
    """
    from .network_module import NetworkModule

    return NetworkModule(network)
