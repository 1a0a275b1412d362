"""From a file or a text to a network."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Diagnostic, SpecError
from .expansion import expand, shape_problem
from .layers import Shape, registry
from .network import Network
from .spec import Source, Spec, decode, read_spec
from .spec.bounds import Budget


def loads(text: str, name: str = "<text>") -> Network:
    """The network of a spec's text, as the spec has it; `name` is how errors call it."""
    with collector_paused():
        return build_network(read_text(text, name))


def read_text(text: str, name: str) -> Spec:
    """The recipe of a spec's text; see `read_file`."""
    return _read(Source(text, name))


def read_file(path: str | os.PathLike[str], name: str) -> Spec:
    """The recipe of a spec file; `name` is how errors call it."""
    from .spec import limits

    with Path(path).open("rb") as file:
        # One byte beyond the limit is enough to refuse what may be endless.
        data = file.read(limits.FILE_BYTES + 1)
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> Spec:
    """The recipe of what a spec file holds; see `read_file`."""
    with collector_paused():
        return _read(decode(data, name))


def build_network(
    spec: Spec,
    *,
    input: Sequence[int] | None = None,
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
) -> Network:
    """The network of a recipe.

    Args:
        spec: the recipe.
        input: the shape of one sample, in the place of the spec's own, without the batch. Where
            the spec's is a map, its sizes without the channels, or one for all, keep those.
        params: values in the place of the spec's own parameters.
        variant: one of the file's variants.

    Raises:
        SpecError: the spec is faulty.
        ValueError: `input` is no shape.
    """
    shape = None if input is None else tuple(input)
    if shape is not None:
        problem = shape_problem(shape)
        if problem:
            raise ValueError(problem)
    with collector_paused():
        try:
            return expand(spec, registry(), input_shape=shape, params=params, variant=variant)
        except SpecError as error:
            from .suggesting import suggested

            def attempt(text: str, budget: Budget, given: Shape) -> Sequence[Diagnostic]:
                try:
                    again = read_spec(Source(text, spec.source.name), registry())
                    expand(
                        again,
                        registry(),
                        input_shape=given or None,
                        params=params,
                        variant=variant,
                        budget=budget,
                    )
                except SpecError as still:
                    return still.diagnostics
                return ()

            raise suggested(error, spec.source, attempt, shape or ()) from None


def _read(source: Source) -> Spec:
    try:
        return read_spec(source, registry())
    except SpecError as error:
        from .suggesting import suggested

        def attempt(text: str, budget: Budget, given: Shape) -> Sequence[Diagnostic]:
            try:
                return read_spec(Source(text, source.name), registry()).faults
            except SpecError as still:
                return still.diagnostics

        raise suggested(error, source, attempt) from None


@contextmanager
def collector_paused() -> Iterator[None]:
    """No cyclic garbage collection for a while.

    A large spec makes a million small objects and no cycle among them; looking for cycles
    again and again, over all that torch holds too, would double the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
