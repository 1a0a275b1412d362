"""What the packages of special layer types say of how they are met.

Beside its types and their module, such a package has what finds them in a module of torch,
`from_torch.py`, in which there may be

- `rewritten(layers)`: the recorded layers, with its own in place of what computes them;
- `added(origin)`: the layer that adds a value that follows from no input, or None;
- `given(origin)`: the layer that gives such a value, of a map, or None;

and in an ONNX file, `from_onnx.py`: idioms, and the `rules` of what these stand for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from ..layers import special


@cache
def found_in(place: str) -> tuple[Callable[..., Any], ...]:
    """The function of this name of each package that has it."""
    modules = special("from_torch")
    return tuple(getattr(module, place) for module in modules if hasattr(module, place))
