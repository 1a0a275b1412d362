"""What a verification found, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .witness import Witness


class Mismatch(NamedTuple):
    """One number on which cnnshape and PyTorch part.

    Attributes:
        path: the layer, or '' for the network as a whole.
        quantity: 'output shape', 'macs', 'parameter weight', 'runs', ...
        expected: what cnnshape says. found: what PyTorch shows. None: there is none.
    """

    path: str
    quantity: str
    expected: Any
    found: Any


class Report(NamedTuple):
    """What a verification found.

    Attributes:
        status: 'passed'; 'failed': there are mismatches; 'skipped': not all could be run,
            and what was run agrees.
        device, torch: where it ran, and PyTorch's version.
        layers_checked: layers that ran and were compared. batch: samples in the run.
        mismatches: every difference, in the order of the layers.
        reason: why the device was chosen or what could not be run; '' if nothing to say.
        skipped: the layers that the device cannot run, each with the reason.
        unknown_macs: layers whose MACs cnnshape does not know, with what PyTorch counts.
        witness: what torchinfo says, or None where it was not asked.
        seconds: how long it took, import of torch apart.
    """

    status: str
    device: str
    torch: str
    layers_checked: int
    batch: int
    mismatches: tuple[Mismatch, ...] = ()
    reason: str = ""
    skipped: tuple[tuple[str, str], ...] = ()
    unknown_macs: tuple[tuple[str, int], ...] = ()
    witness: Witness | None = None
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The 'verification' of the JSON contract: plain data."""
        return {
            "status": self.status,
            "device": self.device,
            "torch": self.torch,
            "layers_checked": self.layers_checked,
            "mismatches": [
                {
                    "path": mismatch.path,
                    "quantity": mismatch.quantity,
                    "expected": _plain(mismatch.expected),
                    "found": _plain(mismatch.found),
                }
                for mismatch in self.mismatches
            ],
            "reason": self.reason,
            "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
            "unknown_macs": [{"path": path, "found": found} for path, found in self.unknown_macs],
            "witness": None if self.witness is None else self.witness._asdict(),
            "batch": self.batch,
            "seconds": round(self.seconds, 4),
        }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
