"""A batch that is moved, or has other dimensions folded in, and what is made of such tensors."""

from __future__ import annotations

import pytest
from torch import nn

from cnnshape.importing import ImportFault, import_module
from cnnshape.importing.operations import Value
from cnnshape.importing.samples import BATCH, FIRST, Samples, divided

from . import folding_nets as nets


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (nets.HeadsInBatch, (8, 4, 4)),
        (nets.PatchesInBatch, (8, 4, 6)),
        (nets.BatchSecond, (8, 3, 4)),
        (nets.SelectiveKernel, (3, 6, 6)),
        (nets.Tokens, (8, 3, 4)),
        (nets.PositionBias, (8, 3, 4)),
        (nets.Einsums, (4, 5, 3)),
        (nets.Rearranged, (3, 8, 8)),
        (nets.Stretched, (3, 6, 5)),
        (nets.Projected, (8, 3, 6)),
        (nets.ConvolvedParts, (4, 6, 6)),
        (nets.ShiftedWindows, (8, 4, 9)),
        (nets.SecondBatch, (8, 3, 4)),
        (nets.PooledParts, (2, 3, 10)),
    ],
)
def test_what_is_written_is_the_module(make: type[nn.Module], shape: tuple[int, ...]) -> None:
    module = make()
    check = import_module(module, shape).check
    assert check is not None
    assert check.difference <= 1e-12
    assert check.macs[0] == check.macs[1]


def test_heads_in_the_batch_are_a_dimension_of_the_sample() -> None:
    network = import_module(nets.HeadsInBatch(), (8, 4, 4)).network
    product = next(node for node in network.layers if node.type == "MatMul")
    assert product.input_shapes == ((2, 16, 4), (2, 4, 16))
    assert network.layers[-1].output_shape == (8, 4, 4)


def test_attention_keeps_its_name() -> None:
    network = import_module(nets.PatchesInBatch(), (8, 4, 6)).network
    types = [node.type for node in network.layers]
    assert types.count("ScaledDotProductAttention") == 1
    assert "Unknown" not in types
    attention = next(node for node in network.layers if node.type == "ScaledDotProductAttention")
    assert attention.input_shapes == ((4, 2, 6, 4),) * 3


def test_a_product_with_a_parameter_is_a_layer_with_that_weight() -> None:
    found = import_module(nets.Projected(), (8, 3, 6))
    weighted = [node for node in found.network.layers if node.params]
    assert [node.type for node in weighted] == ["Linear", "Linear", "Conv1d", "Linear"]
    assert found.network.totals.params == 6 * 4 + 5 * 4 + 7 * 8 + 5 * 5


def test_what_stretches_by_itself_reads_what_is_not_stretched() -> None:
    network = import_module(nets.Stretched(), (3, 6, 5)).network
    by_path = network.by_path
    gated = next(node for node in network.layers if node.type == "Multiply")
    assert [by_path[path].type for path in gated.inputs if path in by_path] == [
        "Tanh",
        "Sigmoid",
    ]
    difference = next(node for node in network.layers if node.type == "Subtract")
    # One of the two is enough, and the other is read by the softmax too.
    assert sorted(difference.input_shapes) == [(3, 1, 5), (3, 6, 1)]
    assert [node.type for node in network.layers].count("Expand") == 1


def test_what_is_convolved_in_parts_has_a_dimension_more() -> None:
    network = import_module(nets.ConvolvedParts(), (4, 6, 6)).network
    conv = network.by_path["conv"]
    assert (conv.type, conv.output_shape) == ("Conv3d", (6, 4, 3, 2))
    assert network.by_path["bn"].type == "BatchNorm3d"
    assert network.by_path["flat"].output_shape == (8, 6)
    # One pair for all of conv, bn, relu and pool but for the relu between them.
    types = [node.type for node in network.layers]
    between = types[types.index("Conv3d") : types.index("AvgPool3d")]
    assert between == ["Conv3d", "BatchNorm3d", "Transpose", "ReLU", "Transpose"]


def test_a_table_of_offsets_is_known_by_what_it_gives() -> None:
    network = import_module(nets.PositionBias(), (8, 3, 4)).network
    first, second = (n.layer for n in network.layers if n.type == "RelativePositionBias")
    assert first.arguments == {"num_heads": 2, "size": (3, 4), "stride": 1, "signed": True}
    assert second.arguments == {"num_heads": 2, "size": (3, 4), "stride": 2, "signed": False}


@pytest.mark.slow
def test_positions_that_are_computed_as_sines_are_a_layer() -> None:
    found = import_module(nets.Sines(), (3, 5, 7))
    (positions,) = (n for n in found.network.layers if n.type == "PositionEmbeddingSine")
    assert positions.layer.arguments["temperature"] == 100
    assert positions.layer.arguments["normalize"] is True
    assert (positions.inputs, positions.output_shape) == (("stem",), (8, 5, 7))
    assert found.check is not None
    assert found.check.difference <= 1e-6  # the module computes them in single precision


def test_moving_the_batch_alone_is_no_layer() -> None:
    network = import_module(nets.BatchSecond(), (8, 3, 4)).network
    assert [node.type for node in network.layers][:2] == ["Flatten", "Transpose"]


@pytest.mark.parametrize(
    ("make", "operation", "reason"),
    [
        (nets.OtherHalves, "torch.cat", "dim 0"),
        (nets.AcrossTheBatch, "matmul", "over the batch"),
        (nets.EinsumOfBatch, "einsum", "mixes the batch with other dimensions"),
        (nets.AttentionOfBatch, "scaled_dot_product_attention", "over the batch"),
        (nets.WrittenSamples, "setitem", "of single samples of the batch"),
        (nets.OverFolded, "mean", "along the batch"),
        (nets.NormalizedParts, "GroupNorm", "of a batch that has other dimensions folded in"),
    ],
)
def test_what_is_no_value_of_a_sample_is_refused(
    make: type[nn.Module], operation: str, reason: str
) -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(make(), (4, 6, 6))
    first = caught.value.unsupported[0]
    assert operation in first.operation
    assert reason in first.reason


@pytest.mark.parametrize(
    ("shape", "network", "samples"),
    [
        ((BATCH, 3, 8), (BATCH, 3, 8), FIRST),
        ((BATCH * 4, 6), (BATCH, 4, 6), Samples(0, 4)),
        ((3, BATCH, 6), (BATCH, 3, 6), Samples(1, 1)),
        ((5, BATCH * 2, 6), (BATCH, 5, 2, 6), Samples(1, 2)),
    ],
)
def test_the_batch_is_divided_out(
    shape: tuple[int, ...], network: tuple[int, ...], samples: Samples
) -> None:
    assert divided(shape) == (network, samples)
    value = Value("1", network, samples=samples)
    assert value.tensor == shape
    for dim in range(len(shape)):
        if dim != samples.dim:
            assert network[value.dim(dim)] == shape[dim]
            assert network[value.dim(dim - len(shape))] == shape[dim]
    assert value.order(range(len(shape))) == list(range(len(network)))


@pytest.mark.parametrize("shape", [(3, 8), (), (BATCH, BATCH), (0, 3)])
def test_samples_that_lie_in_no_dimension_or_in_two_were_mixed(shape: tuple[int, ...]) -> None:
    assert divided(shape) is None


def test_the_mask_of_shifted_windows_is_known_by_its_numbers() -> None:
    network = import_module(nets.ShiftedWindows(fill=-9.0), (8, 4, 9)).network
    (mask,) = [node for node in network.layers if node.type == "ShiftedWindowMask"]
    assert mask.layer.arguments == {
        "size": (4, 9),
        "window_size": (2, 3),
        "shift_size": (1, 2),
        "value": -9.0,
    }
    assert mask.output_shape == (6, 2, 6, 6)


def test_a_mask_with_one_other_number_is_not_taken_for_it() -> None:
    found = import_module(nets.ShiftedWindows(wrong=True), (8, 4, 9))
    types = [node.type for node in found.network.layers]
    assert "Buffer" in types
    assert "ShiftedWindowMask" not in types


def test_attention_along_the_batch_is_refused() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(nets.SecondBatch(moved=False), (8, 3, 4))
    (found,) = caught.value.unsupported
    assert found.reason == "of another dimension than the batch (batch_first=False)"
