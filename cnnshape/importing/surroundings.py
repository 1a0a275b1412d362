"""What the code of others may change while it runs, and must find as it needs it. Needs torch."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from .preparing import BEFORE_JIT, NotRecordable
from .unscripting import unscripted_functions


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave random numbers and PyTorch's settings as they were, and let nothing be compiled.

    Within, no gradients are kept, tensors are made on the cpu, and PyTorch logs nothing of
    what goes wrong: that is told by who catches it.
    """
    with ExitStack() as stack:
        stack.enter_context(unscripted_functions(_loaded))
        for keep in (_random_numbers, _default_type, _quiet, uncompiled):
            stack.enter_context(keep())
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.no_grad())
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


def _loaded(name: str) -> NotRecordable:
    return NotRecordable(f"its function {name} is compiled by torch.jit: {BEFORE_JIT}")


@contextmanager
def uncompiled() -> Iterator[None]:
    """Let what torch.compile has compiled run as it was written: what is compiled cannot be
    followed, and PyTorch crashes where it is run on tensors without values."""
    stance = getattr(torch.compiler, "set_stance", None)  # since torch 2.6
    if stance is not None:
        with stance("force_eager"):
            yield
        return
    from torch._dynamo import eval_frame

    names: Any = vars(eval_frame)
    set_frame = names["set_eval_frame"]
    names["set_eval_frame"] = lambda callback: None
    try:
        yield
    finally:
        names["set_eval_frame"] = set_frame


@contextmanager
def _random_numbers() -> Iterator[None]:
    cuda: Any = torch.cuda
    devices = list(range(cuda.device_count())) if cuda.is_initialized() else []
    own = random.getstate()
    numpy: Any = sys.modules.get("numpy")
    state = None if numpy is None else numpy.random.get_state()
    try:
        with torch.random.fork_rng(devices):
            yield
    finally:
        random.setstate(own)
        if state is not None:
            numpy.random.set_state(state)


@contextmanager
def _default_type() -> Iterator[None]:
    dtype = torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what PyTorch logs of each fault on tensors that have no values."""
    loggers = [logging.getLogger(name) for name in ("torch._subclasses", "torch._guards")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
