"""Attention over the positions of a flattened map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ._groups import check_divides
from ._python import Arguments, Python
from ._remedies import tokens_of_a_map
from .base import Example, Layer, LayerError, function_module
from .fields import Boolean, Integer, Number, Optional, defaulted, inferred, required
from .shapes import Shape, Shapes, format_shape
from .working import Working, times

if TYPE_CHECKING:
    from torch import Tensor, nn


def _call(module: str, inputs: Sequence[str], arguments: Arguments) -> str:
    query, key, value = inputs if len(inputs) == 3 else [*inputs] * 3
    return f"{module}({query}, {key}, {value}, need_weights=False)[0]"


class MultiheadAttention(Layer):
    """Scaled dot-product attention of several heads, over positions × features (L×E).

    One input attends to itself; three inputs are query, key and value. The batch is first,
    and the attention weights are not given out.

    Args:
        embed_dim: features of the query; inferred.
        num_heads: heads that share the features; it must divide them.
        dropout: the probability with which an attention weight is dropped in training.
        bias: whether the projections add a learnable number to each feature.
        add_bias_kv: append a learnable position to the keys and the values.
        add_zero_attn: append a position of zeros to the keys and the values.
        kdim: features of the key; inferred.
        vdim: features of the value; inferred.

    Source: torch.nn.MultiheadAttention.
    """

    kind = "attention"
    python = Python("nn", _call, fixed={"batch_first": "True"})
    inputs = (1, 3)
    left_out: ClassVar[dict[str, str]] = {
        "batch_first": "the batch is always first",
    }
    examples = (
        Example({"num_heads": 4}, (49, 64), (49, 64)),
        Example({"num_heads": 2, "bias": False, "add_zero_attn": True}, (9, 8), (9, 8)),
        Example({"num_heads": 2, "add_bias_kv": True}, ((5, 8), (7, 6), (7, 4)), (5, 8)),
    )

    embed_dim = inferred(Integer(min=1))
    num_heads = required(Integer(min=1))
    dropout = defaulted(Number(0, 1), 0.0)
    bias = defaulted(Boolean(), True)
    add_bias_kv = defaulted(Boolean(), False)
    add_zero_attn = defaulted(Boolean(), False)
    kdim = inferred(Integer(min=1))
    vdim = inferred(Integer(min=1))

    def check(self) -> None:
        if self.embed_dim:
            self._check_divides(self.embed_dim)

    def _check_divides(self, features: int) -> None:
        check_divides("num_heads", self.num_heads, features, f"the {features} features")

    def infer(self, inputs: Shapes) -> dict[str, Any]:
        query, key, value = _query_key_value(inputs)
        for index, shape in enumerate(inputs):
            if len(shape) != 2:
                raise LayerError(
                    f"MultiheadAttention reads positions × features, not {format_shape(shape)}",
                    fixes=[tokens_of_a_map(shape, reads=index)],
                    help="it reads positions × features, as those of a map",
                )
        if key[0] != value[0]:
            raise LayerError(
                f"the key has {key[0]} positions and the value {value[0]}: each key needs a value"
            )
        self._check_divides(query[1])
        return {"embed_dim": query[1], "kdim": key[1], "vdim": value[1]}

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def parameters(self) -> dict[str, Shape]:
        width = self.embed_dim
        parameters: dict[str, Shape] = {}
        if self.kdim == self.vdim == width:
            parameters["in_proj_weight"] = (3 * width, width)
        else:
            parameters["q_proj_weight"] = (width, width)
            parameters["k_proj_weight"] = (width, self.kdim)
            parameters["v_proj_weight"] = (width, self.vdim)
        if self.bias:
            parameters["in_proj_bias"] = (3 * width,)
        if self.add_bias_kv:
            parameters["bias_k"] = parameters["bias_v"] = (1, 1, width)
        parameters["out_proj.weight"] = (width, width)
        if self.bias:
            parameters["out_proj.bias"] = (width,)
        return parameters

    def _projections(self, inputs: Shapes) -> Working:
        query, key, value = _query_key_value(inputs)
        read = {"query": query, "key": key, "value": value, "result": query}
        return tuple(
            times(
                (shape[:1], f"{name} positions"),
                ((self.embed_dim,), "outputs"),
                ((self.embed_dim if name == "result" else shape[1],), "weights each"),
            )
            for name, shape in read.items()
        )

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        query, key, _ = _query_key_value(inputs)
        pairs = (query[0], key[0] + self.add_bias_kv + self.add_zero_attn)
        return (
            *self._projections(inputs),
            times((pairs, "scores"), ((self.embed_dim,), "products each, over all heads")),
            times((pairs, "scores"), ((self.embed_dim,), "values each, over all heads")),
        )

    def connections_working(self, inputs: Shapes, output: Shape) -> Working:
        query, key, value = _query_key_value(inputs)
        biases = 2 * query[0] + key[0] + value[0] if self.bias else 0
        appended = 2 if self.add_bias_kv else 0
        working = self._projections(inputs)
        if biases + appended:
            added = times(
                ((biases + appended,), "projected or appended positions"),
                ((self.embed_dim,), "biases each"),
            )
            working = (*working, added)
        return working

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None

    def summary(self) -> str:
        parts = [f"{self.num_heads} head{'s' if self.num_heads != 1 else ''}"]
        if not self.bias:
            parts.append("no bias")
        parts += [name for name in ("add_bias_kv", "add_zero_attn") if self.arguments[name]]
        return ", ".join(parts)

    def module(self) -> nn.Module:
        from torch import nn

        class MultiheadAttention(nn.MultiheadAttention):
            def forward(self, query: Tensor, *others: Tensor) -> Tensor:  # type: ignore[override]
                key, value = others or (query, query)
                result: Tensor = super().forward(query, key, value, need_weights=False)[0]
                return result

        return MultiheadAttention(**self.arguments, batch_first=True)


def _query_key_value(inputs: Shapes) -> tuple[Shape, Shape, Shape]:
    if len(inputs) == 1:
        return inputs[0], inputs[0], inputs[0]
    if len(inputs) == 2:
        raise LayerError(
            "MultiheadAttention reads one input, or query, key and value, not 2",
            help="from: [query, key, value]; a key may serve as value too",
        )
    query, key, value = inputs
    return query, key, value


def _attend(module: str, inputs: Sequence[str], arguments: Arguments) -> str:
    given = [f"{name}={arguments[name]}" for name in ("is_causal", "scale")]
    kept = [text for text in given if not text.endswith(("=False", "=None"))]
    return f"nn.functional.scaled_dot_product_attention({', '.join([*inputs, *kept])})"


class ScaledDotProductAttention(Layer):
    """softmax(QKᵀ·scale)·V of query, key and value: attention without its projections.

    The query is L×E, the key S×E, the value S×V, and L×V comes out. Dimensions before them
    (the heads) must be equal, or 1.

    Args:
        scale: what the products are multiplied by; null: 1/√E.
        is_causal: whether a position sees only those up to its own.

    Source: torch.nn.functional.scaled_dot_product_attention.
    """

    kind = "attention"
    python = Python(call=_attend)
    inputs = (3, 3)
    left_out: ClassVar[dict[str, str]] = {
        "dropout_p": "it would be dropped in evaluation too; put Dropout after it",
    }
    scale = defaulted(Optional(Number()), None)
    is_causal = defaulted(Boolean(), False)
    examples = (
        Example({}, ((4, 49, 16), (4, 49, 16), (4, 49, 16)), (4, 49, 16)),
        Example({"scale": 1.0, "is_causal": True}, ((9, 8), (7, 8), (7, 5)), (9, 5)),
    )

    def output_shape(self, inputs: Shapes) -> Shape:
        query, key, value = inputs
        if (
            len(query) < 2
            or not len(query) == len(key) == len(value)
            or any(len({*sizes} - {1}) > 1 for sizes in _heads(inputs))
            or query[-1] != key[-1]
            or key[-2] != value[-2]
        ):
            raise LayerError(
                f"ScaledDotProductAttention cannot join {format_shape(query)}, "
                f"{format_shape(key)} and {format_shape(value)}",
                help="it reads L×E, S×E and S×V, with the same dimensions before them, or 1",
            )
        return (*map(max, _heads(inputs)), query[-2], value[-1])

    def macs_working(self, inputs: Shapes, output: Shape) -> Working:
        query, key, _ = inputs
        together = tuple(max(sizes[:2]) for sizes in _heads(inputs))
        return (
            times(((*together, query[-2], key[-2]), "scores"), (query[-1:], "products each")),
            times((output, "outputs"), (key[-2:-1], "weighted values each")),
        )

    def footprint(self, inputs: Shapes, output: Shape) -> None:
        return None

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (rows, inner), (columns, width) = inputs[0][-2:], inputs[2][-2:]
        return f"{rows}×{inner} · {inner}×{columns} · {columns}×{width} = {rows}×{width}"

    def module(self) -> nn.Module:
        from torch.nn.functional import scaled_dot_product_attention

        scale, is_causal = self.scale, self.is_causal
        return function_module(
            lambda query, key, value: scaled_dot_product_attention(
                query, key, value, is_causal=is_causal, scale=scale
            )
        )


def _heads(inputs: Shapes) -> list[tuple[int, ...]]:
    """For each dimension before the matrices, its size in each input."""
    return list(zip(*(shape[:-2] for shape in inputs), strict=True))
