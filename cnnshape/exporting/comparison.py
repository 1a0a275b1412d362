"""Holding what was written, loaded again and run, against PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .errors import ExportError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Network

EXACT = 1e-5
"""How far outputs may be apart, as a part of the greatest of them."""
SMALLEST = 1e-3
"""What the greatest output is taken for, at least."""
BATCH = 3
"""Samples in a comparison, where any batch can be given."""

Run: TypeAlias = "Callable[[Tensor], Any]"
"""What was loaded again: from a batch to the output, or to all outputs."""
GivenWeights: TypeAlias = "Callable[[Mapping[str, Tensor]], Run]"
"""The same with other weights, by their names in the network's state_dict."""


class Made(NamedTuple):
    """What is to be written, and what was checked of it."""

    content: bytes
    checked: str


def example(network: Network, batch: int, seed: int = 0) -> Tensor:
    """A batch of inputs."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, *network.input_shape, generator=generator)


def with_state(again: Any) -> GivenWeights:
    """What gives a torch module other weights."""

    def given(state: Mapping[str, Tensor]) -> Run:
        again.load_state_dict(dict(state))
        run: Run = again
        return run

    return given


def outputs_of(values: Any) -> tuple[Tensor, ...]:
    """The output, or the outputs, as a tuple."""
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


def hold(
    network: Network,
    module: nn.Module,
    again: Run,
    given: GivenWeights,
    *,
    batch: int | None = None,
    tolerance: float = EXACT,
) -> str:
    """Hold what was loaded again against the module, and say what was found.

    That is done twice: with the module's weights, and with others by which every layer shows.
    Through many layers that PyTorch has just initialised, hardly anything of the input comes
    out, and a difference would not be seen.

    Where a network is not continuous, rounding alone may change an output (the greatest of
    neighbours is another one), and PyTorch itself gives others for another order in memory.
    So most outputs are held with the module's weights, and all of them in whole numbers, which
    nothing rounds.

    Args:
        batch: of what is run; None: any, and another than it was made with.

    Raises:
        ExportError: the outputs differ in shape, or in value by more than `tolerance`.
    """
    import torch

    from ..torch_backend.initialisation import draw_whole_numbers

    continuous = all(node.layer.is_continuous for node in network.layers)
    x = example(network, batch or BATCH, seed=1)
    with torch.no_grad():
        apart = _apart(module, again, x, tolerance, most=not continuous)
        own = {key: value.clone() for key, value in module.state_dict().items()}
        try:
            if continuous:
                _hold_drawn(module, given, x, tolerance)
            else:
                draw_whole_numbers(module)
                x = x.mul_(2).round_()
                _apart(module, given(module.state_dict()), x, tolerance)
        finally:
            module.load_state_dict(own)
    if continuous:
        return "the same outputs" if apart == 0 else f"outputs within {apart:.1g} of PyTorch's"
    return f"most outputs within {apart:.1g} of PyTorch's, and all of them in whole numbers"


def _hold_drawn(module: nn.Module, given: GivenWeights, x: Tensor, tolerance: float) -> None:
    """Hold what was loaded again against the module, with weights by which every layer shows.

    Where rounding grows from layer to layer until it makes too much, others are drawn, with
    which it does not.
    """
    from ..torch_backend.initialisation import Draw, draw_weights

    draws = (Draw(), Draw(lean=1), Draw(size=0.25), Draw(size=0.06))
    for draw in draws:
        draw_weights(module, x, draw)
        try:
            _apart(module, given(module.state_dict()), x, tolerance)
        except ExportError:
            if draw is draws[-1] or not _rounding(module, x) > tolerance / 10:
                raise
        else:
            return


def _rounding(module: nn.Module, x: Tensor) -> float:
    """How far single precision takes the outputs away, as a part of the greatest of them."""
    exact = outputs_of(deepcopy(module).double()(x.double()))
    return max(
        float((have - want).abs().max() / max(SMALLEST, float(want.abs().max())))
        for want, have in zip(exact, outputs_of(module(x.clone())), strict=True)
    )


def _apart(
    module: nn.Module, again: Run, x: Tensor, tolerance: float, *, most: bool = False
) -> float:
    """How far the outputs are apart, all or most of them, as a part of the greatest."""
    worst = 0.0
    for want, have in zip(outputs_of(module(x.clone())), outputs_of(again(x.clone())), strict=True):
        if want.shape != have.shape:
            raise ExportError(
                f"what was written gives {tuple(have.shape)}, where PyTorch gives "
                f"{tuple(want.shape)}"
            )
        numbers = want[want.isfinite()]
        if not len(numbers):
            raise ExportError("PyTorch gives no finite number, so that nothing can be compared")
        # The same infinity, or no number in both, is the same.
        same = (want == have) | (want.isnan() & have.isnan())
        differences = (want - have).abs().masked_fill(same, 0)
        scale = max(SMALLEST, float(numbers.abs().max()))
        apart = float(differences.median() if most else differences.max()) / scale
        if not apart <= tolerance:
            raise ExportError(
                f"what was written gives other outputs than PyTorch: {apart:.2g} apart, where "
                f"{tolerance:g} is allowed"
            )
        worst = max(worst, apart)
    return worst
