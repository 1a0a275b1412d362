"""Which module runs, and the path under which this run of it is known. Needs torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from torch import nn

from .graph import Recorded

Path = tuple[str, ...]


class Frame(NamedTuple):
    """A module that runs: its own path, and the path under which this run of it is known."""

    module: str
    path: str

    @property
    def names(self) -> Path:
        """The names that lead to it."""
        return tuple(filter(None, self.path.split(".")))


class Running:
    """The modules that run, one inside another.

    Attributes:
        names: the own path of each module, by its id.
        classes: the class of each module that is a group, by its path.
        ran: the ids of the modules that have run.
    """

    def __init__(self, root: nn.Module) -> None:
        self.names: dict[int, str] = {id(m): name for name, m in root.named_modules()}
        self.classes: dict[str, str] = {}
        self.ran: set[int] = {id(root)}
        self._stack = [Frame("", "")]
        self._runs: Counter[str] = Counter()
        self._functions: dict[Path, list[str]] = {}

    @property
    def around(self) -> Frame:
        """The innermost module that runs and is no layer by itself."""
        return self._stack[-1]

    def enter(self, module: nn.Module) -> None:
        """A module runs in which layers are."""
        path = self._path(module)
        self._runs[path] += 1
        if self._runs[path] > 1:
            path = f"{path}_{self._runs[path]}"
        self.classes[path] = type(module).__name__
        self._stack.append(Frame(self.names[id(module)], path))

    def leave(self) -> None:
        """It has run."""
        self._stack.pop()

    def layer(self, module: nn.Module, key: str) -> Path:
        """The path of a module that is one layer, which is recorded by this key."""
        path = self._path(module) or type(module).__name__.lower()
        names = tuple(path.split("."))
        self._runs[path] += 1
        count = self._runs[path]
        if not list(nn.Module.parameters(module)):
            self._functions.setdefault(names, []).append(key)
        return names if count == 1 else (*names[:-1], f"{names[-1]}_{count}")

    def named(self, layers: Iterable[Recorded]) -> list[Recorded]:
        """The layers; functions that run several times by default names: relu1, relu2."""
        again = {key for keys in self._functions.values() if len(keys) > 1 for key in keys}
        return [
            replace(item, path=(*item.path[:-1], "")) if item.key in again else item
            for item in layers
        ]

    def _path(self, module: nn.Module) -> str:
        """Its path in this run of what is around it."""
        name, around = self.names[id(module)], self.around
        if not around.module:
            return f"{around.path}.{name}" if around.path else name
        if name.startswith(f"{around.module}."):
            return around.path + name[len(around.module) :]
        return name
