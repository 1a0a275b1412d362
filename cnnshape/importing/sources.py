"""Tensors that do not follow from the input, as layers where they meet one that does. Needs torch.

Most such tensors are a layer's weights, which rules say. What is left is a value of its own,
the same for every sample: learned, fixed, or computed from such by the calls that made it,
which are said as any others are.
"""

from __future__ import annotations

from .constants import Constants, aligned
from .graph import NotSaid
from .ledger import Path
from .operations import Call, Layer, Value, answer
from .origins import MadeBy, Origin, replaced
from .samples import BATCH, NOWHERE, of_one_sample
from .torch_calls import plain_name

STRETCHING = frozenset((
    "add", "iadd", "radd", "sub", "isub", "rsub", "subtract", "mul", "imul", "rmul", "multiply",
    "div", "truediv", "itruediv", "rtruediv", "divide", "maximum", "minimum", "max", "min",
    "matmul", "bmm", "mv", "where", "maskedfill", "addcmul", "pow", "ipow",
))  # fmt: skip
"""Functions of values that stretch dimensions of size 1."""
LISTING = frozenset(("cat", "concat", "concatenate", "stack", "setitem"))
"""Functions that put values side by side."""
CONTRACTING = frozenset((
    "einsum", "linear", "mm", "spmm", "addmm", "baddbmm", "inner", "tensordot",
))  # fmt: skip
"""Functions of tensors that are read as they are, and not stretched."""
WEIGHTED = frozenset(("linear", "conv1d", "conv2d", "conv3d", "layernorm", "groupnorm"))
"""Functions of a value and of weights."""


class Sources(Constants):
    """The layers that give what does not follow from the input."""

    def beside(self, call: Call, path: Path) -> Call:
        """A call with layers in place of its tensors that do not follow from the input.

        Args:
            call: what was called.
            path: of layers that have no name of their own.

        Raises:
            NotSaid: it is no call in which they are values; or they cannot be said.
        """
        following = [value for value in _values(call) if value.key]
        if call.name not in STRETCHING | LISTING | CONTRACTING or not following:
            raise NotSaid("a weight that is computed, or a constant")
        x = max(following, key=lambda value: value.rank)
        name = _product_by_ranks(call, x) if call.name == "matmul" else call.name
        if name in ("pow", "ipow"):
            name = self.ledger.rule_of_power(call.get(0, "self"))

        def beside(value: Value) -> Value:
            if value.key or 0 in value.shape:
                return value
            if not isinstance(value.origin, Origin):
                raise NotSaid("with a value that is not known")
            if name in CONTRACTING:
                return self._value(value.origin, x, path)
            return self._beside(value.origin, x, path, whole=call.name in LISTING)

        args, kwargs = (replaced(given, Value, beside) for given in (call.args, call.kwargs))
        return Call(name, args, kwargs, call.outputs, call.several)

    def of_each_sample(self, value: Value, path: Path) -> Value:
        """What a module reads that has the same numbers for each sample, as a layer's."""
        origin, x = value.origin, self.ledger.input
        if value.key or not isinstance(origin, Origin) or value.shape[:1] != (BATCH,):
            return value
        beside = x._replace(shape=value.shape)
        return self._beside(origin, beside, path, whole=True)

    def _beside(self, origin: Origin, x: Value, path: Path, *, whole: bool) -> Value:
        """A layer's value that stands beside `x`, dimension by dimension.

        Args:
            origin: where the constant comes from.
            x: the value beside it.
            path: where they meet.
            whole: whether it may not be stretched.
        """
        shape = aligned(tuple(map(of_one_sample, origin.shape)), x)
        stretched = origin.stretched()
        if not origin.learned:
            found = self.constant(origin, origin.name(), shape, x, path)
        elif stretched is not None:
            name, before = stretched
            found = self.parameter(name, aligned(before, x), x, path)
            if whole and found.shape[1:] != shape:
                found = self.add(Layer("Expand", {"shape": list(shape)}, (found,)), path, shape)
        else:
            found = self.shaped(self._value(origin, x, path), shape, path)
        return found._replace(samples=x.samples)

    def _value(self, origin: Origin, x: Value, path: Path) -> Value:
        """A layer's value for what is computed from parameters; `x`: from which it has a batch."""
        if origin in self._known:
            return self._known[origin]
        shape = tuple(map(of_one_sample, origin.shape))
        if not origin.learned:
            return self.constant(origin, origin.name(), shape, x, path)
        if origin.made_by is None:
            (name,) = origin.learned
            return self.parameter(name, shape, x, path)
        found = self._called(origin.made_by, x, path)
        self._known[origin] = found
        return found

    def _called(self, made_by: MadeBy, x: Value, path: Path) -> Value:
        """The layers of a call that reads parameters and constants alone."""

        def learned(inner: Origin) -> Value:
            if inner.learned:
                return self._value(inner, x, path)
            return Value("", tuple(map(of_one_sample, inner.shape)), origin=inner)

        def weight(inner: Origin) -> Value:
            if inner is made_by.args[0]:
                return self._value(inner, x, path)
            (name, *_) = inner.learned or [""]
            own = name if inner.made_by is None else ""
            return Value("", tuple(map(of_one_sample, inner.shape)), own, origin=inner)

        def any_value(value: Value) -> Value:
            if value.key or not isinstance(value.origin, Origin):
                return value
            return self._value(value.origin, x, path)

        name = plain_name(made_by.function)
        make = weight if name in WEIGHTED else learned
        args, kwargs = (replaced(part, Origin, make) for part in (made_by.args, made_by.kwargs))
        shapes = [tuple(map(of_one_sample, shape)) for shape in made_by.shapes]
        outputs = tuple([Value("", (BATCH, *shape), samples=NOWHERE) for shape in shapes])
        call = Call(name, args, kwargs, outputs, len(outputs) > 1)
        try:
            said = answer(self._stretched(call, path))
        except NotSaid:
            call.args = replaced(call.args, Value, any_value)
            said = answer(self._stretched(call, path))
        if isinstance(said, str):
            return next(value for value in _values(call) if value.key)
        if isinstance(said, Value):
            return said
        layer = said[made_by.place] if isinstance(said, list) else said
        return self.add(layer, path, shapes[made_by.place])

    def _stretched(self, call: Call, path: Path) -> Call:
        """The call with values of as many dimensions, where it stretches them."""
        most = max((len(value.shape) for value in _values(call) if value.key), default=0)

        def stretched(value: Value) -> Value:
            missing = most - len(value.shape)
            return (
                self.shaped(value, (*(1,) * missing, *value.shape[1:]), path)
                if value.key
                else value
            )

        if call.name in STRETCHING:
            call.args = replaced(call.args, Value, stretched)
        return call


def _product_by_ranks(call: Call, x: Value) -> str:
    """What a product of `x` with a tensor that does not follow from the input is."""
    ranks = {len(value.shape) for value in _values(call) if not value.key}
    if ranks == {1}:
        return "mv"
    return "mm" if x.rank == 2 and ranks == {2} else "matmul"


def _values(call: Call) -> list[Value]:
    found: list[Value] = []
    replaced([*call.args, *call.kwargs.values()], Value, found.append)
    return found
