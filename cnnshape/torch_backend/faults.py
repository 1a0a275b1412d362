"""Why a network is not built or run."""

from __future__ import annotations


class BuildError(Exception):
    """A layer whose module PyTorch does not make; `path` names it, the cause is chained."""

    def __init__(self, path: str, type_name: str, cause: Exception) -> None:
        super().__init__(f"{path} ({type_name}) cannot be built: {cause}")
        self.path = path


class DeviceError(Exception):
    """A device that is not there; the text says which there are."""
