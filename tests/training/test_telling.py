"""What several processes have to tell: here threads, with a store such as torchrun keeps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from torch.distributed import TCPStore

from cnnshape.training import telling
from cnnshape.training.telling import key_of, tell_once

from ..patience import PATIENCE


@pytest.fixture
def launcher(monkeypatch) -> TCPStore:
    """torchrun's store, and what it says of it to its processes."""
    store = TCPStore("localhost", 0, is_master=True, wait_for_workers=False)
    _environment(monkeypatch, store.port)
    return store


def _environment(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    facts = {
        "TORCHELASTIC_USE_AGENT_STORE": "True",
        "MASTER_ADDR": "localhost",
        "MASTER_PORT": str(port),
        "TORCHELASTIC_RESTART_COUNT": "0",
        "GROUP_RANK": "0",
    }
    for name, value in facts.items():
        monkeypatch.setenv(name, value)


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _joined(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_one_tells_and_the_others_wait_until_it_has(launcher):
    log: list[str] = []
    telling, told = threading.Event(), threading.Event()

    def tell() -> None:
        telling.set()
        assert told.wait(PATIENCE)
        log.append("told")

    def come() -> None:
        tell_once("a fault", tell)
        log.append("gone on")

    first = _started(come)
    assert telling.wait(PATIENCE)
    others = [_started(come) for _ in range(3)]
    while launcher.add(key_of("a fault"), 0) < 4:
        time.sleep(0.01)
    assert log == []
    told.set()
    _joined(first, *others)
    assert log == ["told", *["gone on"] * 4]


@pytest.mark.usefixtures("launcher")
def test_another_text_another_machine_and_another_start_are_told_too(monkeypatch):
    said: list[str] = []
    for text in ("a fault", "another", "a fault"):
        tell_once(text, lambda: said.append("here"))
    monkeypatch.setenv("GROUP_RANK", "1")
    tell_once("a fault", lambda: said.append("on another machine"))
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    tell_once("a fault", lambda: said.append("after a restart"))
    assert said == ["here", "here", "on another machine", "after a restart"]


@pytest.mark.usefixtures("launcher")
def test_where_it_cannot_be_told_the_others_do_not_wait_for_ever():
    def broken() -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        tell_once("a fault", broken)
    _joined(_started(lambda: tell_once("a fault", broken)))


def test_without_torchrun_each_tells(monkeypatch):
    monkeypatch.delenv("TORCHELASTIC_USE_AGENT_STORE", raising=False)
    said: list[str] = []
    for _ in range(2):
        tell_once("a fault", lambda: said.append("told"))
    assert said == ["told"] * 2


@pytest.mark.slow
def test_where_the_launcher_is_gone_each_tells(monkeypatch, launcher):
    monkeypatch.setattr(telling, "CONNECT_TIMEOUT", timedelta(milliseconds=100))
    monkeypatch.setattr(telling, "TELL_TIMEOUT", timedelta(milliseconds=100))
    said: list[str] = []
    _environment(monkeypatch, 1)
    tell_once("a fault", lambda: said.append("there is no store"))
    _environment(monkeypatch, launcher.port)
    launcher.add(key_of("a fault"), 1)
    tell_once("a fault", lambda: said.append("the one that came first does not tell"))
    assert said == ["there is no store", "the one that came first does not tell"]
