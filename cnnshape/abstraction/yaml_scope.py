"""What a list of layers of a spec can name."""

from __future__ import annotations


class NotWritable(Exception):
    """A network that cannot be written as a spec; the text says why."""


class Scope:
    """A list of layers up to the edge of its block, while it is written.

    Attributes:
        inputs: the names of what the block reads; a value of it is called '#0', '#1' ...
        paths: the paths so far of layers and groups, by which `from` could find something.
        results: for each group so far the path of the layer that gives its value.
        optional: the paths of what is not there where a `when` leaves it out.
    """

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.inputs = inputs
        self.paths: set[str] = set()
        self.results: dict[str, str] = {}
        self.optional: set[str] = set()

    def name(self, value: str, prefix: str, *, layer: bool = False) -> str:
        """What `from` calls a value, in the list at `prefix`; `layer`: not by its group."""
        if value.startswith("#"):
            return self.inputs[int(value[1:])]
        around = prefix.split(".")[:-1]
        parts = value.split(".")
        candidates = []
        for length in range(1, len(parts) + 1):
            path = ".".join(parts[:length])
            if length == len(parts) or (not layer and self.results.get(path) == value):
                names = parts[:length]
                shared = 0
                while shared < min(len(around), length - 1) and around[shared] == names[shared]:
                    shared += 1
                # A group that is still being written has no value yet.
                if shared < length:
                    candidates += [(path, ".".join(names[cut:])) for cut in range(shared, -1, -1)]
        for path, name in candidates:
            if name in self.inputs or self._may_lack(path):
                continue
            if self._found(around, name) == path:
                return name
        raise NotWritable(f"a layer in {prefix or 'the network'} cannot name {value}")

    def _may_lack(self, path: str) -> bool:
        parts = path.split(".") if self.optional else []
        return any(".".join(parts[:k]) in self.optional for k in range(1, len(parts) + 1))

    def _found(self, around: list[str], name: str) -> str | None:
        for depth in range(len(around), -1, -1):
            path = ".".join([*around[:depth], name])
            if path in self.paths:
                return path
        return None
