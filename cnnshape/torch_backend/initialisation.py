"""Other weights than PyTorch begins with: none, or such that every layer shows.

It defines a torch class: see the package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf, sqrt
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

from torch import Generator, Tensor, nn, no_grad, rand, randint
from torch.nn import init
from torch.nn.utils.parametrize import is_parametrized
from torch.overrides import TorchFunctionMode

_DRAWS: frozenset[Callable[..., Any]] = frozenset(
    {
        Tensor.normal_,
        Tensor.uniform_,
        # These reach a mode as themselves, not as the draw that they make.
        init.kaiming_uniform_,
        init.normal_,
        init.trunc_normal_,
        init.uniform_,
    }
)


class SkipInitialisation(TorchFunctionMode):
    """While it is active, what would be drawn at random is set to zero.

    To draw takes most of the time of building: 1.3 s for the first Linear of VGG-16.
    Everything else, such as a layer's own constants, is made as always.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func in _DRAWS:
            tensor: Tensor = args[0] if args else kwargs["tensor"]
            with no_grad():
                return tensor.zero_()
        return func(*args, **kwargs)


STATISTICS = ("running_mean", "running_var", "._u", "._v")
"""How the names of buffers end that training brings about: those of batch norm, and the vectors
of spectral normalisation, which divides by zero where they are not drawn."""


LEAST, MOST = 0.1, 10.0
"""Between these, weights that are drawn leave the size of what a module gives as it is."""


class Draw(NamedTuple):
    """How weights are drawn.

    Attributes:
        size: the size to which the numbers of every layer are brought; None: those that
            have left the range from LEAST to MOST, to 1. The smaller, the nearer a bent
            function is to a straight one.
        lean: by how many deviations of a kernel's sum its mean is above 0. Where it is not 0,
            what is common to all values grows, and rounding does not.
    """

    size: float | None = None
    lean: float = 0


AS_IT_IS = Draw()


def draw_weights(module: nn.Module, x: Tensor | None = None, draw: Draw = AS_IT_IS) -> None:
    """Draw every weight and statistic, so that numbers neither vanish nor grow on the way.

    What PyTorch begins with hides layers: a scale of 0, or hardly anything of the input left
    after many of them. Buffers that are no running statistics are a layer's own constants,
    and stay. Where through many layers numbers grow or vanish all the same, the weights are
    scaled (`level`).

    Args:
        module: whose weights are drawn.
        x: a batch on which it is run; None: the weights are not scaled.
        draw: how they are drawn.
    """
    generator = Generator().manual_seed(0)
    buffers = [name for name, _ in module.named_buffers(remove_duplicate=False)]
    constants = {name for name in buffers if not name.endswith(STATISTICS)}
    with no_grad():
        for key, tensor in module.state_dict().items():
            if key in constants or not tensor.is_floating_point():
                continue
            if tensor.ndim > 1 and "scale" not in key and tensor[0].numel() > 1:
                fan_in = tensor[0].numel()
                bound = sqrt(6 / fan_in)
                tensor.uniform_(-bound, bound, generator=generator)
                tensor.add_(draw.lean * sqrt(2) / fan_in)
            elif key.endswith(("bias", "running_mean")):
                tensor.uniform_(-0.1, 0.1, generator=generator)
            else:
                tensor.uniform_(0.5, 1.5, generator=generator)
    if x is None:
        return
    parts = [
        part
        for part in nn.Module.modules(module)
        if is_parametrized(part) or next(part.children(), None) is None
    ]
    level(module, x, parts, draw.size or 1, (LEAST, MOST) if draw.size is None else None)


def level(
    module: nn.Module,
    x: Tensor,
    parts: Iterable[nn.Module],
    size: float = 1,
    range: tuple[float, float] | None = None,
) -> None:
    """Scale the weights of each part, in the order of a run, until what it gives has a size.

    That is layer-sequential initialisation (Mishkin and Matas, All you need is a good init,
    2016): it holds for whatever stands between the parts.

    Args:
        module: what is run on `x`.
        x: a batch of inputs.
        parts: its modules whose output grows with their own weights.
        size: the mean of the absolute values of an output.
        range: the sizes that are left as they are.
    """
    least, most = range or (size, size)
    scaled: set[nn.Module] = set()

    def scale(part: nn.Module, given: Any, named: Any, output: Any) -> Any:
        # Layers that share a part: the first of them chooses its scale.
        if part in scaled or not isinstance(output, Tensor) or not output.is_floating_point():
            return output
        scaled.add(part)
        found = float(output.abs().mean())
        if least <= found <= most or not 0 < found < inf:
            return output
        for parameter in part.parameters():
            parameter.mul_(size / found)
        return part(*given, **named)

    handles = [
        part.register_forward_hook(scale, with_kwargs=True)
        for part in parts
        if next(part.parameters(), None) is not None
    ]
    try:
        with no_grad(), catch_warnings():
            simplefilter("ignore")
            module(x.clone())
    finally:
        for handle in handles:
            handle.remove()


TAPS = 4
"""Few enough that 26 layers make no number so large that float32 rounds it, and enough that
many numbers are not 0. With one, numbers grow in sums alone."""


def draw_whole_numbers(module: nn.Module, taps: int = TAPS) -> None:
    """Draw weights that make whole numbers of whole numbers, so that no sum is rounded.

    Each kernel has so many taps of 1 or -1, and norms change nothing. Nonlinear functions may
    round all the same.
    """
    generator = Generator().manual_seed(0)
    with no_grad():
        for inner in nn.Module.modules(module):
            for key, weight in inner.named_parameters(recurse=False):
                if weight.ndim > 1:
                    _draw_taps(weight, taps, generator)
                else:
                    weight.fill_(0 if key.endswith("bias") else 1)
            if isinstance(mean := getattr(inner, "running_mean", None), Tensor):
                mean.zero_()
                norm: Any = inner
                norm.running_var.fill_(1 - norm.eps)  # 1 once eps is added


def _draw_taps(weight: Tensor, count: int, generator: Generator) -> None:
    """A few numbers of each kernel become 1 or -1, all others 0."""
    taps = weight.zero_().view(len(weight), -1)
    places = rand(taps.shape, generator=generator).topk(min(count, taps.shape[1])).indices
    signs = randint(0, 2, places.shape, generator=generator) * 2 - 1
    taps.scatter_(1, places, signs.to(taps))
