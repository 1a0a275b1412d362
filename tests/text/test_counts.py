"""Counts and sizes in words: one way everywhere."""

from __future__ import annotations

import pytest

import cnnshape
from cnnshape.text.counts import count_of, size_of
from cnnshape.training.events import EpochDone
from cnnshape.training.progress import epoch_line


def test_one_is_one_and_counts_have_separators():
    assert count_of(1, "layer") == "1 layer"
    assert count_of(0, "layer") == "0 layers"
    assert count_of(4608, "feature") == "4,608 features"


def test_a_size_is_as_the_argument_is_written():
    assert size_of(1, "map") == "1 map"
    assert size_of(1000, "feature") == "1000 features"


@pytest.mark.parametrize(
    ("layer", "label"),
    [
        ("{type: Linear, out_features: 1}", "1 feature"),
        ("{type: Linear, out_features: 1000}", "1000 features"),
    ],
)
def test_labels_of_layers(layer, label):
    network = cnnshape.loads(f"name: n\ninput: [8]\nlayers: [{layer}]")
    assert network.layers[0].layer.summary() == label


@pytest.mark.parametrize(
    ("input", "layer", "said"),
    [
        ("[8, 24, 24]", "{type: Linear, out_features: 10}", "8·24·24 = 4,608 features"),
        ("[3, 40, 40]", "{type: Reshape, shape: [7, -1]}", "4,800 elements"),
        ("[3, 8, 8]", "{type: Standardize, mean: [0.5], std: [0.5]}", "mean has 1 number, but"),
        ("[3, 8, 8]", "{type: Tile, repeats: [2]}", "has 1 number, but 3×8×8 has 3 dimensions"),
        ("[3, 8, 8]", "{type: Upsample, size: [4, 4, 4]}", "3 numbers, but the map has 2 spatial"),
    ],
)
def test_messages_count_in_one_way(input, layer, said):
    with pytest.raises(cnnshape.SpecError) as caught:
        cnnshape.loads(f"name: n\ninput: {input}\nlayers: [{layer}]")
    assert said in str(caught.value)


def test_an_epoch_with_one_wrong_image_is_not_at_100_percent():
    line = epoch_line(EpochDone(2, 0.001, 0.0412, 59_999 / 60_000, 0.033, 1.0, 14.34, 8412.3))
    assert "train 99.99 % · test 100.00 %" in line
