"""What outputs mean, and their losses against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from cnnshape import SpecError, load, loads
from cnnshape.torch_backend import build
from cnnshape.training.loss import Objective, leave_out, objective_for
from cnnshape.training.recipe import Recipe

HEAD = "input: [6]\nlayers:\n"
LABELS = torch.tensor([0, 1, 2, 1])


def _net(*last: str, features: int = 3):
    lines = [f"{{name: out, type: Linear, out_features: {features}}}", *last]
    return loads(HEAD + "".join(f"  - {line}\n" for line in lines))


def _objective(net, classes: int = 3, **recipe: object) -> Objective:
    return objective_for(net, classes, Recipe(**recipe))  # type: ignore[arg-type]


def _run(net) -> tuple[torch.Tensor, torch.Tensor]:
    """The output with all layers, and that of the module as it is trained."""
    module = build(net).eval()
    inputs = torch.randn(4, 6, generator=torch.Generator().manual_seed(1))
    whole = module(inputs)
    objective = _objective(net)
    if objective.from_logits:
        leave_out(module, objective.answering)
    return whole, module(inputs)


def test_scores_have_the_cross_entropy():
    net = _net()
    whole, output = _run(net)
    assert torch.equal(whole, output)
    assert _objective(net).loss(output, LABELS) == functional.cross_entropy(whole, LABELS)
    smoothed = _objective(net, label_smoothing=0.2).loss(output, LABELS)
    assert smoothed == functional.cross_entropy(whole, LABELS, label_smoothing=0.2)


@pytest.mark.parametrize("last", ["Softmax", "{type: Softmax, dim: -1}", "LogSoftmax"])
def test_a_last_softmax_is_applied_once(last):
    net = _net(last)
    objective = _objective(net)
    assert objective.from_logits
    whole, output = _run(net)
    logarithms = whole.log() if "Log" not in last else whole
    assert torch.allclose(objective.loss(output, LABELS), functional.nll_loss(logarithms, LABELS))
    assert torch.equal(objective.logits(output).argmax(1), whole.argmax(1))
    assert torch.allclose(objective.probabilities(output), logarithms.exp(), atol=1e-6)


MAPS = "input: [4, 3, 3]\nlayers:\n  - {type: Conv2d, out_channels: 3, kernel_size: 3}\n"


@pytest.mark.parametrize(
    "last",
    [
        ["Softmax", "Flatten"],
        ["LogSoftmax", "Flatten"],
        ["Softmax2d", "Flatten"],
        ["Sigmoid", "Flatten"],
        ["{type: Softmax, dim: -3}", "Identity", "{type: Squeeze, dim: 3}", "Flatten"],
        ["Softmax2d", "{type: Reshape, shape: [3]}", "Identity"],
        ["{type: Squeeze, dim: -1}", "{type: Softmax, dim: 1}", "{type: Permute, dims: [0, 2, 1]}",
         "Flatten"],
    ],
)  # fmt: skip
def test_what_follows_a_softmax_and_keeps_its_values_changes_nothing(last):
    net = loads(MAPS + "".join(f"  - {line}\n" for line in last))
    objective = _objective(net)
    assert objective.from_logits
    module = build(net).eval()
    inputs = torch.randn(4, 4, 3, 3, generator=torch.Generator().manual_seed(1))
    whole = module(inputs)
    leave_out(module, objective.answering)
    logits = module(inputs)
    assert torch.allclose(
        objective.probabilities(logits), whole.exp() if "Log" in last[0] else whole, atol=1e-6
    )
    plain = loads(MAPS + "  - Flatten")
    if objective.meaning != "likelihoods":
        assert objective.loss(logits, LABELS) == _objective(plain).loss(logits, LABELS)


def test_a_softmax_over_a_dimension_of_one_gives_scores():
    # Along the width of 3×1×1 every value becomes 1: these are no probabilities of classes.
    net = loads(MAPS + "  - {type: Softmax, dim: -1}\n  - Flatten")
    assert _objective(net).meaning == "scores"


def test_a_softmax_that_others_read_too_stays_and_is_read_as_probabilities():
    net = loads(MAPS + "  - {name: s, type: Softmax2d}\n  - Flatten\n  - Tanh\n"
                "  - {type: Flatten, from: s, name: out}\noutputs: out")  # fmt: skip
    objective = _objective(net)
    assert (objective.meaning, objective.from_logits) == ("probabilities", False)


def test_leaving_the_last_layer_out_changes_no_key():
    net = _net("Softmax")
    module = build(net)
    keys = list(module.state_dict())
    leave_out(module)
    assert list(module.state_dict()) == keys == ["out.weight", "out.bias"]


def test_probabilities_that_stay_are_taken_to_logarithms():
    net = _net("Softmin")
    objective = _objective(net)
    assert not objective.from_logits
    whole, output = _run(net)
    expected = functional.nll_loss(whole.log(), LABELS)
    assert torch.allclose(objective.loss(output, LABELS), expected)


def test_a_probability_of_zero_has_a_finite_loss():
    objective = Objective("probabilities", from_logits=False, single=False)
    loss = objective.loss(torch.tensor([[0.0, 1.0]]), torch.tensor([0]))
    assert loss.isfinite()


def test_a_softmax_that_others_read_is_not_left_out():
    net = loads(
        HEAD
        + "  - {type: Linear, out_features: 3}\n  - {name: s, type: Softmax}\n"
        + "  - Tanh\noutputs: s"
    )
    assert not _objective(net).from_logits


def test_softmax_over_the_batch_gives_scores():
    assert _objective(_net("{type: Softmax, dim: 0}")).meaning == "scores"


@pytest.mark.parametrize(("last", "means"), [("Sigmoid", "likelihoods"), (None, "scores")])
def test_one_number_and_two_classes_have_the_binary_cross_entropy(last, means):
    net = _net(*([last] if last else []), features=1)
    objective = _objective(net, 2)
    assert (objective.meaning, objective.single) == (means, True)
    module = build(net)
    inputs = torch.randn(4, 6)
    if objective.from_logits:
        whole = module(inputs)
        leave_out(module)
        assert torch.allclose(objective.probabilities(module(inputs))[:, 1:], whole, atol=1e-6)
    output = module(inputs)
    labels = torch.tensor([0, 1, 1, 0])
    expected = functional.binary_cross_entropy_with_logits(output[:, 0], labels.float())
    assert torch.allclose(objective.loss(output, labels), expected)
    assert torch.equal(objective.logits(output).argmax(1), (output[:, 0] > 0).long())


def test_independent_probabilities_have_a_binary_cross_entropy_each():
    net = _net("Sigmoid")
    objective = _objective(net)
    whole, output = _run(net)
    targets = functional.one_hot(LABELS, 3).float()
    expected = functional.binary_cross_entropy(whole, targets, reduction="sum") / 4
    assert torch.allclose(objective.loss(output, LABELS), expected)
    assert torch.allclose(objective.probabilities(output), whole)


def test_distances_have_the_paper_s_equation_9():
    net = load("lenet5_1998")
    objective = objective_for(net, 10, Recipe(rbf_constant=2.0))
    assert objective.meaning == "distances"
    distances = torch.tensor([[3.0, 1.0, 8.0], [0.5, 9.0, 7.0]])
    labels = torch.tensor([1, 1])
    expected = torch.stack([
        1.0 + torch.log(torch.exp(torch.tensor(-2.0)) + torch.exp(-distances[0]).sum()),
        9.0 + torch.log(torch.exp(torch.tensor(-2.0)) + torch.exp(-distances[1]).sum()),
    ]).mean()  # fmt: skip
    assert torch.allclose(objective.loss(distances, labels), expected)
    assert objective.logits(distances).argmax(1).tolist() == [1, 0]
    assert torch.allclose(objective.probabilities(distances).sum(1), torch.ones(2))


def _message(net, classes: int) -> str:
    with pytest.raises(SpecError) as caught:
        _objective(net, classes)
    return str(caught.value)


def test_another_number_of_classes_names_the_layer_and_the_setting(tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(
        "input: [6]\nparams: {classes: 7}\nlayers:\n"
        "  - {name: out, type: Linear, out_features: $classes}\n  - Softmax\n"
    )
    text = _message(load(file), 10)
    assert "the network gives 7 numbers, and the data set has 10 classes" in text
    assert f"{file}:4:" in text
    assert "--set classes=10, or give out out_features: 10" in text
    assert _objective(load(file, params={"classes": 10}), 10).meaning == "probabilities"


def test_a_map_is_no_answer():
    net = loads("input: [1, 8, 8]\nlayers: [{type: Conv2d, out_channels: 10, kernel_size: 3}]")
    told = _message(net, 10)
    assert "the network gives 10×6×6, and 10 classes want 10 numbers: this is a map" in told
    assert "only classifiers are trained here" in told


def test_one_number_is_not_enough_for_three_classes():
    told = _message(_net(features=1), 3)
    assert "the network gives 1 number, and" in told
    assert "it is one for a value (regression), or for two classes" in told


def test_several_outputs_are_refused():
    net = loads(
        HEAD + "  - {name: a, type: Linear, out_features: 3}\n"
        "  - {name: b, type: Linear, out_features: 3, from: input}\n"
    )
    assert "training wants one output, and the network gives a, b" in _message(net, 3)


def test_independent_outputs_are_smoothed_towards_all_classes_alike():
    net = _net("Sigmoid")
    _, output = _run(net)
    targets = functional.one_hot(LABELS, 3) * 0.8 + 0.2 / 3
    each = functional.binary_cross_entropy_with_logits(output, targets, reduction="none")
    smoothed = _objective(net, label_smoothing=0.2).loss(output, LABELS)
    assert torch.allclose(smoothed, each.sum(1).mean())
    assert not torch.allclose(smoothed, _objective(net).loss(output, LABELS))


def test_two_numbers_for_two_classes_are_one_each():
    net = _net(features=2)
    assert not _objective(net, classes=2).single
    assert _objective(_net(features=1), classes=2).single


@pytest.mark.parametrize(("shape", "rank"), [("[3, 9]", 1), ("[3, 9, 9]", 2), ("[3, 9, 9, 9]", 3)])
def test_a_map_is_pooled_in_as_many_dimensions_as_it_has(shape, rank):
    net = loads(f"input: {shape}\nlayers: [ReLU]")
    with pytest.raises(SpecError) as caught:
        _objective(net)
    assert f"end it with AdaptiveAvgPool{rank}d to size 1" in str(caught.value)


def test_by_default_the_last_layer_is_left_out_wherever_it_stands():
    net = loads(
        HEAD + "  - {type: Linear, out_features: 3}\n  - Tanh\n"
        "  - {name: head, layers: [{name: end, layers: [Softmax]}]}\n"
    )
    module = build(net).eval()
    inputs = torch.randn(4, 6, generator=torch.Generator().manual_seed(1))
    whole = module(inputs)
    leave_out(module)
    assert torch.allclose(module(inputs).softmax(1), whole)
    assert not torch.allclose(module(inputs), whole)
