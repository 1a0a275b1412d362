"""A module as a layer type with arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...layers import registry
from ..graph import NotSaid
from ..samples import Samples
from .call import alone
from .values import Value


def module_arguments(type_name: str, module: Any) -> dict[str, Any]:
    """The arguments of a module of a type's name, read from its attributes."""
    arguments: dict[str, Any] = {}
    for name in registry()[type_name].fields:
        if name == "inplace" or not hasattr(module, name):
            continue
        value = getattr(module, name)
        if name in ("bias", "add_bias_kv") and not isinstance(value, bool):
            value = value is not None
        arguments[name] = _as_plain(value)
    if type_name == "PairwiseDistance":
        arguments["p"] = module.norm
    if type_name == "PReLU":
        arguments.pop("init", None)
    if type_name == "MultiheadAttention":
        arguments["add_bias_kv"] = module.bias_k is not None
        arguments["bias"] = module.in_proj_bias is not None
    if not arguments.get("affine", arguments.get("elementwise_affine", True)):
        arguments.pop("bias", None)
    if type_name == "Upsample":
        arguments = {k: v for k, v in arguments.items() if v is not None and v is not False}
        if isinstance(arguments.get("scale_factor"), float) and arguments["scale_factor"] % 1 == 0:
            arguments["scale_factor"] = int(arguments["scale_factor"])
    if type_name == "Linear":
        arguments.setdefault("in_features", module.in_features)
    return arguments


def attended(module: Any, reads: list[Value]) -> list[Value]:
    """What a MultiheadAttention reads: one value, where its query, key and value are the same.

    Raises:
        NotSaid: the batch is not where its batch_first says.
    """
    samples = Samples(0 if module.batch_first else 1)
    if any(read.samples != samples for read in reads):
        raise NotSaid(f"of another dimension than the batch (batch_first={module.batch_first})")
    return reads[:1] if len({read.key for read in reads}) == 1 else reads


def refuse_masks(
    args: Sequence[Any], kwargs: Mapping[str, Any], value_of: Callable[[Any], Value]
) -> None:
    """Raise NotSaid where a MultiheadAttention is called with a mask: its layer type has none.

    A mask that is 0 throughout is known to do nothing.
    """
    names = ("query", "key", "value", "key_padding_mask", "need_weights", "attn_mask")
    given = dict(zip(names, args, strict=False)) | dict(kwargs)
    for name in ("attn_mask", "key_padding_mask"):
        if (mask := given.get(name)) is not None:
            origin = value_of(mask).origin
            if origin is None or origin.value({}).any():
                raise NotSaid(f"with {name}, which the layer type has not")


def placed(arguments: dict[str, Any], x: Value) -> dict[str, Any]:
    """The arguments with the dimensions that they name as a network counts those of `x`."""
    dims = {
        name: x.dim(value)
        for name, value in arguments.items()
        if name in ("dim", "start_dim", "end_dim") and type(value) is int
    }
    return arguments | dims


def padded_output(arguments: dict[str, Any], x: Value, output: Value) -> dict[str, Any]:
    """The output_padding of a transposed convolution that is called with an output_size."""
    if "output_padding" not in arguments:
        return {}
    names = ("stride", "padding", "dilation", "kernel_size")
    size = len(arguments["output_padding"])
    each = zip(x.shape[-size:], output.shape[-size:], *(arguments[k] for k in names), strict=True)
    found = [
        out - ((n - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1)
        for n, out, stride, padding, dilation, kernel in each
    ]
    return {"output_padding": found} if any(found) else {}


OF_WINDOWS = ("kernel_size", "stride", "padding", "output_padding", "dilation")
"""Arguments that PyTorch takes as a list of one number too, whatever the dimensions."""


def tidy(type_name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments without lists of one number where that number says it, and without a stride
    that is the window's own size, as it is by default."""
    arguments = {
        name: alone(value) if name in OF_WINDOWS else value for name, value in arguments.items()
    }
    stride, size = arguments.get("stride"), arguments.get("kernel_size")
    field = registry()[type_name].fields.get("stride")
    if stride is None or field is None or field.required or field.default is not None:
        return arguments
    both = [list(v) if isinstance(v, (list, tuple)) else v for v in (stride, size)]
    a, b = ([v] * 3 if not isinstance(v, list) else v for v in both)
    if all(x == y for x, y in zip(a, b, strict=False)):
        return {name: value for name, value in arguments.items() if name != "stride"}
    return arguments


def _as_plain(value: Any) -> Any:
    if hasattr(value, "tolist"):  # a tensor, of codes say, whose whole numbers are floats
        return _as_whole(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_as_plain(item) for item in value]
    return value


def _as_whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_whole(item) for item in value]
    return int(value) if value % 1 == 0 else value
