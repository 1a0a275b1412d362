"""Building a module without drawing its weights. It defines a torch class: see the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, no_grad
from torch.nn import init
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
