"""Fetching a file once, from the first mirror that gives it, checked by its digest."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from .dataset import Report
    from .stored import Publication

CONNECT_SECONDS, SILENCE_SECONDS = 10, 30
"""How long a mirror may take to answer, and to send the next bytes."""


class DownloadError(Exception):
    """No mirror gave the file. The text says what each did."""


def fetch(publication: Publication, name: str, report: Report) -> None:
    """Put a file into the cache, whole or not at all.

    Raises:
        DownloadError: no mirror gave it, or it cannot be written.
    """
    import pooch  # type: ignore[import-untyped]
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel("ERROR")
    failures = []
    for mirror in publication.mirrors:
        address = urlsplit(mirror)
        host = f"{address.scheme}://{address.netloc}"
        report(f"fetching {name} of {publication.name} from {host}")
        try:
            with _progress(name) as bar:
                pooch.retrieve(
                    mirror + name,
                    known_hash=f"sha256:{publication.sha256[name]}",
                    fname=name,
                    path=publication.cache,
                    downloader=pooch.HTTPDownloader(
                        progressbar=bar or False, timeout=(CONNECT_SECONDS, SILENCE_SECONDS)
                    ),
                )
            return
        except RequestException as fault:
            failures.append(f"{host} {_reason(fault)}")
        except ValueError:
            failures.append(f"{host} sent something else (its SHA-256 is wrong)")
        except OSError as fault:
            raise DownloadError(
                f"{publication.cache} cannot be written into ({fault.strerror or fault})"
            ) from None
    raise DownloadError("; ".join(failures))


def _reason(fault: Exception) -> str:
    """What a mirror did, in a few words: requests' own texts name addresses of objects."""
    from requests.exceptions import ConnectionError, HTTPError, SSLError, Timeout

    if isinstance(fault, HTTPError) and fault.response is not None:
        return f"answers {fault.response.status_code} {fault.response.reason}"
    if isinstance(fault, Timeout):
        return "does not answer in time"
    if isinstance(fault, SSLError):
        return "has no certificate that is trusted here"
    if isinstance(fault, ConnectionError):
        return "cannot be reached"
    return f"broke off ({type(fault).__name__})"


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    """A bar on stderr of the kind that pooch drives, where stderr is a terminal; else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as display:
        yield _Bar(display, display.add_task(name, total=None))


class _Bar:
    """What pooch wants of a progress bar, drawn by rich."""

    def __init__(self, display: Any, task: Any) -> None:
        self._display, self._task = display, task

    @property
    def total(self) -> Any:
        """Bytes that are to come; 0: not known."""
        return self._display.tasks[self._task].total

    @total.setter
    def total(self, count: int) -> None:
        self._display.update(self._task, total=count or None)

    def update(self, count: int) -> None:
        """So many more bytes have come."""
        self._display.advance(self._task, count)

    def reset(self) -> None:
        """Nothing has come; pooch then tells the whole at once."""
        self._display.update(self._task, completed=0)

    def close(self) -> None:
        """Everything has come."""
