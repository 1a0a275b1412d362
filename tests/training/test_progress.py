"""How a run is shown."""

from __future__ import annotations

import io
import json

import pytest

from cnnshape.training import progress as module
from cnnshape.training.events import EpochDone, Event, Looked, Told
from cnnshape.training.progress import (
    Display,
    JsonLines,
    Lines,
    Progress,
    Silent,
    epoch_line,
    looked_line,
    readable_time,
)

LOOKED = Looked(1, 2, 412, 937, 0.21134, 0.93401, 8412.3, 74.2)
DONE = EpochDone(2, 0.001, 0.0412, 0.98714, 0.033, 0.99021, 14.34, 8412.3)


def test_the_lines():
    assert looked_line(LOOKED) == (
        "epoch 1/2, batch 412/937: loss 0.2113 · accuracy 93.40 % · 8,412 images/s · "
        "1 min 14 s left"
    )
    assert epoch_line(DONE) == (
        "epoch 2: loss 0.0412 · train 98.71 % · test 99.02 % · 8,412 images/s · 14.3 s"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")],
)
def test_times(seconds, text):
    assert readable_time(seconds) == text


def test_plain_lines_tell_each_epoch_and_a_long_one_now_and_then(monkeypatch):
    now = 0.0
    monkeypatch.setattr(module, "perf_counter", lambda: now)
    stream = io.StringIO()
    lines = Lines(stream)
    lines.tell("hello")
    for now in (1.0, 4.9, 5.1, 6.0):  # noqa: B007
        lines.show(LOOKED)
    lines.show(DONE)
    assert stream.getvalue().splitlines() == ["hello", looked_line(LOOKED), epoch_line(DONE)]


def shown(progress: Progress, *events: Event) -> None:
    for event in events:
        progress.show(event)


def test_json_lines_are_the_events():
    stream = io.StringIO()
    shown(JsonLines(stream), Told("é"), LOOKED, DONE)
    told, step, epoch = map(json.loads, stream.getvalue().splitlines())
    assert told == {"event": "told", "text": "é"}
    assert (step["event"], step["step"], step["loss"]) == ("step", 412, 0.21134)
    assert list(epoch) == [
        "event", "epoch", "lr", "train_loss", "train_accuracy", "test_loss", "test_accuracy",
        "seconds", "images_per_second",
    ]  # fmt: skip


def test_a_display_leaves_the_epochs_and_takes_its_bar_away():
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100, color_system=None)
    display = Display(console)
    shown(display, Told("[not markup]"), LOOKED, DONE, LOOKED)
    display.close()
    text = stream.getvalue()
    assert "[not markup]" in text
    assert "epoch 1/2" in text
    assert "412/937 · loss 0.2113" in text
    assert epoch_line(DONE) in text
    assert text.endswith("\x1b[2K")


def test_in_a_narrow_terminal_nothing_is_cut_off_and_the_bar_is_seen():
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=80, color_system=None)
    display = Display(console)
    late = Looked(99, 100, 4120, 15625, 0.21134, 0.93401, 18412.3, 7500)
    shown(display, LOOKED, late)
    display.close()
    text = stream.getvalue()
    for figures in (
        "412/937 · loss 0.2113 · 93.40 % · 8,412/s · 1 min 14 s left",
        "4120/15625 · loss 0.2113 · 93.40 % · 18,412/s · 2 h 5 min left",
    ):
        lines = [line for line in text.split("\r") if figures in line and "epoch" in line]
        assert lines
        assert all("━" in line or "╸" in line for line in lines)


def test_silence(capsys):
    shown(Silent(), Told("x"), LOOKED, DONE)
    assert capsys.readouterr() == ("", "")
