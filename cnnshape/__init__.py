"""cnnshape: CNN shape calculator and architecture visualizer.

A YAML spec becomes a table of shapes and costs, proved against PyTorch::

    net = cnnshape.load("resnet50", input=(3, 320, 320))
    net.layers, net.totals, net.to_dict()
    cnnshape.compare(net, cnnshape.load("resnet101")).facts
    cnnshape.verify(net)

Importing this package imports neither torch nor rich.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .analysis.comparison import Comparison, compare
    from .api import Network, import_module, import_source, load, loads
    from .errors import Diagnostic, SpecError
    from .network import Node
    from .torch_backend import verify

__all__ = [
    "Comparison",
    "Diagnostic",
    "Network",
    "Node",
    "SpecError",
    "__version__",
    "compare",
    "import_module",
    "import_source",
    "load",
    "loads",
    "verify",
]

_HOMES = {
    "Comparison": "analysis.comparison",
    "compare": "analysis.comparison",
    "load": "api",
    "loads": "api",
    "Diagnostic": "errors",
    "SpecError": "errors",
    "Network": "api",
    "import_module": "api",
    "import_source": "api",
    "Node": "network",
    "verify": "torch_backend",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
