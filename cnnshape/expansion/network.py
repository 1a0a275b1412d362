"""The whole: parameters and input, the layers, the outputs, and the Network of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from ..errors import Diagnostic, Mark, SpecError, did_you_mean
from ..layers.base import Layer
from ..layers.fields import shown
from ..layers.shapes import Shape, completed, format_shape
from ..network import INPUT, Network, Node
from ..spec import limits
from ..spec.bounds import Budget, ExpressionError, bounded
from ..spec.recipe import Spec, Written
from .blocks import with_incoming
from .entries import Expander
from .faults import Faults, Faulty, Stop, evaluated, name_help
from .inplace import keep_values_whole
from .scope import Place, Record, Scope, Value

_FIRST = "sizes are written channels first, as C×H×W"


def expand(
    spec: Spec,
    types: Mapping[str, type[Layer]],
    *,
    input_shape: Shape | None = None,
    params: Mapping[str, Any] | None = None,
    variant: str | None = None,
    budget: Budget | None = None,
) -> Network:
    """The network of a spec.

    Args:
        spec: the recipe.
        types: the layer types by name.
        input_shape: in the place of the spec's own input, whose channels count where it has none.
        params: values in the place of the spec's (and the variant's) own.
        variant: one of the spec's variants.
        budget: the work that it may make; by default what the limits allow.

    Raises:
        SpecError: with every independent fault, and the network up to the first as `partial`.
    """
    faults = Faults(spec, budget)
    try:
        env = _params(spec, faults, params or {}, variant)
        shape = _input_shape(spec, faults, env, input_shape)
    except Stop:
        raise SpecError(faults.in_order()) from None
    incoming = Value(-1, shape)
    scope = Scope(with_incoming(env, shape), {INPUT: incoming}, spec.layers)
    expander = Expander(spec, types, faults)
    expander.templates.env = env
    outputs: tuple[int, ...] = ()
    warnings: list[Diagnostic] = []
    try:
        place = Place(scope, "", scope.env)
        value = expander.sequence(spec.layers, place, incoming)
        if not scope.records and not faults.found:
            why = "each is left out by its when:" if spec.layers else "the list is empty"
            faults.at(scope, f"the network has no layers; {why}", spec.mark)
        outputs, warnings = _outputs(spec, expander, place, value)
        if shape is not None and (doubt := shape_doubt(shape)):
            mark = spec.input.mark if spec.input is not None and not input_shape else None
            warning = spec.source.diagnostic(doubt, mark, help=_FIRST, severity="warning")
            warnings.insert(0, warning)
    except Stop:
        pass
    except RecursionError:
        faults.at(scope, "the spec nests too deep", spec.mark)
    records = scope.records if not faults.found else scope.records[: scope.cut]
    if not faults.found:
        records, reasons = keep_values_whole(records, outputs)
        warnings += _inplace_warnings(spec, records, reasons)
    network = None
    if shape is not None and records:
        paths = [record.path for record in records]
        paths.append(INPUT)  # so that the reference −1 finds it
        network = Network(
            name=variant or spec.name or _file_stem(spec.source.name),
            input_shape=shape,
            layers=tuple(_nodes(records, paths)),
            outputs=tuple([paths[ref] for ref in outputs if not faults.found]) or (paths[-2],),
            groups={group.path: group for group in scope.groups},
            reference=spec.reference,
            description=spec.description,
            params={name: env[name] for name in spec.params if name in env},
            train=spec.train,
            warnings=tuple(warnings),
            source=spec.source.name,
            fault=scope.broken_at if faults.found and scope.cut is not None else None,
        )
    if faults.found:
        raise SpecError(faults.in_order(), network, shape)
    assert network is not None
    assert scope.cut is None, "a layer was left out as faulty, and no fault was told"
    return network


def _nodes(records: list[Record], paths: list[str]) -> list[Node]:
    return [
        Node(
            path,
            op,
            (paths[refs[0]],) if len(refs) == 1 else tuple([paths[ref] for ref in refs]),
            mark,
            None if shares is None else paths[shares],
        )
        for path, op, refs, mark, shares in records
    ]


def _params(
    spec: Spec, faults: Faults, given: Mapping[str, Any], variant: str | None
) -> dict[str, Any]:
    """The spec's parameters: what is given, else the variant's value, else the default."""
    chosen: Mapping[str, Written] = {}
    if variant is not None:
        _check_known(spec, variant, spec.variants, "there is no variant", "its variants")
        chosen = spec.variants[variant]
    for name in given:
        _check_known(spec, name, spec.params, "the spec has no parameter", "its params")
    env: dict[str, Any] = {}
    for name, default in spec.params.items():
        if name in given:
            env[name] = _given(spec, name, given[name])
            continue
        written = chosen.get(name, default)
        try:
            env[name] = evaluated(written.value, env, faults.budget)
        except ExpressionError as error:
            help, about = name_help(error, env)
            faults.report(str(error), written.mark, help, about=about)
    return env


def _check_known(
    spec: Spec, name: str, known: Mapping[str, Any], message: str, listed: str
) -> None:
    if name not in known:
        near = did_you_mean(name, list(known))
        help = f"did you mean {near}?" if near else f"{listed}: {', '.join(known) or 'none'}"
        raise SpecError([spec.source.diagnostic(f"{message} {name!r}", help=help)])


def _input_shape(
    spec: Spec, faults: Faults, env: dict[str, Any], given: Shape | None
) -> Shape | None:
    """The shape that is given, completed by the spec's own, or else that; None: not known."""
    written = spec.input
    if written is None:
        return given
    try:
        shape: Shape = evaluated(written.value, env, faults.budget)
    except ExpressionError as error:
        if given:
            return given
        help, about = name_help(error, env)
        faults.report(str(error), written.mark, help, about=about)
        return None
    problem = shape_problem(shape)
    if given:
        return given if problem else completed(given, shape)
    if problem:
        faults.report(problem, written.mark, "write the shape of one sample: [1, 32, 32]")
        return None
    return shape


def _outputs(
    spec: Spec, expander: Expander, place: Place, value: Value
) -> tuple[tuple[int, ...], list[Diagnostic]]:
    """The outputs' references; a warning for each unread layer that nobody named."""
    records = place.scope.records
    read = {ref for record in records for ref in record.refs}
    last = [] if value.shape is None else [value.ref]
    unread = [ref for ref in range(len(records)) if ref not in read and ref not in last]
    if spec.outputs is None:
        outputs = sorted({*unread, *last})
        message = "no layer reads {}, so it is an output of the network"
        help = (
            "where that is meant, list it under outputs:; "
            "else name it in a later layer's from:, or remove it"
        )
    else:
        outputs = []
        for written in spec.outputs:
            try:
                found = expander.names.lookup(place, written)
            except Faulty:
                continue
            if found.shape is not None and found.ref not in outputs:
                outputs.append(found.ref)
        unread = [
            ref for ref in (*unread, *last) if ref >= 0 and ref not in read and ref not in outputs
        ]
        message = "no layer reads {}, and outputs: does not name it: it is computed for nothing"
        help = ""
    warnings = [
        spec.source.diagnostic(
            message.format(records[ref].path), records[ref].mark, help=help, severity="warning"
        )
        for ref in unread[: limits.FAULTS]
    ]
    return tuple(outputs), warnings


def _inplace_warnings(
    spec: Spec, records: list[Record], reasons: Mapping[int, str]
) -> list[Diagnostic]:
    """What is said of layers that are not in place though the spec says so; once a line."""
    first: dict[Mark, int] = {}
    for place in reasons:
        first.setdefault(records[place].mark, place)
    return [
        spec.source.diagnostic(
            f"{records[place].path} is not computed in place: {reasons[place]}",
            mark,
            help="leave out inplace: true; the values are the same",
            severity="warning",
        )
        for mark, place in [*first.items()][: limits.FAULTS]
    ]


def shape_doubt(shape: Shape) -> str:
    """What is odd in a network's input, or '': sizes that look like H×W×C or C behind H and W."""
    if len(shape) > 2 and shape[-1] in (1, 3, 4) and min(shape[:-1]) > 4:
        first = format_shape((shape[-1], *shape[:-1]))
        return (
            f"the input {format_shape(shape)} is {shape[0]} channels of "
            f"{format_shape(shape[1:])}; with the channels first it would be {first}"
        )
    return ""


def shape_problem(shape: Any) -> str:
    """Why `shape` cannot be a network's input, or ''."""
    if not isinstance(shape, tuple) or not shape:
        return "input must be a list of sizes: channels first, without the batch"
    if len(shape) > 4:
        return f"input has {len(shape)} dimensions; (C, D, H, W) are the most that layers read"
    for size in shape:
        if type(size) is not int or size < 1:
            return f"a size of the input must be a whole number of at least 1, not {shown(size)}"
    if prod(shape) > limits.ELEMENTS:
        return f"the input {format_shape(shape)} is too large"
    return ""


def _given(spec: Spec, name: str, value: Any) -> Any:
    """A parameter's value from outside the spec, under the rules of those inside."""
    plain = _as_tuples(value)
    try:
        if not _is_plain(plain):
            raise ExpressionError("it must be a number, a text, true, false, null, or a list")
        return bounded(plain, Budget())
    except ExpressionError as error:
        fault = spec.source.diagnostic(f"the value given for {name} does not fit: {error}")
        raise SpecError([fault]) from None


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, (list, tuple)) else value


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or type(value) in (bool, int, float, str)


def _file_stem(source: str) -> str:
    name = source.replace("\\", "/").rpartition("/")[2]
    return name.rpartition(".")[0] or name or "network"
