"""The same elements in another shape or order."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ..fixes import Fix, as_yaml, setting
from ..text.counts import count_of
from ._dimensions import dimension, dimension_name, sample_dimension, with_batch
from ._python import Python, method, unpacked
from .base import Example, Layer, LayerError, Step, function_module
from .fields import Integer, ListOf, defaulted, required
from .shapes import Shape, Shapes, divisors_near, format_shape, minus

if TYPE_CHECKING:
    from torch import nn


class _Rearrangement(Layer):
    """A layer that only moves elements."""

    kind = "shape"
    keeps_values = True

    def footprint(self, inputs: Shapes, output: Shape) -> tuple[Step, ...] | None:
        return None


class Flatten(_Rearrangement):
    """Several dimensions laid out as one; by default a map becomes one flat vector.

    Args:
        start_dim: the first dimension to flatten, the batch counted as 0.
        end_dim: the last dimension to flatten.

    Source: torch.nn.Flatten.
    """

    flattens_space = True
    examples = (
        Example({}, (16, 5, 5), (400,)),
        Example({"start_dim": 2}, (64, 7, 7), (64, 49)),
        Example({"start_dim": 1, "end_dim": 2}, (3, 4, 5), (12, 5)),
    )

    start_dim = defaulted(Integer(), 1)
    end_dim = defaulted(Integer(), -1)

    def _ends(self, shape: Shape) -> tuple[int, int]:
        """The first and the last flattened dimension as indices into `shape`."""
        start = sample_dimension(self, self.start_dim, shape, "start_dim")
        end = sample_dimension(self, self.end_dim, shape, "end_dim")
        if end < start:
            raise LayerError(
                f"end_dim {minus(self.end_dim)} of {with_batch(shape)} comes before "
                f"start_dim {minus(self.start_dim)}",
                fixes=[setting(f"end_dim of at least {start}", end_dim=start)],
                field="end_dim",
            )
        return start - 1, end - 1

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        start, end = self._ends(shape)
        return (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (shape,) = inputs
        start, end = self._ends(shape)
        if start == end:
            return ""
        return f"{'·'.join(map(str, shape[start : end + 1]))} = {output[start]}"


class _Sizes(_Rearrangement):
    """A layer that is told new sizes, one of which may be −1 and is then computed."""

    def _check_sizes(self, sizes: tuple[int, ...], field: str) -> None:
        if sizes.count(-1) > 1:
            raise LayerError(
                f"{field} {list(sizes)} has −1 more than once: only one size can follow",
                fixes=[_with_one_left(sizes, field)],
                help="write the others as numbers of at least 1",
                field=field,
            )
        if any(size < 1 and size != -1 for size in sizes):
            raise LayerError(
                f"{field} must have sizes of at least 1, or −1 for the one that follows, "
                f"not {list(sizes)}",
                fixes=[_with_one_left(sizes, field)],
                field=field,
            )

    def _resolved(self, sizes: tuple[int, ...], total: int, field: str) -> Shape:
        """The sizes with −1 replaced, for `total` elements; raises LayerError."""
        written = prod(size for size in sizes if size != -1)
        fits = total % written == 0 if -1 in sizes else total == written
        if not fits:
            product = "·".join(minus(size) for size in sizes)
            raise LayerError(
                f"{field} {list(sizes)} does not fit {count_of(total, 'element')}: "
                + (
                    f"{total:,} is no multiple of {written:,}"
                    if -1 in sizes
                    else f"{product} = {written:,}"
                ),
                fixes=_of_so_many(sizes, total, field),
                help=f"the sizes must multiply to {total}",
                field=field,
            )
        return tuple(total // written if size == -1 else size for size in sizes)


class Unflatten(_Sizes):
    """One dimension unfolded into several.

    Args:
        dim: the dimension to unfold, the batch counted as 0.
        unflattened_size: the sizes that it becomes; one may be -1 and is computed.

    Source: torch.nn.Unflatten.
    """

    examples = (
        Example({"dim": 1, "unflattened_size": [16, 5, 5]}, (400,), (16, 5, 5)),
        Example({"dim": -1, "unflattened_size": [7, -1]}, (64, 49), (64, 7, 7)),
    )

    dim = required(Integer())
    unflattened_size = required(ListOf(Integer()))

    def check(self) -> None:
        self._check_sizes(self.unflattened_size, "unflattened_size")

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        sizes = self._resolved(self.unflattened_size, shape[place], "unflattened_size")
        return (*shape[:place], *sizes, *shape[place + 1 :])

    def formula(self, inputs: Shapes, output: Shape) -> str:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        sizes = output[place : place + len(self.unflattened_size)]
        return f"{shape[place]} = {'·'.join(map(str, sizes))}"

    def summary(self) -> str:
        return f"dim {minus(self.dim)} to {format_shape(self.unflattened_size)}"


class Reshape(_Sizes):
    """The same elements, in the same order, in another shape.

    Args:
        shape: the new shape without the batch; one size may be -1 and is computed.

    Source: torch.reshape.
    """

    python = Python(
        call=lambda module, inputs, arguments: (
            f"{inputs[0]}.reshape({inputs[0]}.shape[0], {unpacked(arguments['shape'])})"
        )
    )
    examples = (
        Example({"shape": [16, 5, 5]}, (400,), (16, 5, 5)),
        Example({"shape": [8, -1]}, (4, 6, 6), (8, 18)),
    )

    shape = required(ListOf(Integer()))

    def check(self) -> None:
        self._check_sizes(self.shape, "shape")

    def output_shape(self, inputs: Shapes) -> Shape:
        return self._resolved(self.shape, prod(inputs[0]), "shape")

    def formula(self, inputs: Shapes, output: Shape) -> str:
        return f"{'·'.join(map(str, inputs[0]))} = {'·'.join(map(str, output))}"

    def summary(self) -> str:
        return f"to {format_shape(self.shape)}"

    def module(self) -> nn.Module:
        shape = self.shape
        return function_module(lambda x: x.reshape(x.shape[0], *shape))


class Permute(_Rearrangement):
    """The dimensions in another order.

    Args:
        dims: every dimension in its new order, the batch counted as 0 and left first:
            [0, 2, 3, 1] puts the channels last.

    Source: torch.permute.
    """

    python = Python(
        call=lambda module, inputs, arguments: f"{inputs[0]}.permute({unpacked(arguments['dims'])})"
    )
    examples = (
        Example({"dims": [0, 2, 3, 1]}, (96, 56, 40), (56, 40, 96)),
        Example({"dims": [0, 2, 1]}, (64, 49), (49, 64)),
    )

    dims = required(ListOf(Integer()))

    def _order(self, shape: Shape) -> tuple[int, ...]:
        rank = len(shape) + 1
        example = [0, *range(2, rank), 1]
        order = tuple(dimension(self, dim, shape, "dims") for dim in self.dims)
        if sorted(order) != list(range(rank)):
            raise LayerError(
                f"dims {list(self.dims)} does not name each dimension of {with_batch(shape)} once",
                fixes=[setting(f"write {rank} dimensions, as dims: {example}", dims=example)],
                field="dims",
            )
        if order[0] != 0:
            raise LayerError(
                f"dims {list(self.dims)} moves the batch, which must stay first",
                fixes=[setting(f"write 0 first, as dims: {example}", dims=example)],
                field="dims",
            )
        return order

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        return tuple(shape[dim - 1] for dim in self._order(shape)[1:])

    def order(self, inputs: Shapes) -> tuple[int, ...]:
        return tuple(dim - 1 for dim in self._order(inputs[0])[1:])

    def summary(self) -> str:
        return ", ".join(map(minus, self.dims))

    def module(self) -> nn.Module:
        dims = self.dims
        return function_module(lambda x: x.permute(dims))


class Transpose(_Rearrangement):
    """Two dimensions exchanged.

    Args:
        dim0: the one dimension, the batch counted as 0.
        dim1: the other.

    Source: torch.transpose.
    """

    python = method("transpose", "dim0", "dim1")
    examples = (
        Example({"dim0": 1, "dim1": 2}, (64, 49), (49, 64)),
        Example({"dim0": 1, "dim1": -1}, (3, 4, 5), (5, 4, 3)),
    )

    dim0 = required(Integer())
    dim1 = required(Integer())

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        return tuple(shape[place] for place in self.order(inputs))

    def order(self, inputs: Shapes) -> tuple[int, ...]:
        (shape,) = inputs
        first = sample_dimension(self, self.dim0, shape, "dim0") - 1
        second = sample_dimension(self, self.dim1, shape, "dim1") - 1
        places = list(range(len(shape)))
        places[first], places[second] = second, first
        return tuple(places)

    def summary(self) -> str:
        return f"{minus(self.dim0)} and {minus(self.dim1)}"

    def module(self) -> nn.Module:
        dim0, dim1 = self.dim0, self.dim1
        return function_module(lambda x: x.transpose(dim0, dim1))


class Squeeze(_Rearrangement):
    """A dimension of size 1 taken away; a dimension of another size stays.

    Args:
        dim: the dimension, the batch counted as 0.

    Source: torch.squeeze.
    """

    python = method("squeeze", "dim")
    examples = (
        Example({"dim": 3}, (64, 10, 1), (64, 10)),
        Example({"dim": 2}, (64, 10), (64, 10)),
    )

    dim = required(Integer())

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, shape) - 1
        return (*shape[:place], *shape[place + 1 :]) if shape[place] == 1 else shape

    def notes(self, inputs: Shapes, output: Shape) -> list[str]:
        if inputs[0] != output:
            return []
        place = sample_dimension(self, self.dim, output)
        return [f"the {dimension_name(place, output)} is {output[place - 1]}, not 1: it stays"]

    def module(self) -> nn.Module:
        dim = self.dim
        return function_module(lambda x: x.squeeze(dim))


class Unsqueeze(_Rearrangement):
    """A new dimension of size 1.

    Args:
        dim: where it stands in the result, the batch counted as 0.

    Source: torch.unsqueeze.
    """

    python = method("unsqueeze", "dim")
    examples = (
        Example({"dim": 1}, (10,), (1, 10)),
        Example({"dim": -1}, (64, 10), (64, 10, 1)),
    )

    dim = required(Integer())

    def output_shape(self, inputs: Shapes) -> Shape:
        (shape,) = inputs
        place = sample_dimension(self, self.dim, (*shape, 1)) - 1
        return (*shape[:place], 1, *shape[place:])

    def module(self) -> nn.Module:
        dim = self.dim
        return function_module(lambda x: x.unsqueeze(dim))


def _with_one_left(sizes: tuple[int, ...], field: str) -> Fix:
    """The fix that leaves one size to be computed, and makes each other at least 1."""
    left = next(place for place, size in enumerate(sizes) if size < 1)
    kept = [-1 if place == left else max(1, size) for place, size in enumerate(sizes)]
    return setting(f"write −1 once, as {field}: {as_yaml(kept)}", **{field: kept})


def _of_so_many(sizes: tuple[int, ...], total: int, field: str) -> list[Fix]:
    """The fixes that change one of the sizes, so that they multiply to `total`, or divide it."""
    fixes = []
    for place, size in enumerate(sizes):
        rest = prod(other for other in (*sizes[:place], *sizes[place + 1 :]) if other != -1)
        if total % rest or size == -1:
            continue
        for wanted in divisors_near(total // rest, size) if -1 in sizes else [-1]:
            changed = [*sizes[:place], wanted, *sizes[place + 1 :]]
            says = f"{field}: {as_yaml(changed)}" + ", where −1 is computed" * (-1 not in sizes)
            fixes.append(setting(says, **{field: changed}))
    return fixes
