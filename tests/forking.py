"""Python programs in processes of their own, forked from one that has imported torch.

To import torch takes seconds of the processor, more than most of what a test then asks of the
process. So one process imports it, nothing else, and is forked for each program: what a program
imports of cnnshape, it imports itself. How torch comes to be imported is seen by none of these:
that needs a real start of Python. Where there is no safe fork, each is one.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from .patience import PATIENCE

_files: list[str] = []
"""Of a forked process: where its stdout and stderr go."""
_FORKS = sys.platform == "linux"


class Program:
    """A Python program that runs; of `subprocess.Popen`, what tests use.

    Args:
        command: what would follow `python`: `-m MODULE`, `-c CODE` or a file, then arguments.
        merged: stderr goes where stdout goes.
        inherits: both go where those of this process go, which must have been forked so itself.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        merged: bool = False,
        inherits: bool = False,
    ) -> None:
        context: Any = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["torch"])
        self.args = command
        self._folder = TemporaryDirectory()
        self._files = [str(Path(self._folder.name, name)) for name in ("out", "err")]
        if merged:
            self._files[1] = self._files[0]
        if inherits:
            self._files = _files
        for file in self._files:
            Path(file).touch()
        stdin, self._stdin = context.Pipe(duplex=False)
        options = (str(cwd or Path.cwd()), dict(env), stdin, self._files)
        self._process = context.Process(target=_run, args=(command, *options), daemon=True)
        self._process.start()
        stdin.close()
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, or minus the signal that ended it; None while it runs."""
        code: int | None = self._process.exitcode
        return code

    poll = returncode.fget

    def send_signal(self, number: int) -> None:
        """Send a signal, if it runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Close its stdin, and wait for its end: stdout and stderr."""
        self._stdin.close()
        self.wait(timeout)
        out, err = (Path(file).read_text(encoding="utf-8") for file in self._files)
        self._folder.cleanup()
        return out, "" if self._files[0] == self._files[1] else err

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end: the exit code."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode


def start(command: tuple[str, ...], env: Mapping[str, str]) -> Program | subprocess.Popen[str]:
    """A program that runs, in a session of its own, with pipes or files for its streams."""
    if _FORKS:
        return Program(command, env)
    return subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=env,
        start_new_session=True,
    )


def run(
    *command: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    merged: bool = False,
) -> subprocess.CompletedProcess[str]:
    """What came of a program, which is killed where it takes too long."""
    env = env or os.environ
    if not _FORKS:
        return subprocess.run(
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merged else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            cwd=cwd,
            env=env,
            check=False,
        )
    program = Program(command, env, cwd=cwd, merged=merged)
    try:
        out, err = program.communicate(PATIENCE)
    except BaseException:
        program.kill()
        raise
    assert program.returncode is not None
    return subprocess.CompletedProcess(command, program.returncode, out, err)


def python(command: list[str]) -> None:
    """Run what `python` would run."""
    first, *rest = command
    if first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102
    else:
        sys.argv = command
        sys.path.insert(0, str(Path(first).absolute().parent))
        runpy.run_path(first, run_name="__main__")


def _run(
    command: tuple[str, ...],
    cwd: str,
    env: dict[str, str],
    stdin: Any,
    files: list[str],
) -> None:
    """In the forked process: be as one that was started with this environment and directory."""
    _files.extend(files)
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    os.dup2(stdin.fileno(), 0)
    stdin.close()
    for number, file in enumerate(files, 1):
        handle = os.open(file, os.O_WRONLY | os.O_APPEND)
        os.dup2(handle, number)
        os.close(handle)
    encoding = env.get("PYTHONIOENCODING", "utf-8")
    sys.stdin = _stream(0, "r", encoding)
    sys.stdout = sys.__stdout__ = _stream(1, "w", encoding)
    sys.stderr = sys.__stderr__ = _stream(2, "w", encoding)
    root = str(Path(__file__).parents[1])
    sys.path = [root, *(path for path in sys.path if not path.startswith(f"{root}{os.sep}tests"))]
    # A process of multiprocessing's that is a daemon may have none of its own.
    multiprocessing.process.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(int(env.get("OMP_NUM_THREADS", "1")))
    try:
        python(list(command))
    finally:
        # A process of multiprocessing's does not call these.
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()


def _stream(number: int, mode: str, encoding: str) -> IO[str]:
    errors = "backslashreplace" if number == 2 else "strict"
    return open(number, mode, encoding=encoding, errors=errors, closefd=False)
