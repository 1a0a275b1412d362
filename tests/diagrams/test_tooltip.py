"""What a viewer says of a layer on which the pointer rests."""

from __future__ import annotations

from cnnshape import load, loads
from cnnshape.diagrams.tooltip import layer_lines, macs_text, shapes_text

from ..specs import net


def test_a_layer_is_told_with_its_formula_and_its_costs():
    assert layer_lines(load("lenet5").by_path["C1"]) == [
        "C1: Conv2d 6 maps 5×5",
        "1×32×32 → 6×28×28",
        "(32−5+2·0)/1+1 = 28",
        "156 parameters, 117,600 MACs",
    ]


def test_what_a_layer_does_not_have_is_not_said():
    network = net("[{name: a, type: ReLU}]")
    assert layer_lines(network.by_path["a"]) == ["a: ReLU", "8×32×32 → 8×32×32"]


def test_costs_of_turns_are_those_of_each():
    first, *_, last = layer_lines(load("lenet5").by_path["F6"], 3)
    assert first.startswith("F6 ×3: Linear")
    assert last == "10,164 parameters, 10,080 MACs, each"


def test_one_parameter_is_one():
    network = net("[{name: a, type: PReLU}]")
    assert layer_lines(network.by_path["a"])[-1].startswith("1 parameter")
    assert "parameters" not in layer_lines(network.by_path["a"])[-1]


def test_shared_weights_are_told():
    network = loads(
        """
        input: [8, 4, 4]
        layers:
          - {name: a, type: Conv2d, out_channels: 8, kernel_size: 1}
          - {name: b, share: a}
        """
    )
    assert layer_lines(network.by_path["b"])[-1] == "1,024 MACs, weights of a"


def test_unknown_is_unknown():
    assert macs_text(None) == "MACs unknown"
    assert macs_text(1234) == "1,234 MACs"
    assert shapes_text(((1, 2), (3,)), ()) == "1×2, 3 → a single number"
