"""Making a model that torch.onnx wrote as short as its own optimisation would, weights apart."""

from __future__ import annotations

from typing import Any

from .onnx_pools import without_ceil_mode


def tidy(model: Any) -> None:
    """Take out of a model of onnxscript what torch only leaves there, and say what is known.

    torch's own optimisation would put norms into the convolutions before them, and equal weights
    together: the file's weights would not be the network's. ONNX Runtime does that by itself.
    """
    from onnx_ir.passes import common as passes
    from onnxscript import optimizer, rewriter
    from onnxscript.rewriter.rules import common

    def may_be_folded(node: Any) -> bool | None:
        """None leaves it to onnxscript."""
        held = any(value and value.is_initializer() for value in node.inputs)
        return False if held and node.op_type != "Shape" else None

    optimizer.inline(model)
    without_ceil_mode(model)
    optimizer.fold_constants(model, should_fold=may_be_folded)
    rewriter.rewrite(
        model,
        [
            common.remove_optional_bias_from_conv_rule,
            common.remove_optional_bias_from_conv_transpose_rule,
            common.remove_optional_bias_from_gemm_rule,
        ],
    )
    for node in model.graph:
        if node.op_type == "Reshape":
            _with_known_shape(model, node)
        elif node.op_type in ("Conv", "ConvTranspose", "Gemm"):
            _without_expanded_zeros(node)
    passes.RemoveUnusedNodesPass()(model)
    # Some readers, OpenCV's among them, want sizes as constants of the file.
    passes.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0)(model)


def _with_known_shape(model: Any, node: Any) -> None:
    """Write a shape of which one size at most is open as a constant, -1 for that size."""
    import numpy as np
    import onnx_ir as ir

    shape = node.outputs[0].shape
    if shape is None or node.inputs[1].is_initializer():
        return
    sizes = [size if isinstance(size, int) else -1 for size in shape]
    if sizes.count(-1) > 1 or 0 in sizes:
        return
    name = f"{node.outputs[0].name}.shape"
    value = ir.Value(name=name, const_value=ir.tensor(np.array(sizes, np.int64), name=name))
    value.shape, value.dtype = ir.Shape([len(sizes)]), ir.DataType.INT64
    model.graph.register_initializer(value)
    node.replace_input_with(1, value)
    node.attributes.pop("allowzero", None)


def _without_expanded_zeros(node: Any) -> None:
    """Leave out a bias that a run would make of a single zero."""
    if len(node.inputs) < 3 or node.inputs[2] is None:
        return
    made = node.inputs[2].producer()
    if made is None or made.op_type != "Expand":
        return
    value = _constant(made.inputs[0])
    if value is not None and not value.any():
        node.replace_input_with(2, None)


def _constant(value: Any) -> Any:
    """The array of a constant; None: it is none."""
    made = value.producer()
    while made is not None and made.op_type in ("CastLike", "Cast"):
        value = made.inputs[0]
        made = value.producer()
    if value.const_value is not None:
        return value.const_value.numpy()
    if made is not None and made.op_type == "Constant":
        held = made.attributes.get("value") or made.attributes.get("value_float")
        import numpy as np

        return np.asarray(held.value)
    return None
