"""What PyTorch alone makes of a layer: the second opinion that cnnshape is held against.

Nothing here reads cnnshape's code. A layer of torch.nn is that class with the drawn
arguments; what a spec leaves to inference is taken from the tensor that arrives. The types
that torch.nn has not are in own_types.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from .own_types import ELEMENTWISE, OTHER_FORM, OWN

BATCH = 2

REFUSALS = (
    ArithmeticError,
    AssertionError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What PyTorch raises, here and there, for an argument or an input that it refuses."""

REFUSED_BY_DESIGN = {
    "unbatched": "PyTorch takes a value that lacks a dimension for a sample without a batch; "
    "in a network the first dimension is always the batch",
    "batch": "a layer may neither change the batch nor name it as its dimension, even where "
    "nothing would come of it",
    "empty": "some of PyTorch's kernels give an output without elements where others refuse; "
    "cnnshape has no size of 0",
    "cropping": "a convolution that pads with anything but zeros takes a negative padding for "
    "cropping, and one that pads with zeros refuses it",
    "ranks": "PyTorch aligns dimensions from the end: with fewer dimensions, one input's batch "
    "would meet the other's channels",
}
"""Where PyTorch computes something and cnnshape refuses, each with the reason."""

NOT_ASKED = {
    "Linear and Bilinear on a map without in_features": "cnnshape asks for Flatten; where the "
    "last dimension is meant, in_features must be written, and so the generator writes it",
    "LayerNorm and RMSNorm without normalized_shape on a map": "PyTorch requires the argument; "
    "cnnshape infers it only for C and L×E",
    "true for 1, 1 for true, [3] for LPPool1d's 3": "cnnshape's arguments have one type",
    "num_features and normalized_shape below 1": "where nothing depends on it, PyTorch does "
    "not look",
}
"""What the generator does not draw, for PyTorch and cnnshape part there, each with the reason."""


class Refused(Exception):
    """PyTorch refuses the layer, or what it makes of it is no layer of a network."""


class Seen(NamedTuple):
    """What PyTorch shows of one layer.

    Attributes:
        type, arguments: as the spec writes them.
        output: a copy of what came out.
        parameters, buffers: shapes by name; None where the reference holds the same numbers
            in another form, and only the count of elements is comparable (`params`).
        params: learnable elements; 0 where the module is another layer's.
        macs: of one sample.
        module: the reference.
    """

    type: str
    arguments: Mapping[str, Any]
    output: Tensor
    parameters: dict[str, tuple[int, ...]] | None
    buffers: dict[str, tuple[int, ...]] | None
    params: int
    macs: int
    module: nn.Module

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.output.shape[1:])


class Machine:
    """Builds and runs layers one by one, in evaluation mode, and notes what each shows."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._counter = FlopCounterMode(display=False)

    def __enter__(self) -> Machine:
        self._fastpath = torch.backends.mha.get_fastpath_enabled()
        # The fused attention has no entry in flop_counter: it would count nothing.
        torch.backends.mha.set_fastpath_enabled(False)
        self._counter.__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *fault: Any) -> None:
        self._counter.__exit__(*fault)  # type: ignore[no-untyped-call]
        torch.backends.mha.set_fastpath_enabled(self._fastpath)

    def layer(self, type: str, arguments: Mapping[str, Any], inputs: Sequence[Tensor]) -> Tensor:
        """The output of a new layer; raises `Refused`."""
        refuse_by_design(type, arguments, inputs)
        with accepting_warnings():
            module = make(type, arguments, inputs)
        return self._run(type, arguments, module, inputs)

    def again(self, seen: Seen, inputs: Sequence[Tensor]) -> Tensor:
        """The output of a layer that is there already, used once more."""
        refuse_by_design(seen.type, seen.arguments, inputs)
        return self._run(seen.type, seen.arguments, seen.module, inputs, shared=True)

    def _run(
        self,
        type: str,
        arguments: Mapping[str, Any],
        module: nn.Module,
        inputs: Sequence[Tensor],
        *,
        shared: bool = False,
    ) -> Tensor:
        before = self._counter.get_total_flops()
        output = run(module, len(self.seen), inputs)
        if output.dim() < 1 or len(output) != BATCH:
            raise Refused(REFUSED_BY_DESIGN["batch"])
        if output.numel() == 0:
            raise Refused(REFUSED_BY_DESIGN["empty"])
        flops = self._counter.get_total_flops() - before
        assert flops % (2 * BATCH) == 0
        own_form = type in OTHER_FORM
        self.seen.append(
            Seen(
                type,
                arguments,
                output.clone(),
                None if own_form else shapes(module.named_parameters()),
                None if own_form else shapes(module.named_buffers()),
                0 if shared else sum(p.numel() for p in module.parameters()),
                flops // (2 * BATCH),
                module,
            )
        )
        return output


def run(module: nn.Module, position: int, inputs: Sequence[Tensor]) -> Tensor:
    """The output of the layer at `position`; fractional pooling draws alike for alike positions."""
    torch.default_generator.manual_seed(position)
    with torch.no_grad(), accepting_warnings():
        output = module.eval()(*inputs)
    assert isinstance(output, Tensor)
    return output


@contextmanager
def accepting_warnings() -> Iterator[None]:
    """What PyTorch accepts with a warning, it accepts; what it raises becomes Refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except REFUSALS as fault:
            raise Refused(f"{fault.__class__.__name__}: {fault}") from fault


def shapes(named: Any) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in named}


def refuse_by_design(type: str, arguments: Mapping[str, Any], inputs: Sequence[Tensor]) -> None:
    """Raise `Refused` where PyTorch would take the batch for something else."""
    ranks = BATCHED_RANKS.get(type)
    if ranks is not None and inputs[0].dim() not in ranks:
        raise Refused(REFUSED_BY_DESIGN["unbatched"])
    if type in ("Concat", "MatMul", *ELEMENTWISE) and len({x.dim() for x in inputs}) > 1:
        raise Refused(REFUSED_BY_DESIGN["ranks"])
    if type == "MatMul" and inputs[0].dim() < 3:
        raise Refused(REFUSED_BY_DESIGN["batch"])
    if "padding_mode" in arguments and _least(arguments.get("padding", 0)) < 0:
        raise Refused(REFUSED_BY_DESIGN["cropping"])
    dims = inputs[0].dim() + (type in ("Unsqueeze", "Stack"))
    batch = (0, -dims)
    if type not in MAY_MIX_SAMPLES and any(arguments.get(key) in batch for key in DIMENSIONS):
        raise Refused(REFUSED_BY_DESIGN["batch"])


def _least(padding: Any) -> int:
    numbers = padding if isinstance(padding, list) else [padding]
    return min((n for n in numbers if isinstance(n, int)), default=0)


def make(type: str, arguments: Mapping[str, Any], inputs: Sequence[Tensor]) -> nn.Module:
    """The module of a type, with what a spec may leave out taken from what it reads."""
    given = {
        key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()
    }
    infer = INFERRED.get(type)
    if infer is not None:
        given = {**infer(*inputs), **given}
    if type in OWN:
        return OWN[type](**given)
    module: nn.Module = getattr(nn, type)(**given)
    if "inplace" in given:
        module.inplace = False  # a network's values are the same where a layer saves memory
    return module


def _channels(name: str) -> Callable[[Tensor], dict[str, Any]]:
    return lambda x: {name: x.shape[1]}


def _last(x: Tensor) -> dict[str, Any]:
    return {"normalized_shape": x.shape[-1]}


def _implicit_dim(x: Tensor) -> dict[str, Any]:
    """PyTorch's own choice where a softmax is given no dim; it warns of it."""
    return {"dim": 0 if x.dim() in (0, 1, 3) else 1}


def _embedding(query: Tensor, key: Tensor | None = None, value: Tensor | None = None) -> Any:
    widths: dict[str, Any] = {"embed_dim": query.shape[-1]}
    if key is not None and value is not None:
        widths |= {"kdim": key.shape[-1], "vdim": value.shape[-1]}
    return widths


INFERRED: dict[str, Callable[..., dict[str, Any]]] = {
    **{f"{name}{dims}d": _channels("in_channels")
       for name in ("Conv", "ConvTranspose") for dims in (1, 2, 3)},
    **{f"{name}{dims}d": _channels("num_features")
       for name in ("BatchNorm", "InstanceNorm") for dims in (1, 2, 3)},
    "GroupNorm": _channels("num_channels"),
    "LayerNorm": _last,
    "RMSNorm": _last,
    "Linear": lambda x: {"in_features": x.shape[-1]},
    "Bilinear": lambda x, y: {"in1_features": x.shape[-1], "in2_features": y.shape[-1]},
    "Softmax": _implicit_dim,
    "LogSoftmax": _implicit_dim,
    "Softmin": _implicit_dim,
    "MultiheadAttention": _embedding,
    "ConnectionTableConv2d": _channels("in_channels"),
    "Subsampling2d": _channels("num_channels"),
    "InceptionAux": _channels("in_channels"),
    "GlobalResponseNorm": lambda x: {"input_shape": tuple(x.shape)},
    "ClassToken": lambda x: {"features": x.shape[-1]},
    "RelativePositionBias": lambda x: {"num_heads": x.shape[-3]},
    "StdConv2d": _channels("in_channels"),
    **{f"WeightNorm{plain}": _channels("in_channels")
       for plain in ("Conv1d", "Conv2d", "ConvTranspose1d")},
    "FrozenBatchNorm2d": _channels("num_features"),
    **{f"Fixed{plain}": _channels("in_channels")
       for plain in ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose2d")},
    **{f"SpectralNorm{plain}": _channels("in_channels")
       for plain in ("Conv1d", "Conv2d", "ConvTranspose2d")},
    **{f"{norm}NormLinear": lambda x: {"in_features": x.shape[-1]}
       for norm in ("Weight", "Spectral")},
    "ScaledStdConv2d": _channels("in_channels"),
    "Scale": lambda x: {"input_shape": tuple(x.shape)},
    "Bias": lambda x: {"input_shape": tuple(x.shape)},
}  # fmt: skip
"""What a spec leaves to inference, from the tensors that arrive."""

_PADS = ("ReflectionPad", "ReplicationPad", "CircularPad")
_POOLS = (
    "MaxPool", "AvgPool", "LPPool", "AdaptiveAvgPool", "AdaptiveMaxPool", "FractionalMaxPool",
)  # fmt: skip

MAY_MIX_SAMPLES = frozenset({"Softmax", "LogSoftmax", "Softmin"})
"""Types whose dim may be the batch, as is PyTorch's own choice for C×L."""

DIMENSIONS = ("dim", "dim0", "dim1", "dims", "start_dim", "end_dim")
"""Arguments that name a dimension."""

BATCHED_RANKS: dict[str, Collection[int]] = {
    **{
        f"{name}{dims}d": (dims + 2,)
        for name in (*_POOLS, *_PADS, "Conv", "ConvTranspose", "BatchNorm", "InstanceNorm")
        for dims in (1, 2, 3)
    },
    **{
        f"{name}{dims}d": range(dims + 1, 65)  # they pad any last dimensions but the batch
        for name in ("ZeroPad", "ConstantPad")
        for dims in (1, 2, 3)
    },
    **{
        f"{norm}Norm{name}{dims}d": (dims + 2,)
        for norm in ("Weight", "Spectral")
        for name in ("Conv", "ConvTranspose")
        for dims in (1, 2)
    },
    "BatchNorm1d": (2, 3),
    "ConnectionTableConv2d": (4,),
    "Subsampling2d": (4,),
    "EuclideanRBF": (2,),
    "CenterCrop2d": (4,),
    "FrozenBatchNorm2d": (4,),
    "FixedConv1d": (3,),
    "FixedConv2d": (4,),
    "FixedConv3d": (5,),
    "FixedConvTranspose2d": (4,),
    "MultiheadAttention": (3,),
    "PixelShuffle": range(4, 65),
    "PixelUnshuffle": range(4, 65),
    "Unfold": (4,),
    "Fold": (3,),
}
"""Dimensions, the batch among them, of the types that PyTorch would also run without a batch."""
