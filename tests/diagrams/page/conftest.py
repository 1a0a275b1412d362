"""A real browser, and a page that watches what must never happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnshape import Network
from cnnshape.diagrams import Look
from cnnshape.diagrams.page import to_page

from ...patience import PATIENCE

Opener = Callable[..., Any]
"""`opener(network, look, width=, height=, ...)`: a playwright page that shows the network."""


@pytest.fixture
def opener(browser: Any, tmp_path: Path) -> Iterator[Opener]:
    """Open pages; at the end of the test none may have had an error, a dialog or a request."""
    contexts: list[Any] = []
    faults: list[str] = []
    requests: list[str] = []

    def open_page(
        network: Network,
        look: Look | None = None,
        *,
        width: int = 1440,
        height: int = 900,
        **options: Any,
    ) -> Any:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(to_page(network, look or Look()), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
    assert [url for url in requests if not url.endswith(".html")] == []
    assert len(requests) == len(contexts)
