"""Pools with ceil_mode, written so that every program that runs ONNX has PyTorch's windows."""

from __future__ import annotations

from typing import Any


def without_ceil_mode(model: Any) -> None:
    """Say by the padding at the end what torch.onnx leaves to ceil_mode, in place.

    A window that would start in the padding at the end is none in PyTorch, and is one for ONNX
    before opset 22. What a mean that counts padding divides by, where a window reaches beyond
    that, is not the same in all programs either.
    """
    for node in list(model.graph):
        ceil_mode = node.attributes.get("ceil_mode")
        # The places of maxima are for a MaxUnpool, whose windows would have to change with these.
        pools = node.op_type in ("MaxPool", "AveragePool") and len(node.outputs) == 1
        if pools and ceil_mode and ceil_mode.as_int():
            _rewrite(model, node)


def _rewrite(model: Any, node: Any) -> None:
    import onnx_ir as ir

    def given(name: str, default: int, times: int = 1) -> list[int]:
        found = node.attributes.get(name)
        return list(found.as_ints()) if found else [default] * times * len(kernel)

    kernel = given("kernel_shape", 1)
    stride, dilation, pads = given("strides", 1), given("dilations", 1), given("pads", 0, 2)
    begin, end = pads[: len(kernel)], pads[len(kernel) :]
    sizes, counts = node.inputs[0].shape[2:], node.outputs[0].shape[2:]
    if not all(isinstance(size, int) for size in (*sizes, *counts)):
        return
    last = [
        (count - 1) * step + apart * (width - 1) + 1 - size - before
        for size, count, width, step, apart, before in zip(
            sizes, counts, kernel, stride, dilation, begin, strict=True
        )
    ]
    ends = [max(pair) for pair in zip(end, last, strict=True)]
    counted = node.attributes.get("count_include_pad")
    if counted and counted.as_int() and ends != end:
        # Zeros count as what they are; what a window reads beyond them does not.
        ends = [reach - size for reach, size in zip(ends, end, strict=True)]
        if any(pads):
            _pad(model, node, begin, end)
        begin = [0] * len(kernel)
        node.attributes["count_include_pad"] = ir.AttrInt64("count_include_pad", 0)
    node.attributes["pads"] = ir.AttrInt64s("pads", [*begin, *ends])
    node.attributes["ceil_mode"] = ir.AttrInt64("ceil_mode", 0)


def _pad(model: Any, node: Any, begin: list[int], end: list[int]) -> None:
    """Put zeros around what a pool reads."""
    import numpy as np
    import onnx_ir as ir

    source = node.inputs[0]
    name = f"{node.outputs[0].name}.padding"
    sizes = np.array([0, 0, *begin, 0, 0, *end], np.int64)
    amounts = ir.Value(name=name, const_value=ir.tensor(sizes, name=name))
    amounts.shape, amounts.dtype = ir.Shape([len(sizes)]), ir.DataType.INT64
    model.graph.register_initializer(amounts)
    padding = ir.node("Pad", [source, amounts])
    padded = padding.outputs[0]
    padded.name = f"{node.outputs[0].name}.padded"
    around = [a + size + b for a, size, b in zip(begin, source.shape[2:], end, strict=True)]
    padded.shape, padded.dtype = ir.Shape([*source.shape[:2], *around]), source.dtype
    model.graph.insert_before(node, padding)
    node.replace_input_with(0, padded)
