"""A real browser, and a page that watches what must never happen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnshape import Network
from cnnshape.diagrams import Look
from cnnshape.diagrams.page import to_page

from ...patience import PATIENCE

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Opener = Callable[..., Any]
"""`opener(network, look, width=, height=, ...)`: a playwright page that shows the network."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Headless Chromium of the system. Without one, the tests are skipped, in CI they fail."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        told = f"no browser found: none of {', '.join(BROWSERS)} is on the PATH"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The sandbox needs rights, and shared memory room, that containers do not give.
        chromium = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


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
