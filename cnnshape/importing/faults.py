"""What an import says when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..network import Network
    from .graph import Unsupported


class ImportFault(Exception):
    """What cannot be imported; the text says why.

    Attributes:
        unsupported: what no layer type says.
        partial: the network up to the fault, or None.
        rest: whether the rest can be kept, with these as unknown.
    """

    def __init__(
        self,
        message: str,
        unsupported: tuple[Unsupported, ...] = (),
        partial: Network | None = None,
        *,
        rest: bool = False,
    ) -> None:
        super().__init__(message)
        self.unsupported = unsupported
        self.partial = partial
        self.rest = rest


class NotFound(ImportFault):
    """There is no such file, module or callable."""
