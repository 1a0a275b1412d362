"""Running a module on tensors without values, and recording what it calls. Needs torch.

The tensors are torch's fake ones: they have shapes, and a module that asks for a value (and
may so do one thing for one picture and another for the next) cannot be recorded, which is
said. Every size that the module computes is a number, so that no arithmetic is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor
from torch.autograd import Variable
from torch.overrides import TorchFunctionMode

from ..layers.shapes import Shape
from ..network import INPUT
from .graph import NotSaid, Recorded, Unsupported
from .leaves import leaf_type, named_leaf
from .ledger import Ledger
from .operations import (
    Answer,
    Call,
    Chain,
    Layer,
    Value,
    answer,
    attended,
    module_arguments,
    of_parts,
    padded_output,
    placed,
    refuse_masks,
    unpooled,
)
from .origins import Origin
from .preparing import NotRecordable, input_type
from .running import Running
from .samples import BATCH, FIRST
from .sources import Sources
from .telling import (
    ASKS_FOR_VALUES,
    other_input,
    other_shape,
    seen_of_few,
    told,
    without_values,
)
from .tensors import Tensors, apart, shaped, versions_of
from .torch_calls import full_name, plain_name, source_line, tensors_of
from .unregistered import why_unregistered
from .views import Views

SET_DATA = Tensor.data.__set__  # type: ignore[attr-defined]
"""Called for `weight.data = x`."""
MADE_OF_OTHERS = (nn.functional.multi_head_attention_forward,)
"""Functions that are recorded as the functions that they call."""
WRITING = ("setitem", "copy", "fill", "zero")
"""Functions that put values into a tensor in the place of its own."""


class Recording(NamedTuple):
    """What a run called.

    Attributes:
        layers: in the order of the run.
        outputs: the keys of what came out.
        classes: the class of each module, by its path (and a number where it ran again).
        by_name: whether a module is taken for a layer by its class's name.
        ran: the ids of the modules that ran.
    """

    layers: list[Recorded]
    outputs: tuple[str, ...]
    classes: dict[str, str]
    by_name: bool
    ran: frozenset[int]


def record(module: nn.Module, input_shape: Shape, *, by_name: bool = True) -> Recording:
    """What `module` calls for an input of this shape (without the batch), as it is prepared.

    Args:
        module: the module, ready to be run.
        input_shape: of one sample.
        by_name: whether a module whose class has the name of a layer type is that layer.

    Raises:
        NotRecordable: it cannot run, or asks for values.
    """
    recorder = _Recorder(module, input_shape, by_name)
    with catch_warnings():
        simplefilter("ignore")  # what PyTorch runs with a warning, it runs
        try:
            output = recorder.run(input_shape)
        except NotRecordable:
            raise
        except Exception as fault:
            if reason := other_input(module):  # what ran are parts of the batch, no network
                raise NotRecordable(reason) from fault
            reason = recorder.told(seen_of_few(module, input_shape, fault))
            reason += other_shape(module, input_shape)
            raise NotRecordable(reason, recorder.running.named(recorder.ledger.layers)) from fault
    outputs = []
    for tensor in tensors_of(output):
        key = recorder.tensors.key(tensor)
        if not key:
            raise NotRecordable(
                "an output does not follow from the input, or not by calls that can be followed"
            )
        if recorder.tensors.value(tensor).samples != FIRST:
            raise NotRecordable("an output does not have the batch in its first dimension")
        if key not in outputs:
            outputs.append(key)
    if not outputs:
        what = "nothing: is a return missing?" if output is None else type(output).__name__
        raise NotRecordable(f"its forward gives no tensor, but {what}")
    running = recorder.running
    layers = running.named(recorder.ledger.layers)
    ran = frozenset(running.ran)
    return Recording(layers, tuple(outputs), running.classes, recorder.by_name, ran)


@contextmanager
def old_variables() -> Iterator[None]:
    """Let `Variable(x)`, of before PyTorch 0.4, give x, and not a tensor that nobody knows."""
    meta: Any = type(Variable)

    def call(cls: Any, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        if cls is Variable and isinstance(data, Tensor):
            return data
        return type.__call__(cls, data, *args, **kwargs)

    meta.__call__ = call
    try:
        yield
    finally:
        del meta.__call__


@contextmanager
def called_through() -> Iterator[None]:
    """Let functions written in Python run, where otherwise a mode is asked for what they give."""
    functional: Any = nn.functional
    asks = functional.has_torch_function
    functional.has_torch_function = lambda _: False
    try:
        yield
    finally:
        functional.has_torch_function = asks


class _Recorder(TorchFunctionMode):
    """Records calls as they happen."""

    def __init__(self, module: nn.Module, input_shape: Shape, by_name: bool) -> None:
        super().__init__()
        self.root = module
        named = ((id(m), named_leaf(m)) for m in nn.Module.modules(module) if by_name)
        self.named_leaves = {place: leaf for place, leaf in named if leaf is not None}
        self.by_name = False
        self.running = Running(module)
        self.tensors = Tensors(module)
        fixed = self.tensors.sizes.keys() - self.tensors.learned
        self.ledger = Ledger(input_shape, BATCH, fixed)
        self.sources = Sources(self.ledger)
        self.inside = 0
        self.entered = ""
        self.given: tuple[nn.Module, Any] = (module, None)
        self.versions: dict[int, int] = {}
        self.views = Views(self.tensors, self._again)

    def run(self, input_shape: Shape) -> Any:
        """Run the module on a batch of this run, recording what it calls; what it gives."""
        with without_values(), old_variables(), self.hooks():
            x = torch.empty(BATCH, *input_shape, dtype=input_type(self.root))
            self.tensors.know(x, INPUT)
            # Its attributes are its own again: those that forward sets have no values.
            held = [(inner, dict(vars(inner))) for inner in nn.Module.modules(self.root)]
            try:
                with self:
                    output = self.root(x)
                for tensor in tensors_of(output):
                    self.views.refresh(tensor)
                return output
            finally:
                for inner, own in held:
                    vars(inner).clear()
                    vars(inner).update(own)

    # Modules ----------------------------------------------------------------------------

    @contextmanager
    def hooks(self) -> Iterator[None]:
        """Follow which module runs."""
        handles = []
        for inner in nn.Module.modules(self.root):
            if inner is not self.root or not list(nn.Module.children(inner)):
                handles.append(inner.register_forward_pre_hook(self._enter, with_kwargs=True))
                # Before hooks of the module's own: what these do follows the layer.
                handles.append(
                    inner.register_forward_hook(self._leave, with_kwargs=True, prepend=True)
                )
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        self.entered = self.running.names[id(module)]
        self.running.ran.add(id(module))
        inputs = [*args, *kwargs.values()]
        for tensor in tensors_of(inputs):
            self.views.refresh(tensor)
        self.given = (module, inputs[0] if inputs else None)
        if self.inside:
            self.inside += 1
        elif self._is_leaf(module, inputs):
            self.inside = 1
            self.running.ran |= {id(part) for part in nn.Module.modules(module)}
            self.versions = versions_of(inputs)
        else:
            self.running.enter(module)

    def _is_leaf(self, module: nn.Module, inputs: list[Any]) -> bool:
        """Whether a module that is about to run is one layer."""
        keys = [value.key for value in map(self.tensors.value, tensors_of(inputs))]
        if leaf_type(module):
            # What reads parameters and constants alone is computed, as its functions say.
            each = any(tensor.shape[:1] == (BATCH,) for tensor in tensors_of(inputs))
            return any(keys) or each or not keys
        leaf = self.named_leaves.get(id(module))
        if leaf is None or not all(keys):
            return False
        fits = leaf.fits(tuple(self.ledger.shapes[key] for key in keys))
        self.by_name = self.by_name or fits
        return fits

    def _leave(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
        if not self.inside:
            self.running.leave()
            return output
        if self.inside == 1:
            output = apart(output, self.versions)
        self.inside -= 1
        if not self.inside:
            self.views.note(module, args, kwargs, tensors_of(output))
            self._layer(module, args, kwargs, output)
            self._write([*args, *kwargs.values()], self.versions)
        return output

    def _write(self, given: Sequence[Any], versions: dict[int, int]) -> None:
        """Let what shares its numbers with a tensor that has been written into know of it."""
        after = versions_of(given)
        for tensor in tensors_of(given):
            if versions[id(tensor)] != after[id(tensor)]:
                self.views.written(tensor)

    def _layer(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        """Record a module that is one layer, and has run."""
        type_name = leaf_type(module) or type(module).__name__
        if type_name == "Identity":
            for tensor, given in zip(tensors_of(output), tensors_of(args), strict=False):
                self.tensors.know(tensor, self.tensors.key(given))
            return
        inputs = [*args, *kwargs.values()]
        reads = [value for value in map(self._read, tensors_of(inputs)) if value.key]
        path = self.running.layer(module, self.ledger.next_key)
        outputs = tensors_of(output)
        if not reads:
            return
        name = self.running.names[id(module)]
        layer: Layer | None = None
        try:
            if type_name.startswith("MaxUnpool"):
                reads = list(unpooled(*map(self.tensors.shown, tensors_of(inputs)[:2])))
            if type_name == "MultiheadAttention":
                refuse_masks(args, kwargs, self.tensors.value)
                reads = attended(module, reads[:3])
            arguments = module_arguments(type_name, module)
            arguments |= padded_output(arguments, reads[0], shaped(outputs[0]))
            arguments = placed(arguments, reads[0])
            prefix = f"{name}." if name else ""
            state = module.state_dict(keep_vars=True)
            weights = {key: self.tensors.name(t) or f"{prefix}{key}" for key, t in state.items()}
            layer = Layer(type_name, arguments, tuple(reads), weights)
            self._add(self.ledger.with_own_weights(layer), outputs[0], path)
        except NotSaid as reason:
            what = f"{type(module).__module__}.{type(module).__name__}"
            self._unsaid(what, str(reason), reads, outputs, layer, module=name)
            return
        self.tensors.know_indices(type_name.lower(), outputs, reads[0])

    # Functions --------------------------------------------------------------------------

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if self.inside:
            return func(*args, **kwargs)
        if func in MADE_OF_OTHERS:
            with self, called_through():
                return func(*args, **kwargs)
        if func == SET_DATA and (own := self.tensors.name(args[0])):
            line = source_line()
            raise NotRecordable(
                f"forward puts other numbers into {own}{f' ({line})' if line else ''}: "
                "let it compute with them, or put them there before"
            )
        for tensor in tensors_of([*args, *kwargs.values()]):
            self.views.refresh(tensor)
        args = self.tensors.without_masks(func, args)
        form = self.tensors.form(func, args)
        given = [tensor for tensor in tensors_of([*args, *kwargs.values()]) if tensor is not form]
        self._refuse_unregistered(given)
        before = [self.tensors.value(tensor) for tensor in given]
        follows = any(value.key for value in before)
        shown, named = self.tensors.shown(list(args)), self.tensors.shown(kwargs)
        versions = versions_of([*args, *kwargs.values()])
        try:
            result = func(*args, **kwargs)
        except ASKS_FOR_VALUES:
            if follows:
                raise
            return self.tensors.origins.computed(func, args, kwargs)
        if self.tensors.is_known(result):
            result = apart(result, versions)
        # x[...] = y gives nothing: x is another value from now on.
        name = plain_name(func)
        outputs = tensors_of(args[0] if name == "setitem" else result)
        self.views.note(func, args, kwargs, outputs)
        if outputs and follows:
            several = isinstance(result, (list, tuple))
            if name in WRITING and getattr(func, "__name__", "").endswith("_"):
                name, shown = "setitem", [shown[0], *self._put(func, args, kwargs)]
            call = Call(name, shown, named, tuple(map(shaped, outputs)), several)
            self._called(func, call, before, outputs)
        else:
            self.tensors.know_apart(func, args, kwargs, outputs)
        self._write([*args, *kwargs.values()], versions)
        return result

    def _again(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function and record it, as if the module did."""
        return self.__torch_function__(func, (), args, kwargs)

    def _put(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        """Where x[...] = y or x.copy_(y) writes, and y in the shape that is there."""
        x, *rest = [*args, *kwargs.values()]
        index = rest.pop(0) if plain_name(func) == "setitem" else ...
        value = rest[0] if rest else 0  # x.zero_()
        shape = x[index].shape
        if not isinstance(value, Tensor):
            value = self._again(torch.full, tuple(shape), value)
        elif value.shape != shape:
            value = self._again(
                torch.reshape, value, value.shape[max(0, value.dim() - len(shape)) :]
            )
            value = self._again(torch.Tensor.expand, value, tuple(shape))
        if not self.tensors.key(value):
            value = self._again(torch.reshape, value, tuple(x[_ranges(index)].shape))
        return self.tensors.shown(index), self.tensors.shown(value)

    def _refuse_unregistered(self, given: Sequence[Tensor]) -> None:
        """Raise NotRecordable for a parameter that is none of the module's."""
        for tensor in given:
            if isinstance(tensor, nn.Parameter) and not self.tensors.name(tensor):
                line = source_line()
                reason = (
                    "forward makes a layer, whose weights are others in each run: make it in "
                    "__init__"
                    if isinstance(tensor, FakeTensor)
                    else why_unregistered(self.root, tensor)
                )
                raise NotRecordable(f"{reason} ({line})" if line else reason)

    def _called(self, func: Any, call: Call, before: list[Value], outputs: list[Tensor]) -> None:
        """Record a call that reads something that follows from the input."""
        path = (*self.running.around.names, "")
        said: Answer | None = None
        try:
            said = answer(call)
            if not isinstance(said, list):
                self._one(said, before, outputs, path)
                return
        except NotSaid as reason:
            if not self._with_sources(call, before, outputs, path):
                layer = said if isinstance(said, (Layer, Chain)) else None
                self._unsaid(full_name(func), str(reason), before, outputs, layer)
            return
        for layer, tensor in zip(said, outputs, strict=False):
            try:
                self._add(layer, tensor, path)
            except NotSaid as reason:
                self._unsaid(full_name(func), str(reason), before, [tensor], layer)
        self.tensors.know_indices(call.name, outputs, before[0])

    def _with_sources(
        self, call: Call, before: list[Value], outputs: list[Tensor], path: tuple[str, ...]
    ) -> bool:
        """Record a call with layers in place of what does not follow from the input, if it can."""
        try:
            with self.sources.all_or_nothing():
                said = answer(self.sources.beside(call, path))
                if isinstance(said, list):
                    return False
                self._one(said, before, outputs, path)
        except NotSaid:
            return False
        return True

    def _one(
        self,
        said: Layer | Chain | Value | str,
        before: list[Value],
        outputs: list[Tensor],
        path: tuple[str, ...],
    ) -> None:
        """Record what gives one tensor; raises NotSaid."""
        if isinstance(said, str):
            key = next(value.key for value in before if value.key)
            for tensor in outputs:
                self.tensors.know(tensor, key)
            return
        if isinstance(said, Value):
            self.tensors.know(outputs[0], said.key)
            return
        self._add(said, outputs[0], path)

    # Layers -----------------------------------------------------------------------------

    def _add(self, said: Layer | Chain, tensor: Tensor, path: tuple[str, ...]) -> None:
        """Record a layer, or several; raises NotSaid."""
        output = shaped(tensor)
        said = of_parts(said, output)
        layers = said.layers if isinstance(said, Chain) else [said]
        self.ledger.refuse_partly_shared(layers)
        if isinstance(said, Chain):
            key = self.ledger.add_chain(said, output.shape, path)
        else:
            key = self.ledger.add(said, output.shape, path)
        self.tensors.know(tensor, key)

    def _unsaid(
        self,
        what: str,
        reason: str,
        reads: Sequence[Value],
        outputs: list[Tensor],
        layer: Layer | Chain | None,
        module: str | None = None,
    ) -> None:
        """Record what no layer type says, as something unknown with the shape that it gives."""
        around = self.running.around
        place = around.path if module is None else module
        unsupported = Unsupported(what, place, source_line(), reason)
        read = [value.key for value in reads if value.key]
        path = (*around.names, "")
        names = {name for value in reads for name in (value.name, *_learned(value)) if name}
        if isinstance(layer, Layer):
            names |= {*layer.weights.values()}
        learned = names & self.tensors.learned
        params = sum(self.tensors.sizes[name] for name in learned - self.ledger.used.keys())
        for tensor in outputs:
            shape = shaped(tensor).shape[1:]
            key = self.ledger.add_unknown(
                unsupported, read, shape, path, params=params, uses=learned
            )
            self.tensors.know(tensor, key)
            params = 0

    def _read(self, tensor: Tensor) -> Value:
        """What a module reads; what does not follow from the input is a layer of its own."""
        value, path = self.tensors.value(tensor), (*self.running.around.names, "")
        constant = not value.key and value.origin is not None and value.shape[:1] == (BATCH,)
        found = value.origin.special("given") if constant and value.origin else None
        alike = self.ledger.latest_map(value.shape[2:]) if found else None
        if found is None or alike is None:
            with suppress(NotSaid), self.sources.all_or_nothing():
                return self.sources.of_each_sample(value, path)
            return value
        self._add(found._replace(reads=(alike,)), tensor, path)
        return self.tensors.value(tensor)

    def told(self, fault: Exception) -> str:
        """Why the run ended, and where."""
        around = self.entered if self.inside else self.running.around.path
        return told(fault, around, *(self.given if self.inside else (self.root, None)))


def _ranges(index: Any) -> Any:
    """An index that keeps the dimensions in which it is one position."""
    items = index if isinstance(index, tuple) else (index,)
    if not all(type(item) is int or item is ... or isinstance(item, slice) for item in items):
        return index
    return tuple(slice(item, item + 1 or None) if type(item) is int else item for item in items)


def _learned(value: Value) -> tuple[str, ...]:
    """The parameters that a value is computed from, that does not follow from the input."""
    return tuple(value.origin.learned) if isinstance(value.origin, Origin) else ()
