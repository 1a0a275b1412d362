"""Functions with weights."""

from __future__ import annotations

from ..graph import NotSaid
from .call import Answer, Call, Layer, Rule, Rules, own_weight, own_weights

rules = Rules()


def _convolution(rank: int, transposed: bool) -> Rule:
    def rule(call: Call) -> Answer:
        weights = own_weights(call, weight=1, bias=2)
        shape = own_weight(call, 1, "weight").shape
        names = ["stride", "padding"]
        names += ["output_padding", "groups", "dilation"] if transposed else ["dilation", "groups"]
        given = {
            name: value
            for place, name in enumerate(names, 3)
            if (value := call.get(place, name)) is not None
        }
        groups = given.get("groups", 1)
        given |= {
            "out_channels": shape[1] * groups if transposed else shape[0],
            "kernel_size": list(shape[2:]),
            "bias": "bias" in weights,
        }
        kind = "ConvTranspose" if transposed else "Conv"
        return Layer(f"{kind}{rank}d", given, (call.x,), weights)

    return rule


for _rank in (1, 2, 3):
    rules[f"conv{_rank}d"] = _convolution(_rank, False)
    rules[f"convtranspose{_rank}d"] = _convolution(_rank, True)


@rules.of("linear")
def _linear(call: Call) -> Answer:
    weights = own_weights(call, weight=1, bias=2)
    out, features = own_weight(call, 1, "weight").shape
    given = {"out_features": out, "in_features": features, "bias": "bias" in weights}
    return Layer("Linear", given, (call.x,), weights)


@rules.of("batchnorm")
def _batch_norm(call: Call) -> Answer:
    weights = own_weights(call, running_mean=1, running_var=2, weight=3, bias=4)
    if call.get(5, "training", False):
        raise NotSaid("with the statistics of the batch")
    given = {
        "momentum": call.get(6, "momentum", 0.1),
        "eps": call.get(7, "eps", 1e-5),
        "affine": "weight" in weights,
    }
    rank = max(1, len(call.x.shape) - 2)
    return Layer(f"BatchNorm{rank}d", given, (call.x,), weights)


@rules.of("layernorm")
def _layer_norm(call: Call) -> Answer:
    weights = own_weights(call, weight=2, bias=3)
    given = {
        "normalized_shape": list(call.get(1, "normalized_shape")),
        "eps": call.get(4, "eps", 1e-5),
        "elementwise_affine": "weight" in weights,
    }
    if weights and "bias" not in weights:
        given["bias"] = False
    return Layer("LayerNorm", given, (call.x,), weights)


@rules.of("groupnorm")
def _group_norm(call: Call) -> Answer:
    weights = own_weights(call, weight=2, bias=3)
    given = {
        "num_groups": call.get(1, "num_groups"),
        "eps": call.get(4, "eps", 1e-5),
        "affine": "weight" in weights,
    }
    return Layer("GroupNorm", given, (call.x,), weights)
