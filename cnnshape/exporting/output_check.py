"""Holding what was written, loaded again and run, against PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .errors import ExportError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..network import Network

EXACT = 1e-5
"""How far outputs may be apart, as a part of the greatest of them."""
SMALLEST = 1e-3
"""What the greatest output is taken for, at least."""
ROUNDED = 10
"""How many times as far as rounding moves PyTorch's outputs those of others may be apart."""
NOT_HELD = "with weights by which every layer shows it could not be held"
FAINT = "the input hardly shows in them, and so a fault in the first layers might not"
SHOWN = 10
"""How many times the tolerance outputs for another input must differ: else a fault in the first
layers might not be seen."""
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


def no_run(network: Network, batch: int | None = None) -> str:
    """'not run, as that takes about 77 GB of memory, ...' where it cannot be held; else ''."""
    from ..torch_backend.devices import shortage

    lack = shortage(network, batch or BATCH, times=2)  # what rounding does is seen in float64
    return f"not run, as that takes {lack}" if lack else ""


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
        network: what was written.
        module: the module that it was written from.
        again: runs what was read back.
        given: gives what runs it with other weights.
        batch: of what is run; None: any, and another than it was made with.
        tolerance: how far outputs may be apart, as a part of the greatest of them.

    Raises:
        ExportError: the outputs differ in shape, or in value by more than `tolerance`.
    """
    import torch

    from ..torch_backend.initialisation import TAPS, Draw, draw_weights, draw_whole_numbers

    continuous = all(node.layer.is_continuous for node in network.layers)
    x = example(network, batch or BATCH, seed=1)
    draws: list[Callable[[], None]]
    if continuous:
        leaning = [Draw(), Draw(lean=1), Draw(size=0.25), Draw(size=0.06)]
        # A chain of sigmoids, whose slope is a quarter at most, hands these sizes alone on.
        leaning += [Draw(size=5), Draw(size=6)]
        draws = [partial(draw_weights, module, x, draw) for draw in leaning]
    else:
        draws = [partial(draw_whole_numbers, module, taps) for taps in (TAPS, 1)]
    with torch.no_grad():
        told = _held_as_it_is(module, again, x, tolerance, most=not continuous)
        own = {key: value.clone() for key, value in module.state_dict().items()}
        others = example(network, len(x), seed=2)
        if not continuous:
            x, others = (each.mul_(2).round_() for each in (x, others))
        try:
            doubt = _doubt(module, given, x, others, tolerance, draws)
        finally:
            module.load_state_dict(own)
    told += "" if continuous or doubt else ", and all of them in whole numbers"
    return f"{told}; {doubt}" if doubt else told


def _held_as_it_is(
    module: nn.Module, again: Run, x: Tensor, tolerance: float, *, most: bool
) -> str:
    """Hold what was loaded again against the module with its own weights."""
    try:
        apart = _apart(module, again, x, tolerance, most=most)
    except _NoNumbers:
        return "with these weights PyTorch gives no finite number"
    except _Apart as fault:
        rounding = _rounding(module, x)
        if not fault.apart <= ROUNDED * rounding:
            raise
        told = f"outputs within {fault.apart:.1g} of PyTorch's"
        return f"{told}, as far as single precision is exact in it ({rounding:.1g})"
    if most:
        return f"most outputs within {apart:.1g} of PyTorch's"
    return "the same outputs" if apart == 0 else f"outputs within {apart:.1g} of PyTorch's"


def _doubt(
    module: nn.Module,
    given: GivenWeights,
    x: Tensor,
    others: Tensor,
    tolerance: float,
    draws: Sequence[Callable[[], None]],
) -> str:
    """Hold what was loaded again against the module, with weights by which every layer shows.

    Where rounding grows from layer to layer until it makes too much, or the input is lost on the
    way, others are drawn.

    Returns why that could not be done, or not for all layers; '' where it was.
    """
    found = ""
    for draw in draws:
        draw()
        try:
            _apart(module, given(module.state_dict()), x, tolerance)
        except _NoNumbers:
            found = found or f"{NOT_HELD}: PyTorch gives no finite number"
        except _Apart:
            rounding = _rounding(module, x)
            if not rounding > tolerance / 10:
                raise
            found = found or f"{NOT_HELD}: rounding alone moves the outputs by {rounding:.1g}"
        else:
            # Where one of them is no number, and the other is, they differ by NaN.
            if not _difference(module(x.clone()), module(others.clone())) <= SHOWN * tolerance:
                return ""
            found = FAINT
    return found


def _rounding(module: nn.Module, x: Tensor) -> float:
    """How far single precision takes the outputs away, as a part of the greatest of them."""
    return _difference(deepcopy(module).double()(x.double()), module(x.clone()))


class _NoNumbers(ExportError):
    """There is nothing that could be compared."""


class _Apart(ExportError):
    """The outputs differ, by so large a part of the greatest."""

    def __init__(self, apart: float, tolerance: float) -> None:
        super().__init__(
            f"what was written gives other outputs than PyTorch: {apart:.2g} apart, where "
            f"{tolerance:g} is allowed"
        )
        self.apart = apart


def _apart(
    module: nn.Module, again: Run, x: Tensor, tolerance: float, *, most: bool = False
) -> float:
    """How far the outputs are apart, all or most of them, as a part of the greatest.

    Raises:
        ExportError: their shapes differ, that is more than `tolerance`, or none is a number.
    """
    apart = _difference(module(x.clone()), again(x.clone()), most=most)
    if not apart <= tolerance:
        raise _Apart(apart, tolerance)
    return apart


def _difference(wanted: Any, found: Any, *, most: bool = False) -> float:
    worst = 0.0
    for want, have in zip(outputs_of(wanted), outputs_of(found), strict=True):
        if want.shape != have.shape:
            raise ExportError(
                f"what was written gives {tuple(have.shape)}, where PyTorch gives "
                f"{tuple(want.shape)}"
            )
        numbers = want[want.isfinite()]
        if not len(numbers):
            raise _NoNumbers("PyTorch gives no finite number, so that nothing can be compared")
        # The same infinity, or no number in both, is the same.
        same = (want == have) | (want.isnan() & have.isnan())
        differences = (want - have).abs().masked_fill(same, 0)
        scale = max(SMALLEST, float(numbers.abs().max()))
        apart = float(differences.median() if most else differences.max()) / scale
        worst = apart if isnan(apart) else max(worst, apart)
    return worst
