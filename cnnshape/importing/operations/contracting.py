"""einsum of two values, as the matrix product that it is."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from ..graph import NotSaid
from .call import Answer, Call, Chain, Rules, follows, what_it_is
from .values import Value

rules = Rules()


class _Operand(NamedTuple):
    """A value and the letters of its dimensions, as a network has them: without the batch's."""

    value: Value
    letters: str

    def sizes(self) -> dict[str, int]:
        return dict(zip(self.letters, self.value.shape[1:], strict=True))

    def arranged(self, order: str, groups: tuple[str, ...]) -> Value | Chain:
        """Its dimensions in another order, each group of them as one."""
        chain, sizes = Chain((self.value,)), self.sizes()
        _permute(chain, self.letters, order)
        shape = [prod(sizes[letter] for letter in group) for group in groups]
        if shape != [sizes[letter] for letter in order]:
            chain.then("Reshape", shape=shape)
        return chain if chain.layers else self.value


@rules.of("einsum")
def _einsum(call: Call) -> Answer:
    equation = call.get(0, "equation")
    given = call.rest(1, "operands")
    if not isinstance(equation, str) or "." in equation or len(given) != 2:
        raise NotSaid("of other than two values")
    for value in given:
        if not follows(value):
            raise NotSaid(f"with {what_it_is(value)}")
    inputs, _, output = equation.replace(" ", "").partition("->")
    first, second, result = _without_batch([*inputs.split(","), output], [*given, call.outputs[0]])
    a, b = _Operand(given[0], first), _Operand(given[1], second)
    both = [letter for letter in first if letter in second]
    batch = "".join(letter for letter in both if letter in result)
    inner = "".join(letter for letter in both if letter not in result)
    rows = "".join(letter for letter in first if letter not in second)
    columns = "".join(letter for letter in second if letter not in first)
    if not inner or {*rows, *columns} - {*result}:
        raise NotSaid("which is no matrix product")
    heads = (batch,) if batch else ()
    left = a.arranged(batch + rows + inner, (*heads, rows, inner))
    right = b.arranged(batch + inner + columns, (*heads, inner, columns))
    chain = Chain((left, right)).then("MatMul")
    sizes = a.sizes() | b.sizes()
    order = batch + rows + columns
    if [len(group) for group in (*heads, rows, columns)] != [1] * (len(heads) + 2):
        chain.then("Reshape", shape=[sizes[letter] for letter in order])
    _permute(chain, order, result)
    return chain


def _without_batch(terms: list[str], values: list[Value]) -> list[str]:
    """The letters of each value without the one of the batch, which must be the same."""
    letters = [term[value.samples.dim] for term, value in zip(terms, values, strict=True)]
    parts = {value.samples.parts for value in values}
    repeated = any(len({*term}) < len(term) for term in terms)
    if len({*letters}) > 1 or len(parts) > 1 or repeated:
        raise NotSaid("which mixes the batch with other dimensions")
    if parts == {1}:
        return [term.replace(letters[0], "") for term in terms]
    return terms


def _permute(chain: Chain, before: str, after: str) -> None:
    if before != after:
        chain.then("Permute", dims=[0, *(before.index(letter) + 1 for letter in after)])
