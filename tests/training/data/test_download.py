"""Fetching a published set once, from a server of the test's own."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cnnshape.training.data import Data, DataError, load_data
from cnnshape.training.data import mnist as mnist_module
from cnnshape.training.data.mnist import FILES, SETS

LENET = (1, 32, 32)


class Mirror:
    """A server of files, and what was asked of it."""

    def __init__(self, files: dict[str, bytes], withheld: int = 0) -> None:
        self.files = files
        self.withheld = withheld
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.asked.append(self.path.removeprefix("/"))
                content = mirror.files.get(mirror.asked[-1])
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"") + mirror.withheld))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def mirror(idx_folder: Path) -> Iterator[Mirror]:
    served = Mirror({name: (idx_folder / name).read_bytes() for name in FILES})
    yield served
    served.close()


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address where nobody listens, and that nobody else can take."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNSHAPE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "data" / "mnist"


def publish(monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], *mirrors: str) -> None:
    """Let mnist be these files at these addresses."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    publication = replace(SETS["mnist"].publication, mirrors=mirrors, sha256=digests)
    changed = replace(SETS["mnist"], publication=publication)
    monkeypatch.setattr(mnist_module, "SETS", {"mnist": changed})


def load(lines: list[str] | None = None, *, download: bool = True) -> Data:
    report = [].append if lines is None else lines.append
    return load_data("mnist", input_shape=LENET, download=download, report=report)


@pytest.mark.slow
def test_files_are_fetched_once(
    mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    publish(monkeypatch, mirror.files, mirror.address)
    lines: list[str] = []
    assert len(load(lines).train) == 30
    assert sorted(path.name for path in cache.iterdir()) == sorted(FILES)
    host = mirror.address.rstrip("/")
    assert lines == [f"fetching {name} of mnist from {host}" for name in FILES]
    assert len(load().train) == 30
    assert mirror.asked == list(FILES)
    assert capfd.readouterr() == ("", "")


def test_the_next_mirror_is_asked(
    mirror: Mirror, nowhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Mirror({})
    wrong = Mirror(dict.fromkeys(FILES, b"<!DOCTYPE html>"))
    try:
        addresses = (nowhere, empty.address, wrong.address, mirror.address)
        publish(monkeypatch, mirror.files, *addresses)
        assert len(load().test) == 20
        assert mirror.asked == wrong.asked == empty.asked == list(FILES)
    finally:
        empty.close()
        wrong.close()


def test_without_a_network_one_line_tells_what_helps(
    mirror: Mirror, nowhere: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Mirror({FILES[0]: b"else"})
    try:
        publish(monkeypatch, mirror.files, nowhere, empty.address)
        with pytest.raises(DataError) as fault:
            load()
        hosts = [address.rstrip("/") for address in (nowhere, empty.address)]
        assert str(fault.value) == (
            f"mnist needs {FILES[0]}: not in {cache}, and {hosts[0]} cannot be reached; {hosts[1]} "
            "sent something else (its SHA-256 is wrong); name a folder that holds the files by "
            "--data-dir, another cache by CNNSHAPE_CACHE_DIR, or train on --dataset digits, which "
            "needs no network"
        )
        assert [*cache.iterdir()] == []
        empty.files = {}
        with pytest.raises(DataError, match="answers 404 Not Found"):
            load()
    finally:
        empty.close()


def test_a_transfer_that_breaks_off_leaves_nothing(
    mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, mirror.files, mirror.address)
    mirror.withheld = 10
    with pytest.raises(DataError, match="broke off"):
        load()
    assert [*cache.iterdir()] == []


def test_a_damaged_file_in_the_cache_is_fetched_again(
    mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, mirror.files, mirror.address)
    load()
    mirror.asked.clear()
    (cache / FILES[2]).write_bytes(mirror.files[FILES[2]][:-5])
    assert len(load().test) == 20
    assert mirror.asked == [FILES[2]]


def test_it_may_be_forbidden(mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, mirror.files, mirror.address)
    with pytest.raises(DataError) as fault:
        load(download=False)
    assert str(fault.value).startswith(f"mnist needs {', '.join(FILES)}: not in {cache}; let it")
    assert mirror.asked == []
    assert not cache.exists()


def test_a_cache_that_cannot_be_written_into_is_told(
    mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, mirror.files, mirror.address)
    cache.parent.parent.mkdir()
    cache.parent.write_text("a file where a folder is wanted")
    with pytest.raises(DataError, match=r"cannot be written into \("):
        load()


def test_a_terminal_sees_a_bar(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    publish(monkeypatch, mirror.files, mirror.address)
    load()
    kilobytes = len(mirror.files[FILES[0]]) / 1000
    assert f"{kilobytes:.1f}/{kilobytes:.1f} kB" in terminal.getvalue()
    assert FILES[3] in terminal.getvalue()
