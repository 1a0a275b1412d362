"""Settings of the whole suite."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from copy import copy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The first call of a kind loads parts of torch: no deadline for a single example. Nor is it a
# fault of a test that a busy machine draws its examples slowly.
settings.register_profile("cnnshape", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cnnshape")

# Where the suite runs in a shell's background, Ctrl-C is ignored, and would be in every child.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What a user's environment says of terminals, proxies and launchers changes what commands do.
OF_THE_ENVIRONMENT = (
    "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "COLORTERM",
    "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "TORCHELASTIC_USE_AGENT_STORE",
)  # fmt: skip
for _name in OF_THE_ENVIRONMENT:
    os.environ.pop(_name, None)


LIGHT = find_spec("torch") is None
"""Whether only the light half is installed: what needs no torch is tested without it."""
_MORE = re.compile(
    r"^(?:import|from) (?:torch|numpy|PIL|onnx\w*|safetensors|scipy)\b", re.MULTILINE
)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Where only the light half is installed, a module that imports more is left out."""
    if LIGHT and collection_path.suffix == ".py":
        return bool(_MORE.search(collection_path.read_text(encoding="utf-8"))) or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where only the light half is installed, what is marked as in need of torch is skipped."""
    if LIGHT:
        for item in items:
            if item.get_closest_marker("torch"):
                item.add_marker(pytest.mark.skip(reason="torch is not installed"))


@pytest.fixture(autouse=True)
def _torch_of_its_own() -> None:
    """A test draws the same numbers whatever ran before it, and has one thread: shapes need no
    cores, and many small tensors are slower with threads than without."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    torch.default_generator.manual_seed(0)
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
    exporter = sys.modules.get("torch.onnx._internal.exporter._registration")
    registry = getattr(exporter, "ONNXRegistry", None)
    if hasattr(registry, "from_torchlib") and not hasattr(registry, "made_before"):
        _remember(registry)


def _remember(registry: Any) -> None:
    """Let torch's exporter read what operators there are once, not in every export: a second."""
    make = registry.from_torchlib
    registry.made_before = {}

    def from_torchlib(*arguments: Any, **options: Any) -> Any:
        key = (arguments, *options.items())
        if key not in registry.made_before:
            registry.made_before[key] = make(*arguments, **options)
        made = copy(registry.made_before[key])
        made.functions = {name: list(found) for name, found in made.functions.items()}
        return made

    registry.from_torchlib = staticmethod(from_torchlib)


@pytest.fixture(autouse=True)
def _no_lasting_types() -> Iterator[None]:
    """A layer type that a test defines is gone after it: schema and docs walk over all types."""
    from cnnshape.layers import registry
    from cnnshape.layers.base import register

    before = set(registry())
    yield
    for name in register().keys() - before:
        del register()[name]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Thousands of tests stay to the end: the collector of garbage need not walk over them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites what people see, to be looked at in the diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten rather than compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def golden(request: pytest.FixtureRequest, update_golden: bool) -> Callable[[str, str], None]:
    """Holds a text to a file of the folder golden/ beside the test, or writes it there."""

    def hold(name: str, text: str) -> None:
        file = request.path.parent / "golden" / name
        if update_golden:
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return hold


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium of the system, one for all tests of a process. Without one, they are
    skipped; in CI they fail."""
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
