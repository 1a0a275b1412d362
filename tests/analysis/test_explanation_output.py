"""One number of a layer's output, against sums that were worked by hand."""

from __future__ import annotations

from cnnshape.analysis.explanation_output import OneOutput, Part


def _output(*parts: Part, bias: float | None = None, pool: str = "", divisor: int = 1) -> OneOutput:
    return OneOutput((0, 0), False, ((-1, 0), (0, 1)), parts, bias, pool, divisor, 0.0)


def test_a_weighted_sum_over_maps_counts_padding_as_zero() -> None:
    first = Part(0, ((None, None), (2.0, 3.0)), ((7.0, 7.0), (0.5, -1.0)))
    second = Part(1, ((None, None), (4.0, 0.0)), ((7.0, 7.0), (0.25, 9.0)))
    # 2·0.5 - 3 = -2; 4·0.25 = 1; and the bias 0.5
    assert (first.sum, second.sum) == (-2.0, 1.0)
    made = _output(first, second, bias=0.5)
    assert made.value == -0.5
    assert made._replace(given=-0.5).agrees
    assert not made._replace(given=-0.49).agrees


def test_a_mean_is_the_sum_over_its_divisor() -> None:
    window = Part(0, ((1.0, 2.0), (4.0, None)))
    assert _output(window, pool="mean", divisor=4).value == 1.75  # padding counted
    assert _output(window, pool="mean", divisor=2).value == 3.5  # divisor_override


def test_a_maximum_leaves_padding_out() -> None:
    assert _output(Part(0, ((None, -3.0), (-2.0, -5.0))), pool="max").value == -2.0
