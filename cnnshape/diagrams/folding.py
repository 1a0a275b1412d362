"""Which neighbours are drawn once, with ×N: the same at every depth, so found once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..network import Network
from ..parts import Part, Run, runs


class Folding:
    """The runs of every group of a network.

    Attributes:
        readers: by the path of what is read, the paths of the layers that read it.
        results: the paths of the network's outputs.
    """

    def __init__(self, network: Network, *, fold: bool) -> None:
        self.fold = fold
        self.readers: dict[str, list[str]] = {}
        for node in network.layers:
            for path in node.inputs:
                self.readers.setdefault(path, []).append(node.path)
        self.results = frozenset(network.outputs)
        self._runs: dict[str, tuple[Run, ...]] = {}

    def runs(self, group: Part) -> tuple[Run, ...]:
        """The children of a group in order, those together that are drawn as one."""
        found = self._runs.get(group.path)
        if found is None:
            found = self._runs[group.path] = tuple(self._found(group))
        return found

    def _found(self, group: Part) -> Iterator[Run]:
        for run in runs(list(group.children.values()), fold=self.fold):
            if run.times == 1 or self._is_chain(run):
                yield run
            else:
                yield from (Run((part,)) for part in run.parts)

    def _is_chain(self, run: Run) -> bool:
        """Whether each part reads the one before it alone, and is read by the next alone."""
        for before, part in pairwise(run.parts):
            for node, model in zip(part.leaves(), run.first.leaves(), strict=True):
                for path, expected in zip(node.inputs, model.inputs, strict=True):
                    inside = _within(path, part)
                    if inside != _within(expected, run.first):
                        return False
                    if inside:
                        if path[len(part.path) :] != expected[len(run.first.path) :]:
                            return False
                    elif not _within(path, before):
                        return False
            for node in before.leaves():
                if node.path in self.results:
                    return False
                for reader in self.readers.get(node.path, ()):
                    if not (_within(reader, before) or _within(reader, part)):
                        return False
        return True


def _within(path: str, part: Part) -> bool:
    return path == part.path or path.startswith(f"{part.path}.")
