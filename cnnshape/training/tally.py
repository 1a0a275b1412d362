"""The figures of an epoch that is under way, kept on the device so that no step waits for them."""

from __future__ import annotations

import torch
from torch import Tensor

from .distributed import Group


class Tally:
    """Losses and right answers of an epoch.

    What a step adds is this process's own; `gather` makes it that of all processes.

    Attributes:
        losses: of each step of the epoch.
        correct: right answers up to the last gathering; a tensor of one number.
        gathered: the steps up to it.
    """

    def __init__(self, steps: int, device: torch.device) -> None:
        self.losses = torch.zeros(steps, device=device)
        self.correct = torch.zeros((), dtype=torch.int64)
        self.gathered = 0
        self._right = torch.zeros((), dtype=torch.int64, device=device)

    def add(self, step: int, loss: Tensor, answers: Tensor, labels: Tensor) -> None:
        """Take in a step."""
        self.losses[step] = loss.detach()
        self._right += (answers == labels).sum()

    def gather(self, steps: int, asked_to_stop: bool, group: Group) -> bool:
        """Average and add up over all processes what the steps since the last time brought.

        Args:
            steps: how many of the epoch are done.
            asked_to_stop: whether this process was asked to.
            group: every process of it calls this after the same step.

        Returns:
            Whether any process was asked to stop.
        """
        new = slice(self.gathered, steps)
        # One message, in main memory and in float64, which holds every count up to 2**53.
        own = torch.tensor([float(self._right), float(asked_to_stop)], dtype=torch.float64)
        message = group.add_up(torch.cat([self.losses[new].cpu().double(), own]))
        self.losses[new] = (message[:-2] / group.size).float().to(self.losses.device)
        right, stop = message[-2:].tolist()
        self.correct += int(right)
        self._right.zero_()
        self.gathered = steps
        return bool(stop)

    def first_not_finite(self, since: int) -> int | None:
        """The first step from `since` on, of those gathered, whose loss is no number, or None."""
        bad = (~self.losses[since : self.gathered].isfinite()).nonzero()
        return since + int(bad[0]) if len(bad) else None

    def loss(self) -> float:
        """The mean loss of the steps gathered."""
        return float(self.losses[: self.gathered].cpu().double().mean())

    def reset(self) -> None:
        """Begin another epoch."""
        self.losses.zero_()
        self.correct.zero_()
        self.gathered = 0

    def tensors(self) -> dict[str, Tensor]:
        """What a checkpoint needs of it, as of the last gathering."""
        return {"losses": self.losses, "correct": self.correct}

    def restored(self, steps: int) -> None:
        """Go on after its tensors were restored, from so many steps of the epoch."""
        self.gathered = steps
