"""Networks that PyTorch's own weights let nothing through learn by the default recipe."""

from __future__ import annotations

import pytest
import torch
import yaml

from cnnshape import Network, load
from cnnshape.training import beginning
from cnnshape.training.chance import chance_told
from cnnshape.training.progress import Silent
from cnnshape.training.recipe import Recipe
from cnnshape.training.start import carry_out

from .runs import begun, network, trained

DIGITS = {"dataset": "digits", "epochs": 5, "augment": "none"}


def _plain(depth: int, activation: str, kernel: int = 3, *, bias: bool = True) -> Network:
    """Convolutions and activations in a row, without a norm."""
    convolution = {"type": "Conv2d", "out_channels": 8, "kernel_size": kernel, "padding": "same",
                   "bias": bias}  # fmt: skip
    layers = [*[convolution, activation] * depth, {"type": "MaxPool2d", "kernel_size": 2},
              "Flatten", {"type": "Linear", "out_features": 10}]  # fmt: skip
    return network(yaml.safe_dump({"name": "plain", "input": [1, 10, 10], "layers": layers}))


def _dense(depth: int, activation: str) -> Network:
    layers = ["Flatten", *[{"type": "Linear", "out_features": 64}, activation] * depth,
              {"type": "Linear", "out_features": 10}]  # fmt: skip
    return network(yaml.safe_dump({"name": "dense", "input": [1, 10, 10], "layers": layers}))


@pytest.mark.slow
@pytest.mark.parametrize(
    "net",
    [
        _plain(3, "Sigmoid"), _plain(10, "ReLU"), _plain(10, "ReLU", bias=False),
        _plain(10, "Tanh"), _plain(10, "ELU"), _plain(10, "GELU"), _plain(6, "ReLU", 7),
        _dense(4, "Sigmoid"), _dense(9, "ReLU"),
    ],
    ids=lambda net: f"{net.name}-{net.layers[1].layer.type_name}-{len(net.layers)}",
)  # fmt: skip
def test_a_network_whose_signal_is_lost_learns(tmp_path, net):
    training = begun(tmp_path, net, **DIGITS)
    modules = [each for each in training.job.network.modules()
               if isinstance(each, beginning.WEIGHTED)]  # fmt: skip
    deviations = []
    for module in modules:
        module.register_forward_hook(lambda _, i, output: deviations.append(float(output.std())))
    pixels = next(training.job.train.batches([torch.arange(64)])).pixels
    training.job.classifier.output(pixels)
    assert all(0.3 < deviation < 3 for deviation in deviations)
    for module in modules:
        module._forward_hooks.clear()
    result = carry_out(training, Silent())
    assert result["test_accuracy"] > 0.85
    assert chance_told(result) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5", "lenet5_1998"])
def test_a_network_whose_signal_arrives_begins_as_pytorch_draws_it(tmp_path, monkeypatch, name):
    scaled = begun(tmp_path / "a", load(name), **DIGITS)
    monkeypatch.setattr("cnnshape.training.start.rescale_where_lost", lambda job: None)
    drawn = begun(tmp_path / "b", load(name), **DIGITS)
    states = [each.job.network.state_dict() for each in (scaled, drawn)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


def test_measuring_the_signal_leaves_what_norms_count_alone(tmp_path):
    state = begun(tmp_path).job.network.state_dict()
    assert all(count == 0 for name, count in state.items() if "num_batches" in name)


def test_a_network_at_chance_is_told_with_what_to_try(tmp_path):
    result = trained(tmp_path, epochs=1, lr=1e-9)
    assert chance_told({**result, "test_accuracy": 0.9}) is None
    recipe = Recipe().settled(300, images=True, distances=False).to_dict()
    guessed = {"name": "net", "test_accuracy": 0.5, "confusion": [[50, 0], [50, 0]]}
    told = chance_told({**guessed, "recipe": recipe})
    assert told is not None
    assert "the most frequent class gives 50.00 %. Try --optimizer adamw" in told
    told = chance_told({**guessed, "recipe": {**recipe, "optimizer": "adamw"}})
    assert told is not None
    assert "Try --optimizer sgd" in told


def test_more_right_answers_than_a_guess_on_few_images_may_be_chance():
    recipe = Recipe().settled(300, images=True, distances=False).to_dict()
    few = {"name": "net", "test_accuracy": 30 / 39, "confusion": [[12, 9], [0, 18]]}
    told = chance_told({**few, "recipe": recipe})
    assert told is not None
    assert told.startswith("that net has 76.92 % of 39 test images right may be chance: ")
    assert "gives 53.85 %. Test on more images, or try --optimizer" in told
