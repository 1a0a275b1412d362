"""Exercises: each answer is what PyTorch gives for the layer that the question describes."""

from __future__ import annotations

import re

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

import cnnshape
from cnnshape.lesson.exercises import (
    FIELD,
    MACS,
    PARAMETERS,
    SIZE,
    Question,
    on_network,
    on_random_layers,
    read_answer,
)


def built(described: str, channels: int) -> nn.Module:
    """The module that 'Conv2d 16 maps 3×3, stride 2' describes."""
    type_name, maps, kernel = re.match(r"(\w+) (?:(\d+) maps? )?([\d×]+)", described).groups()  # type: ignore[union-attr]
    arguments = {
        name.replace(" ", "_"): int(value)
        for name, value in re.findall(r"(stride|padding|dilation) (\d+)", described)
    }
    sizes = (channels, int(maps)) if maps else ()
    return getattr(nn, type_name)(*sizes, tuple(map(int, kernel.split("×"))), **arguments)


def of_pytorch(question: Question) -> tuple[int, ...]:
    """The answer that PyTorch gives to a question on random layers."""
    if question.kind == FIELD:
        return field(question)
    described, shape = re.match(r"(.+) reads ([\d×]+)\.", question.text).groups()  # type: ignore[union-attr]
    sizes = tuple(map(int, shape.split("×")))
    with torch.device("meta"):
        module = built(described, sizes[0])
        counter = FlopCounterMode(display=False)
        with counter:
            output = module(torch.zeros(1, *sizes))
    return {
        SIZE: tuple(output.shape[1:]),
        PARAMETERS: (sum(each.numel() for each in module.parameters()),),
        MACS: (counter.get_total_flops() // 2,),
    }[question.kind]


def field(question: Question) -> tuple[int, ...]:
    """The part of the input on which one output in the middle depends, by its gradient."""
    described, channels = re.match(r"(.+), on (\d+)×", question.text).groups()  # type: ignore[union-attr]
    layers = []
    count = 1
    for each in described.split(", then "):
        # The mean hands its gradient to all of a window, the maximum to one position.
        module = built(each.replace("Max", "Avg"), count)
        for parameter in module.parameters():
            nn.init.ones_(parameter)
        count = getattr(module, "out_channels", count)
        layers.append(module)
    assert int(channels) > 0
    image = torch.zeros(1, 1, 192, 192, requires_grad=True)
    output = nn.Sequential(*layers)(image)
    middle = output.shape[2] // 2
    output[0, 0, middle, middle].backward()
    rows, columns = image.grad[0, 0].nonzero().T  # type: ignore[index]
    return (int(rows.max() - rows.min()) + 1, int(columns.max() - columns.min()) + 1)


@pytest.mark.slow
@settings(max_examples=30)
@example(57818)
@given(st.integers(0, 2**32 - 1))
def test_the_answers_on_random_layers_are_those_of_pytorch(seed: int) -> None:
    questions = on_random_layers(5, seed)
    assert {question.kind for question in questions} == {SIZE, PARAMETERS, FIELD, MACS}
    for question in questions:
        assert question.answer == of_pytorch(question), question


@pytest.mark.slow
@pytest.mark.parametrize("net", ["lenet5", "unet", "m5", "resnet18"])
def test_the_answers_on_a_network_are_its_modules(net: str) -> None:
    network = cnnshape.load(net)
    modules = dict(network.to_module().named_modules())
    questions = on_network(network, 500, 0)
    assert {question.kind for question in questions} == {SIZE, PARAMETERS, FIELD, MACS}
    for question in questions:
        path = question.text.partition(": ")[0]
        node = network.by_path[path]
        if question.kind == PARAMETERS:
            count = sum(each.numel() for each in modules[path].parameters())
            assert question.answer == (count,)
        elif question.kind == FIELD:
            assert question.answer == network.receptive_fields[path]
        elif question.kind == SIZE:
            assert question.answer == node.output_shape
        else:
            assert question.answer == (node.macs,)
        assert question.why


def test_a_seed_gives_the_same_questions_and_another_others() -> None:
    network = cnnshape.load("resnet18")
    assert on_network(network, 9, 1) == on_network(network, 9, 1) != on_network(network, 9, 2)
    assert on_random_layers(9, 1) == on_random_layers(9, 1) != on_random_layers(9, 2)
    assert on_random_layers(4, 1) == on_random_layers(9, 1)[:4]


def test_kinds_come_in_turn_as_far_as_there_are() -> None:
    kinds = [question.kind for question in on_network(cnnshape.load("lenet5"), 6, 0)]
    assert kinds == [SIZE, PARAMETERS, MACS, FIELD, SIZE, PARAMETERS]


COUNT = Question(PARAMETERS, "?", (1456,), ())
MAP = Question(SIZE, "?", (16, 10, 10), ())
SQUARE = Question(FIELD, "?", (5, 5), ())
OBLONG = Question(FIELD, "?", (5, 3), ())


@pytest.mark.parametrize(
    ("question", "text"),
    [(COUNT, "1456"), (COUNT, " 1,456\n"), (COUNT, "1_456"), (COUNT, "1 456"), (MAP, "16x10x10"),
     (MAP, "16×10×10"), (MAP, "16 10 10"), (MAP, "16, 10, 10"), (SQUARE, "5"), (SQUARE, "5X5"),
     (OBLONG, "5*3")],
)  # fmt: skip
def test_right_answers_are_right_however_they_are_written(question: Question, text: str) -> None:
    given = read_answer(text, question)
    assert given is not None
    assert question.is_right(given)


@pytest.mark.parametrize(
    ("question", "text"),
    [(COUNT, "1457"), (MAP, "10x10"), (MAP, "1010"), (OBLONG, "5"), (OBLONG, "3x5")],
)
def test_wrong_answers_are_wrong(question: Question, text: str) -> None:
    given = read_answer(text, question)
    assert given is not None
    assert not question.is_right(given)


@pytest.mark.parametrize("text", ["", "x", "-5", "5.5", "five", "５", "9" * 5000, "1x2x3x4x5"])
def test_what_is_no_number_is_asked_for_again(text: str) -> None:
    assert read_answer(text, COUNT) is None
    assert read_answer(text, MAP) is None
