"""Running a module on tensors without values, and recording what it calls. Needs torch.

The tensors are torch's fake ones: they have shapes, and a module that asks for a value (and
may so do one thing for one picture and another for the next) cannot be recorded, which is
said. Every size that the module computes is a number, so that no arithmetic is left.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import prod
from types import FrameType
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode, resolve_name

from ..layers import registry
from ..layers.shapes import Shape
from ..network import INPUT
from .graph import NotSaid, Recorded, Unsupported, made, output_shape
from .operations import (
    KEEPS_ORDER,
    Arithmetic,
    Call,
    Chain,
    Layer,
    Value,
    answer,
    module_arguments,
    tidy,
)
from .unknown import Unknown, define

BATCH = 2
"""Samples in the run: what mixes them with other dimensions shows it."""


class NotRecordable(Exception):
    """The module cannot be run without values; the text says why."""


class Recording(NamedTuple):
    """What a run called.

    Attributes:
        layers: in the order of the run.
        outputs: the keys of what came out.
        unsupported: what no layer type says.
        classes: the class of each module, by its path (and a number where it ran again).
    """

    layers: list[Recorded]
    outputs: tuple[str, ...]
    unsupported: list[Unsupported]
    classes: dict[str, str]


def record(module: nn.Module, input_shape: Shape) -> Recording:
    """What `module` calls for an input of this shape (without the batch), in evaluation mode.

    Raises:
        NotRecordable: it cannot run, or asks for values.
    """
    define()
    module.eval()
    recorder = _Recorder(module)
    dtype = next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)
    with FakeTensorMode(allow_non_fake_inputs=True), torch.no_grad(), recorder.hooks():
        x = torch.empty(BATCH, *input_shape, dtype=dtype)
        recorder.know(x, INPUT)
        try:
            with recorder, catch_warnings():
                simplefilter("ignore")  # what PyTorch runs with a warning, it runs
                output = module(x)
        except Exception as fault:
            raise NotRecordable(recorder.told(fault)) from fault
    outputs = []
    for tensor in _tensors(output):
        key = recorder.keys.get(id(tensor))
        if key is None:
            raise NotRecordable("an output does not follow from the input")
        if key not in outputs:
            outputs.append(key)
    if not outputs:
        raise NotRecordable(f"it gives no tensor, but {type(output).__name__}")
    return Recording(recorder.named(), tuple(outputs), recorder.unsupported, recorder.classes)


class _Frame(NamedTuple):
    """A module that runs: its own path, and the path under which this run of it is known."""

    module: str
    path: str


class _Recorder(TorchFunctionMode):
    """Records calls as they happen."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.root = module
        self.names = {id(inner): name for name, inner in module.named_modules()}
        self.tensors = {id(t): name for name, t in module.named_parameters()}
        self.tensors |= {id(t): name for name, t in module.named_buffers()}
        self.learned = {name for name, _ in module.named_parameters()}
        self.sizes = {name: t.numel() for name, t in module.named_parameters()}
        self.sizes |= {name: t.numel() for name, t in module.named_buffers()}
        self.used: set[str] = set()
        self.keys: dict[int, str] = {}
        self.shapes: dict[str, Shape] = {}
        self.alive: list[Any] = []  # so that no id is used twice
        self.layers: list[Recorded] = []
        self.by_key: dict[str, Recorded] = {}
        self.unsupported: list[Unsupported] = []
        self.classes: dict[str, str] = {}
        self.pooled: dict[int, str] = {}
        self.stack: list[_Frame] = [_Frame("", "")]
        self.inside = 0
        self.entered = ""
        self.runs: Counter[str] = Counter()
        self.owners: dict[int, str] = {}
        self.functions: dict[tuple[str, ...], list[str]] = {}

    # Modules ----------------------------------------------------------------------------

    @contextmanager
    def hooks(self) -> Iterator[None]:
        """Follow which module runs."""
        handles = []
        for inner in self.root.modules():
            if inner is not self.root or not list(inner.children()):
                handles.append(inner.register_forward_pre_hook(self._enter, with_kwargs=True))
                handles.append(
                    inner.register_forward_hook(self._leave, with_kwargs=True, always_call=False)
                )
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        self.entered = self.names[id(module)]
        if self.inside or _leaf_type(module):
            self.inside += 1
            return
        name = self.names[id(module)]
        around = self.stack[-1]
        if not around.module:
            path = f"{around.path}.{name}" if around.path else name
        elif name.startswith(f"{around.module}."):
            path = around.path + name[len(around.module) :]
        else:
            path = name
        self.runs[path] += 1
        if self.runs[path] > 1:
            path = f"{path}_{self.runs[path]}"
        self.classes[path] = type(module).__name__
        self.stack.append(_Frame(name, path))

    def _leave(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if not self.inside:
            self.stack.pop()
            return
        self.inside -= 1
        if self.inside:
            return
        type_name = _leaf_type(module)
        assert type_name is not None
        if type_name == "Identity":
            for tensor, given in zip(_tensors(output), _tensors(args), strict=False):
                self.know(tensor, self.keys.get(id(given), ""))
            return
        inputs = [*args, *kwargs.values()]
        reads = [value for value in map(self._value, _tensors(inputs)) if value.key]
        path = self._leaf_path(module)
        outputs = _tensors(output)
        if not reads:
            return
        layer: Layer | None = None
        try:
            if type_name.startswith("MaxUnpool"):
                reads = self._unpooled(inputs)
            if type_name == "MultiheadAttention" and len({read.key for read in reads}) == 1:
                reads = reads[:1]
            arguments = module_arguments(type_name, module)
            name = self.names[id(module)]
            prefix = f"{name}." if name else ""
            weights = {key: f"{prefix}{key}" for key in module.state_dict()}
            layer = Layer(type_name, arguments, tuple(reads), weights)
            self._add(layer, outputs[0], path, owner=id(module))
        except NotSaid as reason:
            what = f"{type(module).__module__}.{type(module).__name__}"
            self._unsaid(what, str(reason), reads, outputs, layer, module=self.names[id(module)])
            return
        if len(outputs) > 1 and type_name.startswith("MaxPool"):
            self.pooled[id(outputs[1])] = reads[0].key
            self.alive.append(outputs[1])

    def _leaf_path(self, module: nn.Module) -> tuple[str, ...]:
        """The path of a module of torch.nn in this run of what is around it."""
        name = self.names[id(module)]
        around = self.stack[-1]
        if around.module and name.startswith(f"{around.module}."):
            path = around.path + name[len(around.module) :]
        elif around.path and not around.module:
            path = f"{around.path}.{name}"
        else:
            path = name or type(module).__name__.lower()
        names = tuple(path.split("."))
        self.runs[path] += 1
        count = self.runs[path]
        if not list(module.parameters()):
            self.functions.setdefault(names, []).append(str(len(self.layers) + 1))
        return names if count == 1 else (*names[:-1], f"{names[-1]}_{count}")

    def named(self) -> list[Recorded]:
        """The layers; functions that run several times by default names: relu1, relu2."""
        again = {key for keys in self.functions.values() if len(keys) > 1 for key in keys}
        return [
            replace(item, path=(*item.path[:-1], "")) if item.key in again else item
            for item in self.layers
        ]

    def _unpooled(self, inputs: list[Any]) -> list[Value]:
        value, indices, *_ = _tensors(inputs)
        if id(indices) not in self.pooled:
            raise NotSaid("with indices that are not those of a max pool")
        pooled = self.pooled[id(indices)]
        return [self._value(value), Value(pooled, (BATCH, *self.shapes[pooled]))]

    # Functions --------------------------------------------------------------------------

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if self.inside:
            return func(*args, **kwargs)
        before = [self._value(tensor) for tensor in _tensors([*args, *kwargs.values()])]
        shown = [self._shown(arg) for arg in args], {k: self._shown(v) for k, v in kwargs.items()}
        result = func(*args, **kwargs)
        outputs = _tensors(result)
        if outputs and any(value.key for value in before):
            self._called(func, shown, before, result, outputs)
        elif len(before) == 1 and before[0].name and _plain_name(func) in KEEPS_ORDER:
            (tensor,) = outputs
            if tensor.numel() == prod(before[0].shape):
                self.tensors[id(tensor)] = before[0].name
                self.alive.append(tensor)
        return result

    def _called(
        self,
        func: Any,
        shown: tuple[list[Any], dict[str, Any]],
        before: list[Value],
        result: Any,
        outputs: list[Tensor],
    ) -> None:
        name = _plain_name(func)
        several = isinstance(result, (list, tuple))
        call = Call(name, *shown, tuple(tuple(t.shape) for t in outputs), several)
        try:
            said = answer(call)
        except Arithmetic as reason:
            number = (reason.operation, reason.number)
            self._unsaid(_full_name(func), str(reason), before, outputs, None, number)
            return
        except NotSaid as reason:
            self._unsaid(_full_name(func), str(reason), before, outputs, None)
            return
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as fault:
            self._unsaid(_full_name(func), f"its arguments: {fault}", before, outputs, None)
            return
        if isinstance(said, str):
            for tensor in outputs:
                self.know(tensor, call.x.key if name != "cat" else before[0].key)
            return
        if isinstance(said, Chain):
            layers = said.layers[-1:]
        else:
            layers = said if isinstance(said, list) else [said]
        path = tuple(filter(None, self.stack[-1].path.split(".")))
        for layer, tensor in zip(layers, outputs, strict=False):
            assert isinstance(layer, Layer)
            try:
                if isinstance(said, Chain):
                    layer = self._chained(said, (*path, ""))  # noqa: PLW2901
                owner = self.owners_of(layer)
                self._add(layer, tensor, (*path, ""), owner=owner)
            except NotSaid as reason:
                self._unsaid(_full_name(func), str(reason), list(layer.reads), [tensor], layer)

    def _chained(self, chain: Chain, path: tuple[str, ...]) -> Layer:
        """The last layer of a chain, after recording the others; raises NotSaid."""
        reads = chain.reads
        for layer in chain.layers[:-1]:
            key = str(len(self.layers) + 1)
            keys = tuple(read.key for read in reads)
            shapes = tuple(self.shapes[key] for key in keys)
            shape = output_shape(layer.type, layer.arguments, shapes)
            item = Recorded(key, path, layer.type, layer.arguments, keys, shape)
            self.layers.append(item)
            self.by_key[key], self.shapes[key] = item, shape
            reads = (Value(key, (BATCH, *shape)),)
        return chain.layers[-1]._replace(reads=reads)

    def owners_of(self, layer: Layer) -> int | None:
        """What tells a function's weights apart: two calls with the same share them."""
        return hash(tuple(sorted(layer.weights.values()))) if layer.weights else None

    # Layers -----------------------------------------------------------------------------

    def _add(self, layer: Layer, tensor: Tensor, path: tuple[str, ...], owner: int | None) -> None:
        """Record a layer; raises NotSaid."""
        shape = tuple(tensor.shape)
        if not shape or shape[0] != BATCH:
            raise NotSaid("mixes the batch with other dimensions")
        if any(not read.key for read in layer.reads):
            raise NotSaid("reads a value that does not follow from the input")
        shares = None
        if layer.weights and owner is not None:
            shares = self.owners.get(owner)
        key = str(len(self.layers) + 1)
        recorded = Recorded(
            key,
            path,
            layer.type,
            tidy(layer.type, layer.arguments),
            tuple(read.key for read in layer.reads),
            shape[1:],
            shares,
            {} if shares else layer.weights,
        )
        op = made(recorded, tuple(self.shapes[read.key] for read in layer.reads))
        for name in op.layer.parameters():
            if name not in layer.weights:
                raise NotSaid(f"with a {name} that is computed, and no parameter")
            if layer.weights[name] in self.sizes.keys() - self.learned:
                raise NotSaid(f"with a {name} that is not learned")
        if owner is not None and shares is None:
            self.owners[owner] = key
            self.used.update(layer.weights.values())
        self._put(recorded, tensor)

    def _put(self, recorded: Recorded, tensor: Tensor) -> None:
        self.layers.append(recorded)
        self.by_key[recorded.key] = recorded
        self.shapes[recorded.key] = recorded.shape
        self.know(tensor, recorded.key)

    def _unsaid(
        self,
        what: str,
        reason: str,
        reads: Sequence[Value],
        outputs: list[Tensor],
        layer: Layer | None,
        number: tuple[str, float] | None = None,
        module: str | None = None,
    ) -> None:
        """Record what no layer type says, as something unknown with the shape that it gives."""
        around = self.stack[-1]
        place = around.path if module is None else module
        unsupported = Unsupported(what, place, _line(), reason)
        self.unsupported.append(unsupported)
        read = tuple(dict.fromkeys(value.key for value in reads if value.key))
        path = tuple(filter(None, around.path.split(".")))
        weights = {value.name: prod(value.shape) for value in reads if value.name}
        if layer is not None:
            weights |= {name: self.sizes[name] for name in layer.weights.values()}
        own = {name: size for name, size in weights.items() if name not in self.used}
        self.used.update(own)
        learned = sum(size for name, size in own.items() if name in self.learned)
        for tensor in outputs:
            key = str(len(self.layers) + 1)
            shape = tuple(tensor.shape)[1:]
            arguments: dict[str, Any] = {"operation": what, "shape": list(shape)}
            if learned:
                arguments["params"] = learned
                learned = 0
            recorded = Recorded(
                key,
                (*path, ""),
                Unknown.__name__,
                arguments,
                read,
                shape,
                unsupported=unsupported,
                number=number,
            )
            self._put(recorded, tensor)

    # Tensors ------------------------------------------------------------------------------

    def know(self, tensor: Tensor, key: str) -> None:
        """This tensor is the value of a layer from now on."""
        self.keys[id(tensor)] = key
        self.alive.append(tensor)
        if key == INPUT:
            self.shapes[key] = tuple(tensor.shape)[1:]

    def _value(self, tensor: Tensor) -> Value:
        key, name = self.keys.get(id(tensor), ""), self.tensors.get(id(tensor), "")
        return Value(key, tuple(tensor.shape), name)

    def _shown(self, argument: Any) -> Any:
        if isinstance(argument, Tensor):
            return self._value(argument)
        if isinstance(argument, (list, tuple)) and not isinstance(argument, torch.Size):
            return (
                type(argument)(self._shown(item) for item in argument)
                if type(argument) in (list, tuple)
                else argument
            )
        return argument

    def told(self, fault: Exception) -> str:
        """Why the run ended, and where."""
        around = self.entered if self.inside else self.stack[-1].path
        text = str(fault).strip().partition("\n")[0]
        place = f" in {around}" if around else ""
        return f"{type(fault).__name__}{place}: {text}"


def _leaf_type(module: nn.Module) -> str | None:
    """The layer type that a module is, whose forward is that of torch.nn's class."""
    for base in type(module).__mro__:
        if base.__module__.startswith("torch.nn.modules") and base.__name__ in registry():
            same = type(module).forward is getattr(base, "forward", None)
            return base.__name__ if same else None
    return None


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _tensors(item)]
    return []


def _plain_name(func: Any) -> str:
    name = getattr(func, "__name__", "")
    if name == "__get__":
        return "get"
    return name.replace("_", "").lower()


def _full_name(func: Any) -> str:
    try:
        found = resolve_name(func)
    except Exception:
        found = None
    return str(found or getattr(func, "__name__", func))


_TORCH = os.path.dirname(torch.__file__)
_HERE = os.path.dirname(__file__)


def _line() -> str:
    """Where in the user's source this is called: 'net.py:12'."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith((_TORCH, _HERE)) and not re.match(r"<.*>$", name):
            return f"{os.path.basename(name)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
