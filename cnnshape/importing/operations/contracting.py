"""Products of values that are summed over some dimensions: einsum, and what it can say.

Every dimension has a letter. A product with a parameter is a Linear or a 1×1 convolution where
it can be, and a MatMul of values else.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from ..graph import NotSaid
from .call import Answer, Call, Chain, Layer, Rules, as_matrix, follows, is_number, what_it_is
from .values import Value

rules = Rules()

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Operand(NamedTuple):
    """A value and the letters of its dimensions, as a network has them: without the batch's."""

    value: Value | Chain
    letters: str
    sizes: dict[str, int]

    def arranged(self, order: str, groups: tuple[str, ...]) -> Value | Chain:
        """Its dimensions in another order, each group of them as one."""
        chain = Chain((self.value,))
        _permute(chain, self.letters, order)
        shape = [prod(self.sizes[letter] for letter in group) for group in groups]
        if shape != [self.sizes[letter] for letter in order]:
            chain.then("Reshape", shape=shape)
        return chain if chain.layers else self.value

    def summed_over(self, letters: set[str]) -> _Operand:
        """The sum over some of its dimensions."""
        dims = [place for place, letter in enumerate(self.letters, 1) if letter in letters]
        if not dims:
            return self
        chain = Chain((self.value,)).then("Sum", dim=dims)
        return _Operand(chain, "".join(c for c in self.letters if c not in letters), self.sizes)


@rules.of("einsum")
def _einsum(call: Call) -> Answer:
    equation = call.get(0, "equation")
    given = call.rest(1, "operands")
    if not isinstance(equation, str) or not all(isinstance(value, Value) for value in given):
        raise NotSaid("of other than an equation and values")
    return contracted(call, equation, *given)


@rules.of("mm", "spmm", "hspmm")
def _mm(call: Call) -> Answer:
    return contracted(call, "xd,do->xo", *_pair(call, 0))


@rules.of("addmm")
def _addmm(call: Call) -> Answer:
    return _scaled_sum(call, "xd,do->xo")


@rules.of("baddbmm")
def _baddbmm(call: Call) -> Answer:
    return _scaled_sum(call, "nxd,ndo->nxo")


@rules.of("inner")
def _inner(call: Call) -> Answer:
    return contracted(call, "...d,od->...o", *_pair(call, 0))


@rules.of("tensordot")
def _tensordot(call: Call) -> Answer:
    a, b = _pair(call, 0)
    dims = call.get(2, "dims", 2)
    if type(dims) is int:
        dims = [range(a.rank - dims, a.rank), range(dims)]
    ours, theirs = (
        [dim % value.rank for dim in own] for value, own in zip((a, b), dims, strict=True)
    )
    first = list(LETTERS[: a.rank])
    second = list(LETTERS[a.rank : a.rank + b.rank])
    for one, other in zip(ours, theirs, strict=True):
        second[other] = first[one]
    kept = [letter for letter in (*first, *second) if (letter in first) != (letter in second)]
    return contracted(call, f"{''.join(first)},{''.join(second)}->{''.join(kept)}", a, b)


def _pair(call: Call, place: int) -> tuple[Value, Value]:
    a, b = call.get(place, "input"), call.get(place + 1, "mat2", call.kwargs.get("other"))
    if not (isinstance(a, Value) and isinstance(b, Value)):
        raise NotSaid("of other than two tensors")
    return a, b


def _scaled_sum(call: Call, equation: str) -> Answer:
    """beta · input + alpha · a·b."""
    a, b = (
        call.get(1, "mat1", call.kwargs.get("batch1")),
        call.get(2, "mat2", call.kwargs.get("batch2")),
    )
    alpha, beta = call.get(4, "alpha", 1), call.get(3, "beta", 1)
    if not (is_number(alpha) and is_number(beta)):
        raise NotSaid("with an alpha or beta that is no number")
    said = contracted(call, equation, a, b)
    if alpha != 1:
        said = as_chain(said).then("Rescale", scale=alpha)
    return added(call, said, call.get(0, "input"), beta) if beta else said


def added(call: Call, said: Answer, other: Any, times: float = 1) -> Answer:
    """What is said of a call, plus another tensor times a number."""
    if other is None:
        return said
    if (
        isinstance(said, Layer)
        and said.type == "Linear"
        and _is_bias_of(other, said)
        and times == 1
    ):
        given = said.arguments | {"bias": True}
        return said._replace(arguments=given, weights=said.weights | {"bias": other.name})
    chain = as_chain(said)
    if not follows(other):
        raise NotSaid(f"with {what_it_is(other)}")
    summand: Value | Chain = other
    rank = len(call.output)
    if len(other.shape) != rank:  # it has no batch, and may have a 1 in its place
        ones = (1,) * (rank - len(other.shape))
        shape = [*ones, *other.shape[1:]][1 - rank :]
        summand = Chain((other,)).then("Reshape", shape=shape)
    if times != 1:
        summand = Chain((summand,)).then("Rescale", scale=times)
    return Chain((chain, summand)).then("Add")


def _is_bias_of(other: Any, linear: Layer) -> bool:
    size = linear.arguments["out_features"]
    return isinstance(other, Value) and bool(other.name) and other.shape == (size,)


def as_chain(said: Answer) -> Chain:
    """A layer, or several, as a chain."""
    if isinstance(said, Chain):
        return said
    assert isinstance(said, Layer)
    chain = Chain(said.reads)
    chain.layers.append(said._replace(reads=()))
    return chain


# One contraction ------------------------------------------------------------------------


def contracted(call: Call, equation: str, *given: Value) -> Answer:
    """The layers of an einsum; raises NotSaid."""
    terms, result = _terms(equation, given)
    terms, result = _without_batch(terms, result, given, call.outputs[0])
    sizes: dict[str, int] = {}
    for term, value in zip(terms, given, strict=True):
        for letter, size in zip(term, _sizes(value), strict=True):
            if sizes.setdefault(letter, size) != size:
                raise NotSaid("which stretches a dimension")
    if len(given) == 2 and (layer := _weighted(call, terms, result, given)) is not None:
        return layer
    for value in given:
        if not follows(value):
            raise NotSaid(f"with {what_it_is(value)}")
    operands = [_Operand(v, term, sizes) for v, term in zip(given, terms, strict=True)]
    first = operands.pop(0)
    while operands:
        second = operands.pop(0)
        later = {*result, *(letter for operand in operands for letter in operand.letters)}
        first = _product(first, second, later)
    return _finished(first, result)


def _finished(operand: _Operand, result: str) -> Answer:
    last = operand.summed_over({*operand.letters} - {*result})
    chain = last.value if isinstance(last.value, Chain) else Chain((last.value,))
    _permute(chain, last.letters, result)
    if not chain.layers:
        raise NotSaid("which changes nothing")
    return chain


def _product(a: _Operand, b: _Operand, later: set[str]) -> _Operand:
    """The product of two, summed over what is needed no more."""
    a = a.summed_over({*a.letters} - {*b.letters} - later)
    b = b.summed_over({*b.letters} - {*a.letters} - later)
    both = [letter for letter in a.letters if letter in b.letters]
    batch = "".join(letter for letter in both if letter in later)
    inner = "".join(letter for letter in both if letter not in later)
    rows = "".join(letter for letter in a.letters if letter not in b.letters)
    columns = "".join(letter for letter in b.letters if letter not in a.letters)
    order = batch + rows + columns
    sizes = a.sizes
    if not inner:
        one = _stretched(a, order, batch + rows)
        other = _stretched(b, order, batch + columns)
        return _Operand(Chain((one, other)).then("Multiply"), order, sizes)
    heads = (batch,) if batch else ()
    left = a.arranged(batch + rows + inner, (*heads, rows, inner))
    right = b.arranged(batch + inner + columns, (*heads, inner, columns))
    chain = Chain((left, right)).then("MatMul")
    if [len(group) for group in (*heads, rows, columns)] != [1] * (len(heads) + 2):
        chain.then("Reshape", shape=[sizes[letter] for letter in order])
    return _Operand(chain, order, sizes)


def _stretched(operand: _Operand, order: str, own: str) -> Value | Chain:
    """An operand with a dimension of 1 for each letter that it lacks."""
    chain = Chain((operand.value,))
    _permute(chain, operand.letters, own)
    if own != order:
        shape = [operand.sizes[letter] if letter in own else 1 for letter in order]
        chain.then("Reshape", shape=shape)
    return chain if chain.layers else operand.value


def _sizes(value: Value) -> tuple[int, ...]:
    return value.shape[1:] if value.key else value.shape


def _weighted(
    call: Call, terms: list[str], result: str, given: tuple[Value, ...]
) -> Layer | Chain | None:
    """The layer of a product with a parameter; None: no type says it."""
    x, weight = given if follows(given[0]) else given[::-1]
    own, other = terms if follows(given[0]) else terms[::-1]
    if not follows(x) or follows(weight) or not (weight.name or weight.origin is not None):
        return None
    if {*own} == {*result} and own == result and {*other} <= {*own} and weight.name:
        dims = [own.index(letter) + 1 for letter in other]
        if dims != sorted(dims):
            return None
        dim: Any = dims[0] if len(dims) == 1 else dims
        return Layer("Scale", {} if dim == 1 else {"dim": dim}, (x,), {"weight": weight.name})
    matrix = as_matrix(weight)
    shared = [letter for letter in other if letter in own]
    if len(other) != 2 or len(shared) != 1 or matrix is None or shared[0] in result:
        return None
    (inner,), (out,) = shared, {*other} - {*shared}
    if result.replace(out, "") != own.replace(inner, "") or out not in result:
        return None
    name, transposed = matrix
    transposed = transposed != (other[0] == inner)
    features = dict(zip(other, weight.shape, strict=True))
    place = own.index(inner)
    if result[-1] == out and place == len(own) - 1:
        arguments = {"out_features": features[out], "in_features": features[inner], "bias": False}
        return Layer("Linear", arguments, (x,), {"weight": name}, transposed)
    if result[0] == out and place == 0 and 2 <= len(own) <= 4 and not x.samples.dim:
        arguments = {"out_channels": features[out], "kernel_size": 1, "bias": False}
        return Layer(f"Conv{len(own) - 1}d", arguments, (x,), {"weight": name}, transposed)
    return None


def _terms(equation: str, given: tuple[Value, ...]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, with '...' and what is left out written."""
    inputs, arrow, result = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(given):
        raise NotSaid("with another number of operands than its equation has")
    free = [letter for letter in LETTERS if letter not in equation]
    dots = [
        value.rank - len(term.replace("...", "")) for term, value in zip(terms, given, strict=True)
    ]
    most = "".join(
        free[: max([dot for dot, term in zip(dots, terms, strict=True) if "..." in term] or [0])]
    )
    terms = [
        term.replace("...", most[len(most) - dot :]) for dot, term in zip(dots, terms, strict=True)
    ]
    if not arrow:
        letters = "".join(terms)
        result = "..." + "".join(sorted(c for c in {*letters} - {*most} if letters.count(c) == 1))
    return terms, result.replace("...", most)


def _without_batch(
    terms: list[str], result: str, given: tuple[Value, ...], output: Value
) -> tuple[list[str], str]:
    """The letters without the one of the batch, which must be the same in all that have it."""
    values = [*given, output]
    places = [value.samples.parts == 1 and (follows(value) or value is output) for value in values]
    named = [*terms, result]
    batch = {
        term[value.samples.dim]
        for term, value, has in zip(named, values, places, strict=True)
        if has
    }
    parts = {value.samples.parts for value in values if follows(value) or value is output} - {0}
    if any(len({*term}) < len(term) for term in named):
        raise NotSaid("which takes a diagonal")
    if len(batch) > 1 or len(parts) > 1:
        raise NotSaid("which mixes the batch with other dimensions")
    without = [term.replace(letter, "") for term in named for letter in (*batch,)] or named
    if any(len(w) != len(_sizes(v)) for w, v in zip(without, values[:-1], strict=False)):
        raise NotSaid("which mixes the batch with other dimensions")
    return without[:-1], without[-1]


def _permute(chain: Chain, before: str, after: str) -> None:
    if before != after:
        chain.then("Permute", dims=[0, *(before.index(letter) + 1 for letter in after)])
