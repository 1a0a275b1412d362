"""LearnedConstant, Constant and Linspace: values that do not follow from the input."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cnnshape.layers import LayerError

from .agreement import bound


def given(type_name: str, arguments: dict[str, Any]) -> torch.Tensor:
    """What a module gives for two samples."""
    with torch.no_grad():
        result: torch.Tensor = bound(type_name, arguments, (7,)).module()(torch.randn(2, 7))
    return result


def test_a_learned_constant_is_one_parameter_for_all_samples() -> None:
    layer = bound("LearnedConstant", {"shape": [4, 3], "init_value": 0.5}, (7,))
    assert layer.parameters() == {"weight": (4, 3)}
    assert (layer.macs(((7,),), (4, 3)), layer.connections(((7,),), (4, 3))) == (0, 12)
    expected = torch.full((2, 4, 3), 0.5)
    assert torch.equal(given("LearnedConstant", layer.arguments), expected)


def test_the_last_dimension_of_a_constant_runs_fastest() -> None:
    found = given("Constant", {"shape": [2, 3], "values": [1, 2, 3, 4, 5, 6]})
    assert found.tolist() == [[[1, 2, 3], [4, 5, 6]]] * 2


@pytest.mark.parametrize(
    ("dim", "expected"), [(1, [[0, 0, 0], [2, 2, 2]]), (2, [[0, 1, 2], [0, 1, 2]])]
)
def test_steps_go_along_one_dimension(dim: int, expected: list[list[int]]) -> None:
    found = given("Linspace", {"shape": [2, 3], "dim": dim, "start": 0, "end": 2})
    assert found.tolist() == [expected] * 2


@pytest.mark.parametrize(
    ("type_name", "arguments", "message"),
    [
        ("Constant", {"shape": [2, 2], "values": [1]}, "2×2 are 4 numbers, values has 1"),
        (
            "Linspace",
            {"shape": [4], "dim": 2, "start": 0, "end": 1},
            "dim is 2, but 4 has 1 dimension beside the batch",
        ),
    ],
)
def test_numbers_that_do_not_fit_the_shape_are_refused(
    type_name: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(LayerError) as caught:
        bound(type_name, arguments, (7,))
    assert caught.value.message == message
