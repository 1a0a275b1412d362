"""Where a recipe's values come from, and which it can have."""

from __future__ import annotations

import json

import pytest

from cnnshape import SpecError, load, loads
from cnnshape.training.recipe import NAMED, Recipe, RecipeFault, read_recipe, read_value

from .runs import network

LAYERS = "input: [1, 8, 8]\nlayers: [Flatten, {type: Linear, out_features: 10}]\n"


def test_defaults_then_the_named_recipe_then_the_spec_then_the_command_line():
    net = loads(LAYERS + "train: {epochs: 7, lr: 0.01}")
    assert read_recipe(network(), {}).epochs is None
    assert read_recipe(network(), {}, "best").epochs == NAMED["best"]["epochs"]
    assert read_recipe(net, {}, "best").epochs == 7
    assert read_recipe(net, {"epochs": 3, "batch": None}, "best").epochs == 3
    assert read_recipe(net, {"epochs": 3}).lr == 0.01


def test_a_spec_names_a_recipe_and_the_command_line_another():
    net = loads(LAYERS + "train: {recipe: best}")
    assert read_recipe(net, {}).average == NAMED["best"]["average"]
    assert read_recipe(net, {}, "default").average == 0


def test_every_named_recipe_is_sound():
    for name in NAMED:
        recipe = read_recipe(network(), {}, name).settled(60_000, images=True, distances=False)
        assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_a_spec_s_faults_are_told_all_with_their_places(tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(LAYERS + "train:\n  epochs: 0\n  lr: 0.1\n  momentun: 1\n  recipe: bst\n")
    with pytest.raises(SpecError) as caught:
        read_recipe(load(file), {})
    assert [
        (fault.mark and fault.mark.line, fault.message) for fault in caught.value.diagnostics
    ] == [
        (4, "epochs must be a whole number of at least 1, not 0"),
        (6, "a recipe has no key 'momentun'; did you mean momentum?"),
        (7, "recipe must be default or best, not 'bst'"),
    ]
    assert "  epochs: 0" in str(caught.value)


def test_a_text_without_a_file_has_no_place():
    with pytest.raises(SpecError) as caught:
        read_recipe(loads(LAYERS + "train: {batch: many}"), {})
    (fault,) = caught.value.diagnostics
    assert fault.mark is None
    assert fault.message == "train: batch must be a whole number of at least 1, not 'many'"


@pytest.mark.parametrize(
    ("field", "sound", "faulty"),
    [
        ("epochs", [1, 1000, None], [0, -1, 1.5, True, "2"]),
        ("batch", [1, 96], [0, None, 2.0]),
        ("lr", [1e-9, 3, None], [0, -0.1, float("nan"), float("inf"), "fast", True]),
        ("momentum", [0, 0.9], [1, -0.1]),
        ("weight_decay", [0, 5e-4, None], [-1e-9, float("inf")]),
        ("warmup", [0, 0.99], [1, -0.01]),
        ("label_smoothing", [0, 0.1], [1]),
        ("average", [0, 0.999], [1]),
        ("rbf_constant", [0.1], [0]),
        ("optimizer", ["sgd", "adamw"], ["SGD", "adam", 1]),
        ("schedule", ["linear", "cosine"], ["flat"]),
        ("dataset", ["digits", "folder:a b"], ["", "  ", 3]),
    ],
)
def test_a_value_beside_its_neighbours(field, sound, faulty):
    for value in sound:
        assert read_value(field, value) == value
    for value in faulty:
        with pytest.raises(RecipeFault, match=f"{field} must be") as caught:
            read_value(field, value)
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("none", ()),
        ([], ()),
        ("shift", ("shift",)),
        (" shift:3 , flip", ("shift:3", "flip")),
        (["distort", "flip"], ("distort", "flip")),
        (None, None),
    ],
)
def test_augmentation_is_a_list_or_a_text(written, read):
    assert read_value("augment", written) == read


@pytest.mark.parametrize(
    "written", ["shift:0", "shift:65", "shift:", "shift:x", "flip:2", "flip,flip", "none,flip",
                "shift,shift:2", "turn", 3, [1]],
)  # fmt: skip
def test_what_no_augmentation_is(written):
    with pytest.raises(RecipeFault, match="augment must be a list of shift"):
        read_value("augment", written)


def test_settling_chooses_what_is_open_and_keeps_what_is_not():
    settled = Recipe().settled(1_500, images=True, distances=False)
    assert (settled.epochs, settled.lr, settled.weight_decay) == (20, 0.08, 5e-4)
    assert settled.augment == ("distort",)
    assert Recipe().settled(60_000, images=True, distances=False).epochs == 2
    assert Recipe().settled(60_000, images=True, distances=False).augment == ()
    assert Recipe().settled(1_500, images=False, distances=False).augment == ()
    assert Recipe().settled(40, images=True, distances=False).batch == 40
    adamw = Recipe(optimizer="adamw").settled(60_000, images=True, distances=False)
    assert (adamw.lr, adamw.weight_decay) == (0.003, 0.01)
    distances = Recipe().settled(60_000, images=True, distances=True)
    assert (distances.epochs, distances.lr) == (6, 0.003)
    kept = Recipe(epochs=5, lr=0.5, weight_decay=0.0, augment=())
    assert kept.settled(1_500, images=True, distances=True) == kept


def test_a_data_set_that_is_less_easy_has_more_epochs_by_default():
    settled = [
        Recipe(dataset=name).settled(60_000, images=True, distances=False).epochs
        for name in ("mnist", "fashion-mnist")
    ]
    assert settled == [2, 4]


def test_a_run_shorter_than_the_default_has_a_lower_peak() -> None:
    for epochs, peak in ((6, 0.05), (21, 0.08), (None, 0.08)):
        settled = Recipe(epochs=epochs).settled(1_442, images=True, distances=False)
        assert settled.lr == peak
    assert Recipe(epochs=6, lr=0.1).settled(1_442, images=True, distances=False).lr == 0.1
