"""The layers of LeNet-5 of 1998: the paper's counts, and values against plain loops."""

from __future__ import annotations

from itertools import pairwise
from math import prod, tanh
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnshape.layers import LayerError
from cnnshape.special.lenet1998 import TABLE_1

from ..layers.agreement import assert_agrees, bound

ONNX = {
    "BY_THE_NEWER": [("ConnectionTableConv2d", 1), ("EuclideanRBF", 1)],
    "OTHERWISE": {"ScaledTanh": "Tanh"},
}

C3 = {"table": TABLE_1, "kernel_size": 5}


def refusal(type_name: str, arguments: dict[str, Any], *shapes: tuple[int, ...]) -> str:
    """The words of the LayerError that is raised."""
    with pytest.raises(LayerError) as caught:
        bound(type_name, arguments, *shapes).output_shape(shapes)
    return f"{caught.value.message}; {caught.value.help}"


@pytest.mark.parametrize(
    ("type_name", "arguments", "reads", "gives", "params", "connections"),
    [
        ("Conv2d", {"out_channels": 6, "kernel_size": 5}, (1, 32, 32), (6, 28, 28), 156, 122_304),
        ("Subsampling2d", {}, (6, 28, 28), (6, 14, 14), 12, 5_880),
        ("ConnectionTableConv2d", C3, (6, 14, 14), (16, 10, 10), 1_516, 151_600),
        ("Subsampling2d", {}, (16, 10, 10), (16, 5, 5), 32, 2_000),
        (
            "Conv2d",
            {"out_channels": 120, "kernel_size": 5},
            (16, 5, 5),
            (120, 1, 1),
            48_120,
            48_120,
        ),
        ("Linear", {"out_features": 84}, (120,), (84,), 10_164, 10_164),
        ("EuclideanRBF", {"centers": ["#." * 42] * 10}, (84,), (10,), 0, 840),
    ],
)
def test_the_counts_that_the_paper_prints(
    type_name: str,
    arguments: dict[str, Any],
    reads: tuple[int, ...],
    gives: tuple[int, ...],
    params: int,
    connections: int,
) -> None:
    layer = bound(type_name, arguments, reads)
    assert layer.output_shape((reads,)) == gives
    assert layer.parameter_count() == params
    assert layer.connections((reads,), gives) == connections


def test_table_1_is_built_as_the_paper_describes_it() -> None:
    assert [len(reads) for reads in TABLE_1] == [3] * 6 + [4] * 9 + [6]
    assert len(set(map(frozenset, TABLE_1))) == 16
    for reads in TABLE_1[:12]:
        assert all((b - a) % 6 == 1 for a, b in pairwise(reads))
    assert [sorted(reads) for reads in TABLE_1[12:15]] == [
        [0, 1, 3, 4],
        [1, 2, 4, 5],
        [0, 2, 3, 5],
    ]
    # Every row of the table has ten crosses.
    assert [sum(s2 in reads for reads in TABLE_1) for s2 in range(6)] == [10] * 6


def test_only_the_connections_of_the_table_cost_macs() -> None:
    assert_agrees("ConnectionTableConv2d", C3, (6, 14, 14))
    layer = bound("ConnectionTableConv2d", C3, (6, 14, 14))
    assert layer.macs(((6, 14, 14),), (16, 10, 10)) == 60 * 25 * 100


TABLES = st.lists(st.lists(st.integers(0, 3), min_size=1, unique=True), min_size=1, max_size=6)


@pytest.mark.slow
@given(
    table=TABLES,
    kernel=st.lists(st.integers(1, 3), min_size=2, max_size=2),
    stride=st.integers(1, 2),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    bias=st.booleans(),
)
def test_a_connection_table_computes_each_map_from_those_it_names(
    table: list[list[int]],
    kernel: list[int],
    stride: int,
    padding: int,
    dilation: int,
    bias: bool,
) -> None:
    arguments = {
        "table": table,
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "bias": bias,
    }
    shape = (4, 6, 7)
    assert_agrees("ConnectionTableConv2d", arguments, shape)
    module = bound("ConnectionTableConv2d", arguments, shape).module()
    image = torch.rand(2, *shape)
    expected = table_convolution(module, image, table, stride, padding, dilation)
    torch.testing.assert_close(module(image), expected)


def table_convolution(
    module: torch.nn.Module,
    image: Tensor,
    table: list[list[int]],
    stride: int,
    padding: int,
    dilation: int,
) -> Tensor:
    """The definition: one single-map convolution for each pair that the table names."""
    used: dict[int, int] = {}
    maps = []
    for reads in table:
        part = module.get_submodule(f"fan_in_{len(reads)}")
        index = used.setdefault(len(reads), 0)
        used[len(reads)] += 1
        total: Any = 0 if part.bias is None else part.bias[index]
        for position, source in enumerate(reads):
            total = total + torch.nn.functional.conv2d(
                image[:, source : source + 1],
                part.weight[index : index + 1, position : position + 1],
                stride=stride,
                padding=padding,
                dilation=dilation,
            )
        maps.append(total)
    return torch.cat(maps, 1)


def test_a_table_names_maps_that_there_are_and_each_once() -> None:
    arguments = {"table": [[0, 5], [1, 2]], "kernel_size": 3}
    assert_agrees("ConnectionTableConv2d", arguments, (6, 8, 8))
    assert refusal("ConnectionTableConv2d", arguments, (5, 8, 8)) == (
        "output map 0 reads input map 5, but the 5 input maps are 0 to 4; name maps from 0 to 4"
    )
    assert refusal("ConnectionTableConv2d", {"table": [[0], [1, 1]], "kernel_size": 3}) == (
        "output map 1 reads input map 1 twice: [1, 1]; name each input map once"
    )
    assert "table must be a list of 1 or more" in refusal(
        "ConnectionTableConv2d", {"table": [[]], "kernel_size": 3}
    )
    assert "kernel_size of at most 2, or padding: 1" in refusal(
        "ConnectionTableConv2d", arguments, (6, 2, 2)
    )


def test_input_maps_that_no_output_map_reads_are_noted() -> None:
    layer = bound("ConnectionTableConv2d", {"table": [[0, 5], [1]], "kernel_size": 3}, (6, 8, 8))
    assert layer.notes(((6, 8, 8),), (2, 6, 6)) == ["3 of 6 input maps are read by no output map"]
    assert layer.summary() == "2 maps 3×3, of 1 to 2 maps each"


@pytest.mark.slow
@given(
    kernel=st.lists(st.integers(1, 3), min_size=2, max_size=2),
    stride=st.none() | st.integers(1, 3),
)
def test_subsampling_scales_the_sum_of_each_window(kernel: list[int], stride: int | None) -> None:
    arguments = {"kernel_size": kernel, "stride": stride}
    shape = (2, 5, 7)
    assert_agrees("Subsampling2d", arguments, shape)
    layer = bound("Subsampling2d", arguments, shape)
    module = layer.module()
    image = torch.rand(1, *shape)
    output = module(image)[0]
    rows, columns = ([stride] * 2) if stride else kernel
    for place in torch.cartesian_prod(*map(torch.arange, output.shape)).tolist():
        channel, row, column = place
        window = image[
            0,
            channel,
            row * rows : row * rows + kernel[0],
            column * columns : column * columns + kernel[1],
        ]
        expected = module.weight[channel] * window.sum() + module.bias[channel]
        torch.testing.assert_close(output[channel, row, column], expected)


def test_subsampling_refuses_what_its_window_does_not_fit() -> None:
    assert refusal("Subsampling2d", {}, (6, 1, 4)).endswith(
        "H is 1+2·0 = 1, and the window needs 2; kernel_size of at most 1"
    )
    layer = bound("Subsampling2d", {}, (6, 5, 4))
    assert layer.notes(((6, 5, 4),), (6, 2, 2)) == ["the last row of 5×4 is never read"]


def test_weights_begin_within_the_bounds_of_the_paper() -> None:
    torch.manual_seed(0)
    for type_name, arguments, fan_ins in (
        ("ConnectionTableConv2d", C3, {"fan_in_3": 75, "fan_in_4": 100, "fan_in_6": 150}),
        ("Subsampling2d", {}, {"": 4}),
    ):
        module = bound(type_name, arguments, (6, 14, 14)).module()
        for name, fan_in in fan_ins.items():
            for weights in module.get_submodule(name).parameters():
                assert weights.abs().max() <= 2.4 / fan_in
                assert weights.numel() < 100 or weights.abs().max() > 2.3 / fan_in


def test_scaled_tanh_maps_one_to_one() -> None:
    assert_agrees("ScaledTanh", {}, (6, 14, 14))
    assert_agrees("ScaledTanh", {"amplitude": -2, "slope": 0.5}, (84,))
    module = bound("ScaledTanh", {}, (3,)).module()
    values = torch.tensor([[-1.0, 0.0, 1.0, 2.5]])
    expected = [1.7159 * tanh(2 * value / 3) for value in values[0].tolist()]
    torch.testing.assert_close(module(values), torch.tensor([expected]))
    torch.testing.assert_close(module(values)[0, 2], torch.tensor(1.0), atol=1e-4, rtol=0)


def test_the_rbf_measures_the_squared_distance_to_each_code() -> None:
    drawn = ["#.# .#.\n#.#", "### ### ###"]
    assert_agrees("EuclideanRBF", {"centers": drawn}, (9,))
    layer = bound("EuclideanRBF", {"centers": drawn}, (9,))
    assert layer.arguments["centers"][0] == (1, -1, 1, -1, 1, -1, 1, -1, 1)
    module = layer.module()
    features = torch.rand(3, 9)
    output = module(features)
    for sample, center in torch.cartesian_prod(torch.arange(3), torch.arange(2)).tolist():
        pairs = zip(features[sample].tolist(), layer.arguments["centers"][center], strict=True)
        expected = sum((value - target) ** 2 for value, target in pairs)
        torch.testing.assert_close(output[sample, center], torch.tensor(expected))
    at_a_center = torch.tensor([layer.arguments["centers"][1]], dtype=torch.float32)
    assert module(at_a_center).argmin() == 1
    assert not list(module.parameters())


@pytest.mark.parametrize("centers", [[], ["#x"], [""], [[1, 0]], [[1.0, -1]], [[True, 1]], [3]])
def test_a_code_is_made_of_plus_and_minus_one(centers: list[Any]) -> None:
    assert "or a list of 1 and -1" in refusal("EuclideanRBF", {"centers": centers}, (2,))


def test_the_rbf_reads_one_flat_vector_as_long_as_its_codes() -> None:
    arguments = {"centers": ["#.#.", "...."]}
    assert refusal("EuclideanRBF", arguments, (84,)) == (
        "EuclideanRBF reads 84 features, but its centers have 4 signs; "
        "put {type: Linear, out_features: 4} before it"
    )
    assert refusal("EuclideanRBF", arguments, (4, 1, 1)) == (
        "EuclideanRBF cannot read 4×1×1: it wants one flat vector; "
        "put Flatten before it: 4·1·1 = 4 features"
    )
    assert "number 0 has 4 signs, number 1 has 3" in refusal(
        "EuclideanRBF", {"centers": ["####", "###"]}
    )


def test_modules_survive_a_round_trip_of_their_state() -> None:
    for type_name, arguments, shape in (
        ("ConnectionTableConv2d", C3, (6, 9, 9)),
        ("EuclideanRBF", {"centers": [[1, -1]]}, (2,)),
    ):
        layer = bound(type_name, arguments, shape)
        first, second = layer.module(), layer.module()
        second.load_state_dict(first.state_dict())
        image = torch.rand(1, *shape)
        assert torch.equal(first(image), second(image))
        saved = sum(prod(tensor.shape) for tensor in first.state_dict().values())
        assert saved == layer.parameter_count() + layer.buffer_count()
