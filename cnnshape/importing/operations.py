"""What each function of PyTorch is called as a layer. No torch is needed here.

A rule reads a call, whose tensors stand as :class:`Value`, and answers with layers. It
raises NotSaid where the layer types have no word for what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from ..layers import registry
from ..layers.shapes import Shape
from .graph import NotSaid


class Value(NamedTuple):
    """A tensor of the run.

    Attributes:
        key: of the layer that gives it; '' for one that does not follow from the input.
        shape: with the batch.
        name: of the parameter or buffer that it is, or ''.
    """

    key: str
    shape: Shape
    name: str = ""


class Layer(NamedTuple):
    """A layer that a rule answers with; `weights`: the original's name of each tensor."""

    type: str
    arguments: dict[str, Any]
    reads: tuple[Value, ...]
    weights: dict[str, str] = {}  # noqa: RUF012  (a tuple's default, never written to)


class Call:
    """A call: its arguments by position and name, the tensors among them as Values.

    Attributes:
        name: the function's name, without underscores: 'add' for `a + b` and `a.add_(b)`.
        outputs: the shapes of what came out, with the batch.
        several: whether a list or tuple came out.
    """

    def __init__(
        self,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        outputs: tuple[Shape, ...],
        several: bool,
    ) -> None:
        self.name = name
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.several = several

    def get(self, place: int, name: str, default: Any = None) -> Any:
        """An argument by its place or its name."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[place] if place < len(self.args) else default

    def rest(self, place: int, name: str) -> Any:
        """A list that may be written as one argument or as several."""
        if name in self.kwargs:
            return self.kwargs[name]
        given = self.args[place:]
        return list(given[0]) if given and isinstance(given[0], (list, tuple)) else list(given)

    @property
    def x(self) -> Value:
        """The first tensor."""
        value = self.get(0, "input", self.kwargs.get("self"))
        if not isinstance(value, Value):
            raise NotSaid("its first argument is no tensor")
        return value

    @property
    def output(self) -> Shape:
        """The shape of the only output."""
        return self.outputs[0]


class Chain:
    """Several layers that say one call, each reading the one before."""

    def __init__(self, reads: tuple[Value, ...]) -> None:
        self.layers: list[Layer] = []
        self.reads = reads

    def then(self, type_name: str, **arguments: Any) -> None:
        """One layer more."""
        self.layers.append(Layer(type_name, arguments, () if self.layers else self.reads))


KEEPS_ORDER = frozenset(
    ("view", "reshape", "unsqueeze", "squeeze", "flatten", "getitem", "contiguous")
)
"""Functions of a parameter after which it holds the same numbers in the same order."""

SAME = "same"
"""A rule's answer where what comes out is what goes in."""

Answer: TypeAlias = "Layer | str | list[Layer] | Chain"
Rule: TypeAlias = Callable[[Call], Answer]

RULES: dict[str, Rule] = {}


def _rule(*names: str) -> Callable[[Rule], Rule]:
    def add(rule: Rule) -> Rule:
        for name in names:
            RULES[name] = rule
        return rule

    return add


def answer(call: Call) -> Answer:
    """The layers of a call; raises NotSaid."""
    rule = RULES.get(call.name)
    if rule is None:
        raise NotSaid("no layer type says it")
    return rule(call)


# The same ----------------------------------------------------------------------------


@_rule("contiguous", "clone", "detach", "to", "float", "double", "type", "identity", "cpu",
       "requires_grad", "dropoutidentity", "alias", "positive")  # fmt: skip
def _same(call: Call) -> Answer:
    return SAME if call.outputs and call.output == call.x.shape else _refuse("")


def _refuse(reason: str) -> Layer:
    raise NotSaid(reason)


# Element by element -------------------------------------------------------------------

SIMPLE = {
    "relu": "ReLU", "relu6": "ReLU6", "silu": "SiLU", "mish": "Mish", "selu": "SELU",
    "hardswish": "Hardswish", "hardsigmoid": "Hardsigmoid", "sigmoid": "Sigmoid",
    "tanh": "Tanh", "logsigmoid": "LogSigmoid", "softsign": "Softsign",
    "tanhshrink": "Tanhshrink",
}  # fmt: skip
WITH_ARGUMENTS: dict[str, tuple[str, tuple[tuple[int, str], ...]]] = {
    "leakyrelu": ("LeakyReLU", ((1, "negative_slope"),)),
    "elu": ("ELU", ((1, "alpha"),)),
    "celu": ("CELU", ((1, "alpha"),)),
    "gelu": ("GELU", ((1, "approximate"),)),
    "hardtanh": ("Hardtanh", ((1, "min_val"), (2, "max_val"))),
    "softplus": ("Softplus", ((1, "beta"), (2, "threshold"))),
    "hardshrink": ("Hardshrink", ((1, "lambd"),)),
    "softshrink": ("Softshrink", ((1, "lambd"),)),
    "threshold": ("Threshold", ((1, "threshold"), (2, "value"))),
    "glu": ("GLU", ((1, "dim"),)),
    "dropout": ("Dropout", ((1, "p"),)),
    "alphadropout": ("AlphaDropout", ((1, "p"),)),
    "featuredropout": ("Dropout2d", ((1, "p"),)),
    "dropout1d": ("Dropout1d", ((1, "p"),)),
    "dropout2d": ("Dropout2d", ((1, "p"),)),
    "dropout3d": ("Dropout3d", ((1, "p"),)),
    "softmax": ("Softmax", ((1, "dim"),)),
    "logsoftmax": ("LogSoftmax", ((1, "dim"),)),
    "pixelshuffle": ("PixelShuffle", ((1, "upscale_factor"),)),
    "pixelunshuffle": ("PixelUnshuffle", ((1, "downscale_factor"),)),
    "channelshuffle": ("ChannelShuffle", ((1, "groups"),)),
    "nativechannelshuffle": ("ChannelShuffle", ((1, "groups"),)),
    "localresponsenorm": ("LocalResponseNorm", ((1, "size"), (2, "alpha"), (3, "beta"), (4, "k"))),
    "unfold": ("Unfold", ((1, "kernel_size"), (2, "dilation"), (3, "padding"), (4, "stride"))),
    "fold": (
        "Fold",
        ((1, "output_size"), (2, "kernel_size"), (3, "dilation"), (4, "padding"), (5, "stride")),
    ),
    "unsqueeze": ("Unsqueeze", ((1, "dim"),)),
    "flatten": ("Flatten", ((1, "start_dim"), (2, "end_dim"))),
    "transpose": ("Transpose", ((1, "dim0"), (2, "dim1"))),
    "swapaxes": ("Transpose", ((1, "axis0"), (2, "axis1"))),
    "narrow": ("Narrow", ((1, "dim"), (2, "start"), (3, "length"))),
    "unflatten": ("Unflatten", ((1, "dim"), (2, "unflattened_size"))),
}  # fmt: skip


def _simple(type_name: str, arguments: tuple[tuple[int, str], ...] = ()) -> Rule:
    def rule(call: Call) -> Answer:
        given = {
            name: value
            for place, name in arguments
            if (value := call.get(place, name)) is not None and value != ()
        }
        if type_name == "Flatten":  # torch.flatten begins with the batch, nn.Flatten after it
            given.setdefault("start_dim", 0)
        if type_name == "Transpose" and "axis0" in given:
            given = {"dim0": given["axis0"], "dim1": given["axis1"]}
        return Layer(type_name, given, (call.x,))

    return rule


for _name, _type in SIMPLE.items():
    RULES[_name] = _simple(_type)
for _name, (_type, _arguments) in WITH_ARGUMENTS.items():
    RULES[_name] = _simple(_type, _arguments)


@_rule("clamp", "clip")
def _clamp(call: Call) -> Answer:
    low, high = call.get(1, "min"), call.get(2, "max")
    if high is None and low == 0:
        return Layer("ReLU", {}, (call.x,))
    if low is None or high is None:
        raise NotSaid("with one bound alone")
    return Layer("Hardtanh", {"min_val": low, "max_val": high}, (call.x,))


@_rule("prelu")
def _prelu(call: Call) -> Answer:
    weight = _weight(call, 1, "weight")
    return Layer("PReLU", {"num_parameters": weight.shape[0]}, (call.x,), {"weight": weight.name})


# Several values ----------------------------------------------------------------------------


def _operands(call: Call) -> tuple[Any, Any]:
    return call.get(0, "input"), call.get(1, "other")


@_rule("add", "iadd", "radd")
def _add(call: Call) -> Answer:
    if call.get(2, "alpha", 1) != 1:
        raise NotSaid("with an alpha")
    if _is_number(call, 0):  # sum(list) begins with 0
        return SAME
    return _joined(call, "Add")


@_rule("mul", "multiply", "imul", "rmul")
def _mul(call: Call) -> Answer:
    a, b = _operands(call)
    if _is_number(call, 1):
        return SAME
    for value, factor in ((a, b), (b, a)):
        if _follows(value) and isinstance(factor, Value) and factor.name and not factor.key:
            return _scale(value, factor)
    return _joined(call, "Multiply")


class Arithmetic(NotSaid):
    """A call with a plain number, which other calls around it may give a meaning.

    Attributes:
        operation: 'add' or 'mul'. number: what is added, or multiplied by.
    """

    def __init__(self, operation: str, number: float, reason: str) -> None:
        super().__init__(reason)
        self.operation = operation
        self.number = number


def _is_number(call: Call, number: int) -> bool:
    other = _operands(call)[1]
    return not isinstance(other, Value) and other == number and call.output == call.x.shape


def _scale(value: Value, factor: Value) -> Layer:
    """A learned factor along one dimension."""
    rank, sizes = len(value.shape), (1,) * (len(value.shape) - len(factor.shape)) + factor.shape
    dims = [dim for dim, size in enumerate(sizes) if size != 1]
    if len(factor.shape) > rank or len(dims) != 1 or dims[0] == 0:
        raise NotSaid("a learned factor that is not along one dimension")
    dim = dims[0]
    if sizes[dim] != value.shape[dim]:
        raise NotSaid("a learned factor of another size")
    return Layer("Scale", {"dim": dim}, (value,), {"weight": factor.name})


@_rule("div", "truediv", "divide", "itruediv")
def _div(call: Call) -> Answer:
    other = _operands(call)[1]
    if _is_number(call, 1):
        return SAME
    if type(other) in (int, float) and other:
        raise Arithmetic("mul", 1 / other, f"by the number {other}")
    raise NotSaid("no layer type divides")


@_rule("sub", "subtract", "isub")
def _sub(call: Call) -> Answer:
    if _is_number(call, 0):
        return SAME
    return _joined(call, "Subtract")


@_rule("maximum")
def _maximum(call: Call) -> Answer:
    return _joined(call, "Maximum")


@_rule("matmul", "bmm")
def _matmul(call: Call) -> Answer:
    return _joined(call, "MatMul")


def _joined(call: Call, type_name: str) -> Layer:
    a, b = _operands(call)
    if not (_follows(a) and _follows(b)):
        if a is None or b is None:
            raise NotSaid("with other arguments")
        other = b if _follows(a) else a
        if isinstance(other, Value):
            what = f"the weight {other.name}" if other.name else "a value that is no layer's"
        else:
            what = f"the number {other}"
            if type(other) in (int, float) and type_name in ("Add", "Multiply"):
                operation = "add" if type_name == "Add" else "mul"
                raise Arithmetic(operation, other, f"with {what}")
        raise NotSaid(f"with {what}")
    return Layer(type_name, {}, (a, b))


def _follows(value: Any) -> bool:
    return isinstance(value, Value) and bool(value.key)


@_rule("cat", "concat", "concatenate")
def _cat(call: Call) -> Answer:
    values = call.get(0, "tensors")
    if not all(map(_follows, values)):
        raise NotSaid("with a value that is no layer's")
    dim = call.get(1, "dim", 0)
    dim = dim + len(call.output) if dim < 0 else dim
    if len(values) == 1:
        return SAME
    return Layer("Concat", {"dim": dim}, tuple(values))


# Parts ------------------------------------------------------------------------------------


@_rule("chunk")
def _chunk(call: Call) -> Answer:
    chunks, dim = call.get(1, "chunks"), call.get(2, "dim", 0)
    return [
        Layer("Chunk", {"chunks": chunks, "dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@_rule("split", "tensorsplit", "splitwithsizes")
def _split(call: Call) -> Answer:
    sizes = call.get(1, "split_size_or_sections", call.kwargs.get("split_size"))
    dim = call.get(2, "dim", 0)
    if call.name == "tensorsplit":
        sizes = [shape[dim] for shape in call.outputs]
    sizes = list(sizes) if isinstance(sizes, (list, tuple)) else sizes
    return [
        Layer("Split", {"split_size": sizes, "dim": dim, "index": index}, (call.x,))
        for index in range(len(call.outputs))
    ]


@_rule("getitem")
def _getitem(call: Call) -> Answer:
    x, index = call.args[0], call.args[1]
    index = index if isinstance(index, tuple) else (index,)
    if ... in index:
        place = index.index(...)
        missing = len(x.shape) - sum(item is not None for item in index) + 1
        index = (*index[:place], *(slice(None),) * missing, *index[place + 1 :])
    chain = Chain((x,))
    steps: dict[int, int] = {}
    single: list[int] = []
    for dim, item in enumerate(index):
        if type(item) is int and dim > 0:
            chain.then("Narrow", dim=dim, start=item % x.shape[dim], length=1)
            single.append(dim)
            continue
        if not isinstance(item, slice):
            raise NotSaid("with an index that is no range")
        start, stop, step = item.indices(x.shape[dim])
        if step != 1:
            steps[dim] = step
        if (start, stop) != (0, x.shape[dim]):
            if stop <= start:
                raise NotSaid("nothing is left")
            chain.then("Narrow", dim=dim, start=start, length=stop - start)
    if steps:
        rank = len(x.shape) - 2
        if not rank or not set(steps) <= set(range(2, rank + 2)):
            raise NotSaid("with a step along channels")
        stride = [steps.get(dim, 1) for dim in range(2, rank + 2)]
        # Windows of one element: what is taken is every so manieth one.
        chain.then(f"MaxPool{rank}d", kernel_size=1, stride=stride)
    for dim in reversed(single):
        chain.then("Squeeze", dim=dim)
    return chain if chain.layers else SAME


@_rule("select")
def _select(call: Call) -> Answer:
    dim, index = call.get(1, "dim"), call.get(2, "index")
    size = call.x.shape[dim]
    chain = Chain((call.x,))
    chain.then("Narrow", dim=dim, start=index % size, length=1)
    chain.then("Squeeze", dim=dim)
    return chain


# Shapes -----------------------------------------------------------------------------------


@_rule("view", "reshape", "viewas", "reshapeas")
def _view(call: Call) -> Answer:
    before, after = call.x.shape, call.output
    if before == after:
        return SAME
    if before[0] != after[0]:
        raise NotSaid("mixes the batch with other dimensions")
    if len(after) == 2 and len(before) > 2:
        return Layer("Flatten", {}, (call.x,))
    if len(after) < len(before):
        for start in range(1, len(after)):
            tail = len(after) - start - 1
            if (
                before[:start] == after[:start]
                and before[len(before) - tail :] == after[start + 1 :]
            ):
                arguments = {"start_dim": start, "end_dim": len(before) - tail - 1}
                return Layer("Flatten", arguments, (call.x,))
    return Layer("Reshape", {"shape": list(after[1:])}, (call.x,))


@_rule("expand", "expandas", "broadcastto")
def _expand(call: Call) -> Answer:
    # What reads it stretches a 1 by itself; what does not is refused by its shape.
    if call.x.shape[0] != call.output[0] or len(call.x.shape) != len(call.output):
        raise NotSaid("with new dimensions")
    return SAME


@_rule("permute")
def _permute(call: Call) -> Answer:
    return Layer("Permute", {"dims": call.rest(1, "dims")}, (call.x,))


@_rule("movedim")
def _movedim(call: Call) -> Answer:
    raise NotSaid("write permute")


@_rule("mean", "sum", "amax")
def _reduction(call: Call) -> Answer:
    type_name = {"mean": "Mean", "sum": "Sum", "amax": "Max"}[call.name]
    dim = call.get(1, "dim")
    if dim is None:
        raise NotSaid("over the batch too")
    dims = list(dim) if isinstance(dim, (list, tuple)) else dim
    return Layer(type_name, {"dim": dims, "keepdim": call.get(2, "keepdim", False)}, (call.x,))


@_rule("max")
def _max(call: Call) -> Answer:
    if isinstance(call.get(1, "other"), Value):
        return _joined(call, "Maximum")
    dim = call.get(1, "dim")
    if dim is None:
        raise NotSaid("over the batch too")
    # The values alone: the indices, which come beside them, are no map.
    return [Layer("Max", {"dim": dim, "keepdim": call.get(2, "keepdim", False)}, (call.x,))]


@_rule("squeeze")
def _squeeze(call: Call) -> Answer:
    dim = call.get(1, "dim")
    if isinstance(dim, int):
        return Layer("Squeeze", {"dim": dim}, (call.x,))
    if dim is not None:
        raise NotSaid("of several dimensions by name")
    chain = Chain((call.x,))
    for place in reversed([place for place, size in enumerate(call.x.shape) if size == 1]):
        chain.then("Squeeze", dim=place)
    return chain if chain.layers else SAME


# Pools --------------------------------------------------------------------------------------


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


_MAX = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
_AVG = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
for _rank in (1, 2, 3):
    for _written in (f"maxpool{_rank}d", f"maxpool{_rank}dwithindices"):
        RULES[_written] = _pool("MaxPool", _MAX)(_rank)
    RULES[f"avgpool{_rank}d"] = _pool("AvgPool", _AVG)(_rank)
    RULES[f"lppool{_rank}d"] = _pool("LPPool", ("norm_type", "kernel_size", "stride", "ceil_mode"))(
        _rank
    )
    RULES[f"adaptiveavgpool{_rank}d"] = _pool("AdaptiveAvgPool", ("output_size",))(_rank)
    RULES[f"adaptivemaxpool{_rank}d"] = _pool("AdaptiveMaxPool", ("output_size",))(_rank)


@_rule("interpolate", "upsample")
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


@_rule("pad")
def _pad(call: Call) -> Answer:
    padding, mode = list(call.get(1, "pad")), call.get(2, "mode", "constant")
    value = call.get(3, "value") or 0
    if not any(padding):
        return SAME
    rank = len(padding) // 2
    padding += [0] * (2 * max(0, len(call.x.shape) - 2 - rank))
    rank = len(padding) // 2
    if not 1 <= rank <= 3 or rank > len(call.x.shape) - 1:
        raise NotSaid("of so many dimensions")
    if mode == "constant" and not value:
        return Layer(f"ZeroPad{rank}d", {"padding": padding}, (call.x,))
    given = {"padding": padding} | ({"value": value} if mode == "constant" else {})
    return Layer(f"{PADS[mode]}{rank}d", given, (call.x,))


# Functions with weights ---------------------------------------------------------------------


def _weight(call: Call, place: int, name: str) -> Value:
    value = call.get(place, name)
    if not isinstance(value, Value) or not value.name:
        raise NotSaid(f"with a {name} that is computed, and no parameter")
    return value


def _weights(call: Call, **places: int) -> dict[str, str]:
    """The original's name of each tensor that is given."""
    return {
        name: _weight(call, place, name).name
        for name, place in places.items()
        if call.get(place, name) is not None
    }


def _convolution(rank: int, transposed: bool) -> Rule:
    def rule(call: Call) -> Answer:
        weights = _weights(call, weight=1, bias=2)
        shape = _weight(call, 1, "weight").shape
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
    RULES[f"conv{_rank}d"] = _convolution(_rank, False)
    RULES[f"convtranspose{_rank}d"] = _convolution(_rank, True)


@_rule("linear")
def _linear(call: Call) -> Answer:
    weights = _weights(call, weight=1, bias=2)
    out, features = _weight(call, 1, "weight").shape
    given = {"out_features": out, "in_features": features, "bias": "bias" in weights}
    return Layer("Linear", given, (call.x,), weights)


@_rule("batchnorm")
def _batch_norm(call: Call) -> Answer:
    weights = _weights(call, running_mean=1, running_var=2, weight=3, bias=4)
    if call.get(5, "training", False):
        raise NotSaid("with the statistics of the batch")
    given = {
        "momentum": call.get(6, "momentum", 0.1),
        "eps": call.get(7, "eps", 1e-5),
        "affine": "weight" in weights,
    }
    rank = max(1, len(call.x.shape) - 2)
    return Layer(f"BatchNorm{rank}d", given, (call.x,), weights)


@_rule("layernorm")
def _layer_norm(call: Call) -> Answer:
    weights = _weights(call, weight=2, bias=3)
    given = {
        "normalized_shape": list(call.get(1, "normalized_shape")),
        "eps": call.get(4, "eps", 1e-5),
        "elementwise_affine": "weight" in weights,
    }
    if weights and "bias" not in weights:
        given["bias"] = False
    return Layer("LayerNorm", given, (call.x,), weights)


@_rule("groupnorm")
def _group_norm(call: Call) -> Answer:
    weights = _weights(call, weight=2, bias=3)
    given = {
        "num_groups": call.get(1, "num_groups"),
        "eps": call.get(4, "eps", 1e-5),
        "affine": "weight" in weights,
    }
    return Layer("GroupNorm", given, (call.x,), weights)


# Modules ------------------------------------------------------------------------------------


def module_arguments(type_name: str, module: Any) -> dict[str, Any]:
    """The arguments of a module of torch.nn, read from its attributes."""
    arguments: dict[str, Any] = {}
    for name in registry()[type_name].fields:
        if name == "inplace" or not hasattr(module, name):
            continue
        value = getattr(module, name)
        if name in ("bias", "add_bias_kv"):
            value = value is not None
        arguments[name] = _as_plain(value)
    if type_name == "PReLU":
        arguments.pop("init", None)
    if type_name == "MultiheadAttention":
        if not module.batch_first:
            raise NotSaid("with the batch in the second place (batch_first=False)")
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


def tidy(type_name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments without a stride that is the window's own size, as it is by default."""
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
    if isinstance(value, (list, tuple)):
        return [_as_plain(item) for item in value]
    return value
