"""Signals that are noted, and those that are not."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from cnnshape.training import interruption as module
from cnnshape.training.distributed import Group, told_before_the_end
from cnnshape.training.interruption import Interruption, interrupts_noted

BOTH = (signal.SIGINT, signal.SIGTERM)


def _handlers() -> list[object]:
    return [signal.getsignal(number) for number in BOTH]


@pytest.mark.parametrize("number", BOTH)
def test_a_signal_is_noted_and_the_first_one_counts(number):
    before = _handlers()
    with interrupts_noted() as interruption:
        assert not interruption.asked
        os.kill(os.getpid(), number)
        assert (interruption.asked, interruption.signal) == (True, number)
        os.kill(os.getpid(), signal.SIGTERM)
        assert interruption.signal == number
    assert _handlers() == before


def test_a_second_ctrl_c_ends_the_process_unless_it_is_the_same_press(monkeypatch):
    with interrupts_noted():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        monkeypatch.setattr(module, "SAME_PRESS_SECONDS", -1.0)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_torchrun_may_send_ctrl_c_on_at_any_time(monkeypatch):
    monkeypatch.setattr(module, "SAME_PRESS_SECONDS", -1.0)
    with told_before_the_end(Group(1, 2)), interrupts_noted() as interruption:
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
        assert interruption.signal == signal.SIGINT


def test_within_another_the_signals_are_that_ones():
    before = _handlers()
    with interrupts_noted(signal.SIGTERM) as outer:
        assert signal.getsignal(signal.SIGINT) == before[0]
        with interrupts_noted() as inner, interrupts_noted() as innermost:
            assert inner is outer is innermost
            os.kill(os.getpid(), signal.SIGINT)
        assert outer.signal == signal.SIGINT
        assert _handlers() == [before[0], outer.note]
    assert _handlers() == before


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts_noted() as interruption:
            os.kill(os.getpid(), signal.SIGINT)
            assert not interruption.asked
            os.kill(os.getpid(), signal.SIGTERM)
            assert interruption.signal == signal.SIGTERM
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_changes_nothing():
    before, found = _handlers(), []

    def work() -> None:
        with interrupts_noted() as interruption:
            found.append((interruption.asked, _handlers()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(False, before)]


@pytest.mark.parametrize(
    ("group", "noted"), [(Group(), False), (Group(0, 2), True), (Group(1, 2), True)]
)
def test_a_process_is_not_ended_by_the_launcher_before_it_has_told(group, noted):
    before = signal.getsignal(signal.SIGTERM)
    with told_before_the_end(group):
        handler = signal.getsignal(signal.SIGTERM)
        assert isinstance(getattr(handler, "__self__", None), Interruption) == noted
        assert (handler == before) != noted
    assert signal.getsignal(signal.SIGTERM) == before
