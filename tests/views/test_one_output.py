"""One output as text: what is shown of wide windows, of padding, of long rows."""

from __future__ import annotations

import cnnshape
from cnnshape.analysis.explanation import explain
from cnnshape.analysis.explanation_output import OneOutput, Part
from cnnshape.network import Network
from cnnshape.views.explanation import to_text

CONV = "input: [8, 6, 6]\nlayers: [{type: Conv2d, out_channels: 2, kernel_size: 2}]"


def _text(network: Network, output: OneOutput) -> str:
    (explanation,) = explain(network)
    text = to_text([explanation._replace(output=output)], network, 80)
    return text[text.index("one output") :].split("\n\nLetters")[0].split("\n\nMACs")[0] + "\n"


def _square(value: float) -> tuple[tuple[float, ...], ...]:
    return ((value, 0.0), (0.5, -value))


def test_the_maps_that_add_most_are_shown_whole_and_all_are_summed() -> None:
    parts = tuple(Part(number, _square(number), _square(1.0)) for number in range(8))
    output = OneOutput((1, 2, 3), True, ((2, 3), (3, 4)), parts, -1.5, "", 1, 56.5)
    assert (
        _text(cnnshape.loads(CONV), output)
        == """\
one output
  map 2, row 3, column 4: the largest of 2×5×5
  reads rows 3 to 4 and columns 4 to 5 of maps 1 to 8 of input 8×6×6
  map 8 of input   weights       products, sum 14.25
   7.00     0       1.00     0   7.00    0
   0.50 −7.00       0.50 −1.00   0.25 7.00

  map 7 of input   weights       products, sum 12.25
   6.00     0       1.00     0   6.00    0
   0.50 −6.00       0.50 −1.00   0.25 6.00
  What is shown is rounded
its sum
  sums of products, map 1: 0.25, map 2: 2.25, map 3: 4.25, map 4: 6.25, map 5:
    8.25, map 6: 10.25, map 7: 12.25, map 8: 14.25
  sum of 32 products ≈ 58, with bias −1.5: 58+(−1.5) ≈ 56.5
  as the trained layer gives it
"""
    )


def test_many_maps_are_summed_by_the_largest_and_the_rest() -> None:
    network = cnnshape.loads(CONV.replace("[8,", "[20,"))
    parts = tuple(Part(number, _square(number), _square(1.0)) for number in range(20))
    output = OneOutput((0, 0, 0), False, ((0, 1), (0, 1)), parts, None, "", 1, 7.0)
    text = _text(network, output)
    assert (
        "sums of products, map 20: 38.25, map 19: 36.25, map 18: 34.25, map 17: 32.25, "
        "map 16: 30.25, map 15: 28.25, and 14 others: 185.5 together"
    ) in " ".join(text.split())
    assert "sum of 80 products ≈ 385\n  the trained layer gives 7\n" in text


def test_padding_is_told_and_what_does_not_count_is_a_dot() -> None:
    network = cnnshape.loads(
        "input: [3, 5, 5]\nlayers: [{type: MaxPool2d, kernel_size: 3, padding: 1, stride: 2}]"
    )
    window = ((None, None, None), (None, 1.0, 0.25), (None, -2.0, 0.0))
    output = OneOutput((2, 0, 0), False, ((-1, 0, 1), (-1, 0, 1)), (Part(2, window),), None,
                       "max", 1, 1.0)  # fmt: skip
    assert (
        _text(network, output)
        == """\
one output
  map 3, row 1, column 1
  reads rows 1 to 2 and columns 1 to 2 of map 3 of input 3×5×5
  5 of its 9 numbers are padding
  map 3 of input
      ·     ·     ·
      ·  1.00  0.25
      · −2.00     0
  What is shown is rounded, · padding that does not count
its sum
  max(1, 0.25, −2, 0) ≈ 1
  as the trained layer gives it
"""
    )


def test_a_mean_is_divided_by_what_counts() -> None:
    network = cnnshape.loads("input: [3, 4]\nlayers: [{type: AvgPool1d, kernel_size: 2}]")
    output = OneOutput((0, 1), False, ((2, 3),), (Part(0, ((1.0, -2.0),)),), None, "mean", 2, -0.5)
    assert "reads positions 3 to 4 of map 1 of input 3×4\n" in _text(network, output)
    assert "  (1+(−2))/2 ≈ −0.5\n  as the trained layer gives it" in _text(network, output)


def test_of_a_linear_layer_the_largest_products_are_shown() -> None:
    network = cnnshape.loads("input: [100]\nlayers: [{type: Linear, out_features: 3}]")
    row = tuple(float(number) for number in range(100))
    part = Part(0, (row,), ((0.5,) * 99 + (-1.0,),))
    output = OneOutput((1,), False, (), (part,), 2.0, "", 1, 2328.5)
    text = _text(network, output)
    assert "  unit 2\n  reads all 100 numbers of input\n" in text
    assert "  number 100: 99 × (−1) ≈ −99\n  number  99: 98 × 0.5 ≈ 49\n" in text
    assert "  the 94 others: 2,186 together" in text.replace("2186", "2,186")


def test_positions_with_gaps_are_listed() -> None:
    network = cnnshape.loads(
        "input: [1, 9, 9]\nlayers: [{type: MaxPool2d, kernel_size: [3, 1], dilation: [3, 1], "
        "padding: [1, 0], stride: 1}]"
    )
    window = ((None,), (1.0,), (2.0,))
    output = OneOutput((0, 0, 8), False, ((-1, 2, 5), (8,)), (Part(0, window),), None, "max", 1, 2)
    assert "reads rows 3, 6 and column 9 of map 1" in _text(network, output)


def test_what_is_no_finite_number_is_shown_and_is_null_as_data() -> None:
    network = cnnshape.loads("input: [3, 4]\nlayers: [{type: MaxPool1d, kernel_size: 2}]")
    part = Part(0, ((float("inf"), -2.0),))
    output = OneOutput((0, 1), True, ((2, 3),), (part,), None, "max", 1, float("inf"))
    assert "\n      ∞ −2.00\n" in _text(network, output)
    assert "max(∞, −2) = ∞" in _text(network, output)
    assert output.to_dict()["parts"][0]["window"] == [[None, -2.0]]


def test_a_grid_that_is_too_wide_is_cut_and_says_so() -> None:
    network = cnnshape.loads(CONV.replace("6, 6", "16, 16").replace("size: 2", "size: 12"))
    part = Part(0, ((0.25,) * 12,) * 12, ((-0.05,) * 12,) * 12)
    places = tuple(range(12))
    output = OneOutput((0, 0, 0), False, (places, places), (part,), None, "", 1, 0.0)
    text = _text(network, output)
    assert text.count("…\n") == 24
    assert "  What is shown is rounded, … not shown\n" in text
    assert max(map(len, text.splitlines())) <= 80
