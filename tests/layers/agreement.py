"""Holds a layer type against PyTorch: same shape, parameters, buffers, MACs, or both refuse."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cnnshape.layers import LayerError, registry

if TYPE_CHECKING:
    from cnnshape.layers import Layer, Shape

REFUSALS = (
    ArithmeticError,
    AssertionError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What PyTorch raises, here and there, for an argument or an input that it refuses."""


def bound(type_name: str, arguments: Mapping[str, Any], *shapes: Shape) -> Layer:
    """The layer for the shapes that it reads; raises its first LayerError."""
    faults: list[LayerError] = []
    layer = registry()[type_name].read(arguments, faults)
    if layer is None:
        raise faults[0]
    return layer.bind(shapes)


def assert_agrees(type_name: str, arguments: Mapping[str, Any], *shapes: Shape) -> None:
    """The layer says of `shapes` what its module shows for them, in evaluation mode."""
    layer = bound(type_name, arguments, *shapes)
    output = layer.output_shape(shapes)
    module = layer.module().eval()
    assert _shapes(module.named_parameters()) == layer.parameters()
    assert _shapes(module.named_buffers()) == layer.buffers()
    assert run(module, *shapes) == output
    # Fused attention kernels hide their products from the counter.
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            run(module, *shapes, batch=1)
    finally:
        torch.backends.mha.set_fastpath_enabled(True)
    assert layer.macs(shapes, output) == counter.get_total_flops() / 2


def assert_both_refuse(
    type_name: str,
    arguments: Mapping[str, Any],
    *shapes: Shape,
    match: str,
    torch_module: Callable[..., nn.Module] | None = None,
) -> None:
    """PyTorch refuses, and cnnshape does so in words (message and help) that `match` finds."""
    assert refused_by_torch(type_name, arguments, *shapes, torch_module=torch_module)
    with pytest.raises(LayerError) as caught:
        bound(type_name, arguments, *shapes).output_shape(shapes)
    words = f"{caught.value.message}\n{caught.value.help or ''}"
    assert re.search(match, words), f"{match!r} is not in: {words}"


def assert_agrees_or_both_refuse(
    type_name: str,
    arguments: Mapping[str, Any],
    *shapes: Shape,
    torch_module: Callable[..., nn.Module] | None = None,
) -> None:
    """For property tests: arguments and shapes may be such as nobody can use."""
    refusal = ""
    try:
        bound(type_name, arguments, *shapes).output_shape(shapes)
    except LayerError as fault:
        refusal = fault.message
    if refusal:
        assert refused_by_torch(type_name, arguments, *shapes, torch_module=torch_module), (
            f"PyTorch takes what cnnshape refuses: {refusal}"
        )
    else:
        assert_agrees(type_name, arguments, *shapes)


def refused_by_torch(
    type_name: str,
    arguments: Mapping[str, Any],
    *shapes: Shape,
    torch_module: Callable[..., nn.Module] | None = None,
) -> bool:
    """Whether `torch_module` (default: torch.nn's of this name) refuses arguments or shapes.

    An output without elements counts as refused: some of PyTorch's kernels give one where
    others refuse, and cnnshape has no size of 0.
    """
    try:
        output = run((torch_module or getattr(nn, type_name))(**arguments).eval(), *shapes)
    except REFUSALS:
        return True
    return 0 in output


@torch.no_grad()
def run(module: nn.Module, *shapes: Shape, batch: int = 2) -> Shape:
    """The output's shape, without the batch, for random inputs of these shapes."""
    with warnings.catch_warnings():  # what PyTorch accepts with a warning, it accepts
        warnings.simplefilter("ignore")
        output = module(*(torch.rand(batch, *shape) for shape in shapes))
    assert output.shape[0] == batch
    return tuple(output.shape[1:])


def _shapes(tensors: Any) -> dict[str, Shape]:
    return {name: tuple(tensor.shape) for name, tensor in tensors}
