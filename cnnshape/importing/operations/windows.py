"""Functions that run windows over a map, or change its size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import NotSaid
from .call import SAME, Answer, Call, Chain, Layer, Rule, Rules
from .values import Indices, Value

rules = Rules()


def _pool(kind: str, names: tuple[str, ...]) -> Callable[[int], Rule]:
    def for_rank(rank: int) -> Rule:
        def rule(call: Call) -> Answer:
            given = {
                name: value
                for place, name in enumerate(names, 1)
                if name and (value := call.get(place, name)) not in (None, [], ())
            }
            layer = Layer(f"{kind}{rank}d", given, (call.x,))
            return [layer] if call.several else layer

        return rule

    return for_rank


def unpooled(values: Any, indices: Any) -> tuple[Value, Value]:
    """What MaxUnpool reads: what is put back, and the map that was pooled; raises NotSaid."""
    if not isinstance(indices, Indices):
        raise NotSaid("with indices that are not those of a max pool")
    return values, indices.pooled


def _max_unpool(rank: int) -> Rule:
    def rule(call: Call) -> Answer:
        names = ("kernel_size", "stride", "padding")
        given = {
            name: value
            for place, name in enumerate(names, 2)
            if (value := call.get(place, name)) is not None
        }
        return Layer(f"MaxUnpool{rank}d", given, unpooled(call.x, call.get(1, "indices")))

    return rule


_MAX = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
_AVG = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
for _rank in (1, 2, 3):
    for _written in (f"maxpool{_rank}d", f"maxpool{_rank}dwithindices"):
        rules[_written] = _pool("MaxPool", _MAX)(_rank)
    rules[f"maxunpool{_rank}d"] = _max_unpool(_rank)
    rules[f"avgpool{_rank}d"] = _pool("AvgPool", _AVG)(_rank)
    rules[f"lppool{_rank}d"] = _pool("LPPool", ("norm_type", "kernel_size", "stride", "ceil_mode"))(
        _rank
    )
    rules[f"adaptiveavgpool{_rank}d"] = _pool("AdaptiveAvgPool", ("output_size",))(_rank)
    rules[f"adaptivemaxpool{_rank}d"] = _pool("AdaptiveMaxPool", ("output_size",))(_rank)


@rules.of("interpolate", "upsample")
def _interpolate(call: Call) -> Answer:
    names = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
    given = {
        name: value
        for place, name in enumerate(names, 1)
        if (value := call.get(place, name)) is not None
    }
    if call.get(6, "antialias", False):
        raise NotSaid("with antialias")
    if given.get("align_corners") is False:
        del given["align_corners"]
    if not given.get("recompute_scale_factor", True):
        del given["recompute_scale_factor"]
    return Layer("Upsample", given, (call.x,))


PADS = {
    "constant": "ConstantPad", "reflect": "ReflectionPad", "replicate": "ReplicationPad",
    "circular": "CircularPad",
}  # fmt: skip


@rules.of("pad")
def _pad(call: Call) -> Answer:
    padding, mode = list(call.get(1, "pad")), call.get(2, "mode", "constant")
    value = call.get(3, "value") or 0
    if not any(padding):
        return SAME
    while not any(padding[-2:]):
        del padding[-2:]
    rank = len(padding) // 2
    padding += [0] * (2 * max(0, len(call.x.shape) - 2 - rank))
    rank = len(padding) // 2
    behind = next(place for place in range(rank) if any(padding[2 * place : 2 * place + 2]))
    if rank > 3 and mode == "constant" and rank - behind == 1:
        return _padded_before(call.x, padding[2 * behind :], value)
    if not 1 <= rank <= 3 or rank > len(call.x.shape) - 1:
        raise NotSaid("of so many dimensions")
    if mode == "constant" and not value:
        return Layer(f"ZeroPad{rank}d", {"padding": padding}, (call.x,))
    given = {"padding": padding} | ({"value": value} if mode == "constant" else {})
    return Layer(f"{PADS[mode]}{rank}d", given, (call.x,))


def _padded_before(x: Value, padding: list[int], value: float) -> Chain:
    """The channels padded, of a map of more dimensions than a padding has."""
    channels, *sizes = x.shape[1:]
    given = {"padding": [0, 0, *padding]}
    chain = Chain((x,)).then("Flatten", start_dim=2)
    if value:
        chain.then("ConstantPad2d", **given, value=value)
    else:
        chain.then("ZeroPad2d", **given)
    return chain.then("Reshape", shape=[channels + sum(padding), *sizes])
