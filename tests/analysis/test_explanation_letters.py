"""The letters of the lesson: W1, H1, D1, K, F, S, P to W2, H2, D2."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape.analysis.explanation import explain
from cnnshape.analysis.explanation_letters import Letters


def _letters(layer: str, shape: str = "[6, 14, 14]") -> Letters | None:
    return explain(cnnshape.loads(f"input: {shape}\nlayers: [{{{layer}}}]"))[0].letters


@pytest.mark.parametrize(
    ("layer", "shape", "line", "formulas"),
    [
        ("type: Conv2d, out_channels: 16, kernel_size: 5", "[6, 14, 14]",
         "W1 = 14, H1 = 14, D1 = 6; K = 16, F = 5, S = 1, P = 0 → W2 = 10, H2 = 10, D2 = 16",
         "W2 = (W1−F+2P)/S+1, H2 = (H1−F+2P)/S+1, D2 = K"),
        ("type: MaxPool2d, kernel_size: 2", "[6, 28, 28]",
         "W1 = 28, H1 = 28, D1 = 6; F = 2, S = 2, P = 0 → W2 = 14, H2 = 14, D2 = 6",
         "W2 = (W1−F+2P)/S+1, H2 = (H1−F+2P)/S+1, D2 = D1"),
        ("type: Conv2d, out_channels: 8, kernel_size: [3, 5], stride: [1, 3], padding: [1, 2]",
         "[3, 17, 23]",
         "W1 = 23, H1 = 17, D1 = 3; K = 8, F = 5 across, 3 down, S = 3 across, 1 down, "
         "P = 2 across, 1 down → W2 = 8, H2 = 17, D2 = 8",
         "W2 = ⌊(W1−F+2P)/S⌋+1, H2 = (H1−F+2P)/S+1, D2 = K"),
        ("type: Conv2d, out_channels: 2, kernel_size: 3, dilation: [2, 1]", "[1, 9, 9]",
         "W1 = 9, H1 = 9, D1 = 1; K = 2, F = 3, S = 1, P = 0, dilation D = 1 across, 2 down "
         "→ W2 = 7, H2 = 5, D2 = 2",
         "W2 = (W1−F+2P)/S+1, H2 = (H1+2P−D(F−1)−1)/S+1, D2 = K"),
        ("type: Conv2d, out_channels: 2, kernel_size: [4, 3], padding: same", "[1, 9, 9]",
         "W1 = 9, H1 = 9, D1 = 1; K = 2, F = 3 across, 4 down, S = 1, P = 1, "
         "padding after P′ = 1 across, 2 down → W2 = 9, H2 = 9, D2 = 2",
         "W2 = (W1−F+2P)/S+1, H2 = (H1−F+P+P′)/S+1, D2 = K"),
        ("type: AvgPool2d, kernel_size: 3, stride: 2, ceil_mode: true", "[4, 8, 8]",
         "W1 = 8, H1 = 8, D1 = 4; F = 3, S = 2, P = 0 → W2 = 4, H2 = 4, D2 = 4",
         "W2 = ⌈(W1−F+2P)/S⌉+1, H2 = ⌈(H1−F+2P)/S⌉+1, D2 = D1"),
        ("type: ConvTranspose2d, out_channels: 2, kernel_size: 2, stride: 2", "[8, 3, 3]",
         "W1 = 3, H1 = 3, D1 = 8; K = 2, F = 2, S = 2, P = 0 → W2 = 6, H2 = 6, D2 = 2",
         "W2 = (W1−1)S−2P+F, H2 = (H1−1)S−2P+F, D2 = K"),
    ],
)  # fmt: skip
def test_a_window_over_images_has_them(layer: str, shape: str, line: str, formulas: str) -> None:
    letters = _letters(layer, shape)
    assert letters is not None
    assert letters.line() == line
    assert letters.formula_line() == formulas


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("type: Conv1d, out_channels: 2, kernel_size: 3", "[1, 9]"),
        ("type: ReLU", "[1, 9, 9]"),
        ("type: AdaptiveAvgPool2d, output_size: 1", "[1, 9, 9]"),
        ("type: Unfold, kernel_size: 3", "[1, 9, 9]"),
        ("type: Conv3d, out_channels: 2, kernel_size: 3", "[1, 9, 9, 9]"),
    ],
)
def test_other_layers_have_none(layer: str, shape: str) -> None:
    assert _letters(layer, shape) is None


def test_as_data_each_setting_is_down_and_across() -> None:
    letters = _letters("type: MaxPool2d, kernel_size: [2, 7], stride: 1")
    assert letters is not None
    assert letters.to_dict() == {
        "letters": {"W1": 14, "H1": 14, "D1": 6, "F": [2, 7], "S": [1, 1], "P": [0, 0],
                    "W2": 8, "H2": 13, "D2": 6},
        "formulas": {"W2": "(W1−F+2P)/S+1", "H2": "(H1−F+2P)/S+1", "D2": "D1"},
    }  # fmt: skip
