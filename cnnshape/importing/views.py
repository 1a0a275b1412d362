"""Writing into a tensor that shares its numbers with others, as views of it do. Needs torch.

A network's values never change. So what is written into a view, `x[:, 0].relu_()`, is put
into a new value of what it is a view of; and every other view is taken anew from that, when
it is read and what was written lies in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import unset_fake_temporarily

from .origins import replaced
from .preparing import NotRecordable
from .samples import of_one_sample
from .tensors import Tensors
from .torch_calls import full_name, plain_name, tensors_of

Record = Callable[..., Any]
"""Calls a function as the module would, and records it."""


_Writes: TypeAlias = "list[tuple[Tensor, Tensor]]"
"""What was written into, and a copy of it as it was then."""
apart_from_the_run = torch._C.DisableTorchFunction
"""A context in which nothing is recorded."""


class _Step(NamedTuple):
    """How a view is taken of another tensor: what `function` gives in this place."""

    view: Tensor
    parent: Tensor
    function: Any
    args: Sequence[Any]
    kwargs: dict[str, Any]
    place: int

    def of(self, parent: Tensor, call: Callable[..., Any]) -> Tensor:
        """The same view of another tensor."""
        args, kwargs = self._with(parent, (self.args, self.kwargs))
        return tensors_of(call(self.function, *args, **kwargs))[self.place]

    def of_sample(self, parent: Tensor) -> Tensor:
        """The same view of one sample."""
        args, kwargs = replaced((self.args, self.kwargs), int, of_one_sample)
        args, kwargs = self._with(parent, (args, kwargs))
        return tensors_of(self.function(*args, **kwargs))[self.place]

    def keeps_order(self) -> bool:
        """Whether the view has the same numbers in the same order."""
        with unset_fake_temporarily():
            shape = torch.Size(map(of_one_sample, self.parent.shape))
            numbers = torch.arange(shape.numel())
            return torch.equal(self.of_sample(numbers.view(shape)).flatten(), numbers)

    def _with(self, parent: Tensor, given: Any) -> Any:
        return replaced(given, Tensor, lambda own: parent if own is self.parent else own)


class Views:
    """Which tensors of a run are views of which, and what was written into them."""

    def __init__(self, tensors: Tensors, record: Record) -> None:
        self.tensors = tensors
        self.record = record
        self._steps: dict[int, _Step] = {}
        self._writes: dict[int, _Writes] = {}
        self._seen: dict[int, int] = {}

    def note(
        self, function: Any, args: Sequence[Any], kwargs: dict[str, Any], outputs: Sequence[Tensor]
    ) -> None:
        """Remember which outputs of a call are views of what it read."""
        given = tensors_of([*args, *kwargs.values()])
        known = {id(tensor) for tensor in given}
        parents = {_storage(tensor): tensor for tensor in reversed(given)}
        for place, output in enumerate(outputs):
            parent = parents.get(_storage(output))
            if parent is None or id(output) in known:
                continue
            if isinstance(function, nn.Module):
                step = _Step(output, parent, torch.reshape, (parent, tuple(output.shape)), {}, 0)
            else:
                step = _Step(output, parent, function, args, kwargs, place)
            self._steps[id(output)] = step
            self._seen[id(output)] = len(self._writes.get(_storage(output), ()))

    def written(self, tensor: Tensor) -> None:
        """A tensor has been written into: what is known of it now are its new numbers."""
        writes = self._writes.setdefault(_storage(tensor), [])
        with apart_from_the_run():
            writes.append((tensor, self.tensors.copied(tensor)))
        self._seen[id(tensor)] = len(writes)

    def refresh(self, tensor: Tensor) -> None:
        """Let what is known of a tensor be its numbers as they are after all writes.

        Raises:
            NotRecordable: it is not known how they came about.
        """
        writes = self._writes.get(_storage(tensor), [])
        pending = writes[self._seen.get(id(tensor), 0) :]
        if not pending:
            return
        with apart_from_the_run():
            self._refresh(tensor, writes, pending)

    def _refresh(self, tensor: Tensor, writes: _Writes, pending: _Writes) -> None:
        root, steps = self._way(tensor)
        if any(self._meet(tensor, other) for other, _ in pending):
            whole = self.tensors.copied(root)
            for other, new in writes[self._seen.get(id(root), 0) :]:
                whole = self._put(whole, self._way(other)[1], new)
            self.tensors.become(root, whole)
            self._seen[id(root)] = len(writes)
            for step in steps:
                whole = step.of(whole, self.record)
            self.tensors.become(tensor, whole)
        self._seen[id(tensor)] = len(writes)

    def _way(self, tensor: Tensor) -> tuple[Tensor, list[_Step]]:
        """What a tensor is a view of in the end, and the steps from there."""
        steps: list[_Step] = []
        while (step := self._steps.get(id(tensor))) is not None:
            steps.insert(0, step)
            tensor = step.parent
        return tensor, steps

    def _meet(self, one: Tensor, other: Tensor) -> bool:
        """Whether two tensors have numbers in common."""
        (root, steps), (same, others) = self._way(one), self._way(other)
        if root is not same:
            return False  # it is not known; if they have, the proof shows it
        if not steps or not others:
            return True
        with unset_fake_temporarily():
            shape = torch.Size(map(of_one_sample, root.shape))
            numbers = torch.arange(shape.numel()).view(shape)
            found = []
            for way in (steps, others):
                part = numbers
                for step in way:
                    part = step.of_sample(part)
                found.append(part)
            return bool(torch.isin(*found).any())

    def _put(self, whole: Tensor, steps: Sequence[_Step], new: Tensor) -> Tensor:
        """A tensor with another one in the place of the view that steps take of it."""
        before = [whole]
        for step in steps[:-1]:
            before.append(step.of(before[-1], self.record))
        for step, parent in zip(reversed(steps), reversed(before), strict=False):
            new = self._put_once(step, parent, new)
        return new

    def _put_once(self, step: _Step, parent: Tensor, new: Tensor) -> Tensor:
        """A tensor with another one in the place of the view that a step takes of it."""
        if step.view.numel() == parent.numel():
            order = _order(step.parent, step.view)
            if order is None and step.keeps_order():
                return _tensor(self.record(torch.reshape, new, tuple(parent.shape)))
            if order is not None:
                back = [order.index(dim) for dim in range(len(order))]
                moved = order != sorted(order)
                return _tensor(self.record(torch.permute, new, back)) if moved else new
        taken = plain_name(step.function) == "getitem"
        index = step.args[1] if taken else _index(step.parent, step.view)
        if index is None:
            raise NotRecordable(
                f"it writes into what {full_name(step.function)} gives, a part of another tensor: "
                "write the values into a new tensor"
            )
        result = self.tensors.copied(parent)
        self.record(torch.Tensor.__setitem__, result, index, new)
        return result


def _tensor(value: Any) -> Tensor:
    (tensor,) = tensors_of(value)
    return tensor


def _storage(tensor: Tensor) -> int:
    """What tensors have in common that share their numbers."""
    with apart_from_the_run():
        place: int = tensor.untyped_storage()._cdata
    return place


def _order(parent: Tensor, view: Tensor) -> list[int] | None:
    """Which dimension of a tensor each of a view's is; None: the view is no permutation."""
    theirs = list(zip(parent.shape, parent.stride(), strict=True))
    order: list[int] = []
    for own in zip(view.shape, view.stride(), strict=True):
        found = [dim for dim, each in enumerate(theirs) if each == own and dim not in order]
        if not found:
            return None
        order.append(found[0])
    return order if len(order) == len(theirs) else None


def _index(parent: Tensor, view: Tensor) -> tuple[Any, ...] | None:
    """The index by which a view is a range, or one position, along one dimension."""
    offset = view.storage_offset() - parent.storage_offset()
    shape, stride = list(parent.shape), list(parent.stride())
    for dim, step in enumerate(stride):
        start = offset // step if step else 0
        around = (slice(None),) * dim
        if view.stride() == parent.stride() and list(view.shape[:dim] + view.shape[dim + 1 :]) == [
            *shape[:dim], *shape[dim + 1 :]
        ]:  # fmt: skip
            if view.shape[dim] != shape[dim]:
                return (*around, slice(start, start + view.shape[dim]))
        elif list(zip(view.shape, view.stride(), strict=True)) == [
            each for other, each in enumerate(zip(shape, stride, strict=True)) if other != dim
        ] and start < shape[dim]:  # fmt: skip
            return (*around, start)
    return None
