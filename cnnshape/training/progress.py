"""The ways in which a run is shown while it goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict
from time import perf_counter
from typing import TYPE_CHECKING, TextIO

from ..text.printable import printable, to_json
from .events import EpochDone, Event, Looked, Told
from .wording import percent

if TYPE_CHECKING:
    from rich.console import Console

LINE_SECONDS = 5.0
"""How often plain lines tell of an epoch that is under way."""
ROOMY_COLUMNS = 110
"""Width of a terminal in which the figures beside a bar are named in full."""


class Progress(ABC):
    """Shows events as they come."""

    @abstractmethod
    def show(self, event: Event) -> None:
        """Show an event."""

    def tell(self, text: str) -> None:
        """Show a line."""
        self.show(Told(text))

    def close(self) -> None:
        """Take down what is on the screen; showing may go on afterwards."""
        return


class Silent(Progress):
    """Shows nothing."""

    def show(self, event: Event) -> None:
        """Nothing."""


class JsonLines(Progress):
    """A JSON object a line, with 'event' first: 'told', 'step' or 'epoch'."""

    NAMES = {Told: "told", Looked: "step", EpochDone: "epoch"}  # noqa: RUF012

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def show(self, event: Event) -> None:
        """Write the event's line at once."""
        line = {"event": self.NAMES[type(event)], **asdict(event)}
        self.stream.write(f"{to_json(line)}\n")
        self.stream.flush()


class Lines(Progress):
    """Plain lines: one an epoch, and one now and then in a long epoch."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._told = perf_counter()

    def show(self, event: Event) -> None:
        """Write the event's line at once, if it is time."""
        if isinstance(event, Looked):
            if perf_counter() - self._told < LINE_SECONDS:
                return
            text = looked_line(event)
        else:
            text = event.text if isinstance(event, Told) else epoch_line(event)
        self._told = perf_counter()
        self.stream.write(f"{printable(text)}\n")
        self.stream.flush()


class Display(Progress):
    """A bar on a terminal, with the epochs that are done above it."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[figures]}"),
            console=console,
            transient=True,
            auto_refresh=False,
            expand=True,
        )
        self._bar = self._bars.add_task("", total=1, figures="")
        self._brief = console.width < ROOMY_COLUMNS

    def close(self) -> None:
        """Take the bar down."""
        self._bars.stop()

    def show(self, event: Event) -> None:
        """Move the bar, or print a line above it."""
        if isinstance(event, Looked):
            self._bars.start()
            self._bars.update(
                self._bar,
                total=event.steps,
                completed=event.step,
                description=f"epoch {event.epoch}/{event.epochs}",
                figures=f"{event.step}/{event.steps} · {_figures(event, brief=self._brief)}",
                refresh=True,
            )
            return
        text = event.text if isinstance(event, Told) else epoch_line(event)
        self._bars.console.print(text, highlight=False, markup=False, soft_wrap=True)


def epoch_line(done: EpochDone) -> str:
    """'epoch 2: loss 0.0412 · train 98.71 % · test 99.02 % · 8,412 images/s · 14.3 s'."""
    return " · ".join(
        [
            f"epoch {done.epoch}: loss {done.train_loss:.4f}",
            f"train {percent(done.train_accuracy)}",
            f"test {percent(done.test_accuracy)}",
            f"{done.images_per_second:,.0f} images/s",
            f"{done.seconds:.1f} s",
        ]
    )


def looked_line(looked: Looked) -> str:
    """'epoch 1/2, batch 412/937: loss 0.2113 · accuracy 93.40 % · 8,412 images/s · 14 s left'."""
    place = f"epoch {looked.epoch}/{looked.epochs}, batch {looked.step}/{looked.steps}"
    return f"{place}: {_figures(looked)}"


def _figures(looked: Looked, *, brief: bool = False) -> str:
    accuracy, images = ("", "") if brief else ("accuracy ", " images")
    parts = [
        f"loss {looked.loss:.4f}",
        f"{accuracy}{percent(looked.accuracy)}",
        f"{looked.images_per_second:,.0f}{images}/s",
    ]
    if looked.seconds_left is not None:
        parts.append(f"{readable_time(looked.seconds_left)} left")
    return " · ".join(parts)


def readable_time(seconds: float) -> str:
    """'14 s', '3 min 20 s', '2 h 5 min'."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_rest = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_rest} min"
    return f"{minutes} min {rest} s" if minutes else f"{whole} s"
