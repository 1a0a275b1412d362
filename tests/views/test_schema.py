"""The JSON Schema of spec files, and the generated files that must not be stale."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnshape import SpecError, loads
from cnnshape.expansion import expand
from cnnshape.layers import listed, registry
from cnnshape.spec import read_spec
from cnnshape.spec.document import Source, parse
from cnnshape.spec.values import plain_data
from cnnshape.views.schema import json_schema

from ..expansion.wrong_specs import wrong_specs

ROOT = Path(__file__).parents[2]
ARCHITECTURES = sorted((ROOT / "architectures").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_layers(*layers: Any, **keys: Any) -> dict[str, Any]:
    return {"input": [3, 32, 32], "layers": list(layers), **keys}


@pytest.mark.slow
@pytest.mark.parametrize("path", ARCHITECTURES, ids=lambda path: path.stem)
def test_a_shipped_spec_is_valid_and_names_the_schema(
    path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", listed())
def test_every_example_of_a_type_is_valid(
    name: str, validator: jsonschema.Draft202012Validator
) -> None:
    for example in registry()[name].examples:
        validator.validate(with_layers({"type": name, "name": "x", **_lists(example.arguments)}))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_a_network_is_valid(
    seed: int, validator: jsonschema.Draft202012Validator
) -> None:
    valid = 0
    for text in wrong_specs(seed, 120):
        try:
            loads(text)
        except SpecError:
            continue
        valid += 1
        assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == [], text
    assert valid > 30


# Every valid spec passes ---------------------------------------------------------------

WRITTEN = [
    (page.name, text)
    for page in [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
    for text in re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    if re.search("^layers:", text, re.M)
]


def refused(validator: jsonschema.Draft202012Validator, text: str) -> list[str]:
    """What the schema says of a valid spec; nothing of one that is faulty."""
    try:
        expand(read_spec(Source(text, ""), registry()), registry())
    except SpecError:
        return []
    plain = plain_data(parse(Source(text, "")))
    return [error.message for error in validator.iter_errors(plain)]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "text"), WRITTEN)
def test_a_spec_in_the_docs_is_valid(
    page: str, text: str, validator: jsonschema.Draft202012Validator
) -> None:
    loads(text)
    assert refused(validator, text) == []


@pytest.mark.slow
def test_a_random_network_is_valid(validator: jsonschema.Draft202012Validator) -> None:
    """Those that the engine is proved by against PyTorch."""
    from ..proof.networks import Trial, trials

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(trial=trials())
    def holds(trial: Trial) -> None:
        assert refused(validator, trial.text) == []

    holds()


@st.composite
def with_a_value_written_anew(draw: st.DrawFn, value: Any) -> Any:
    """A tree of values in which one is left out, or is written in another way or place."""
    if isinstance(value, (dict, list)) and value and draw(st.integers(0, 9)):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = draw(st.sampled_from(keys))
        changed = draw(with_a_value_written_anew(value[key]))
        if isinstance(value, list):
            return [*value[:key], changed, *value[key + 1 :]]
        return {**value, key: changed}
    others = [None, {}, [], [value], 0, 1, 2, True, False, 1.0, 0.5, "", "a", "$i", "$a"]
    if not isinstance(value, (dict, list)):
        others += [f"${{{value!r}}}", f"${{[{value!r}, 1][0]}}"]
    return draw(st.sampled_from(others))


@pytest.mark.slow
@settings(max_examples=200)
@given(data=st.data())
def test_a_spec_that_is_still_one_is_valid(
    data: st.DataObject, validator: jsonschema.Draft202012Validator
) -> None:
    _, text = data.draw(st.sampled_from(WRITTEN))
    plain = plain_data(parse(Source(text, "")))
    changed = data.draw(with_a_value_written_anew(plain))
    assert refused(validator, yaml.safe_dump(changed, sort_keys=False)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", listed())
def test_a_type_refuses_an_argument_that_it_does_not_have(
    name: str, validator: jsonschema.Draft202012Validator
) -> None:
    arguments = _lists(registry()[name].examples[0].arguments)
    entry = {"type": name, **arguments, "no_such_argument": 1}
    assert not validator.is_valid(with_layers(entry))


@pytest.mark.parametrize(
    "spec",
    [
        with_layers("ReLU", "my_block"),
        with_layers({"type": "my_block", "width": 3, "anything": [1, 2]}),
        with_layers({"type": "Conv2d", "out_channels": "$out", "kernel_size": ["${k // 2}", 3]}),
        with_layers({"type": "Conv2d", "in_channels": None, "out_channels": 1, "kernel_size": 1}),
        with_layers({"type": "$kind", "repeat": "${n}", "when": "$deep", "from": ["a", 1]}),
        with_layers({"type": "ReLU", "when": 0}),
        with_layers({"type": "ReLU", "when": 2}),
        with_layers({"share": "head", "name": "again", "from": "p4"}),
        with_layers({"layers": ["ReLU"], "name": "head", "repeat": 2, "when": False}),
        with_layers({"branches": {"a": None, "b": ["ReLU"], "c": "ReLU"}, "join": "Add"}),
        with_layers(
            {
                "branches": [{"type": "ReLU"}, {"when": "$x", "layers": []}, {"when": True}],
                "join": {"type": "Concat", "dim": 2, "name": "joined"},
            }
        ),
        with_layers(
            blocks={"b": {"params": {"w": None}, "inputs": ["x", "y"], "layers": ["ReLU"]}},
            params={"depths": [1, 2]},
            variants={"small": {}, "large": {"depths": [3, 4]}, "same": None},
            outputs=["a", "b"],
            train={"epochs": 2},
            name=5,
        ),
        {"input": "$size", "layers": None, "x-anchors": {}},
        with_layers(blocks=None, params=None, variants=None, train=None),
        with_layers({"share": ["head"]}),
    ],
    ids=str,
)
def test_what_the_language_allows_is_valid(
    spec: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    validator.validate(spec)


@pytest.mark.parametrize(
    "spec",
    [
        {"layers": []},
        {"input": [3, 32, 32]},
        {"input": [], "layers": []},
        {"input": [3, 0, 32], "layers": []},
        with_layers(layer=1),
        with_layers({"type": "Conv2d", "out_channels": 6}),
        with_layers({"type": "Conv2d", "out_channels": 0, "kernel_size": 3}),
        with_layers({"type": "Conv2d", "out_channels": 6, "kernel_size": [3]}),
        with_layers({"type": "Conv2d", "out_channels": 6, "kernel_size": "3"}),
        with_layers({"type": "Conv2d", "out_channels": 6, "kernel_size": 3, "bias": "no"}),
        with_layers({"type": "MaxPool2d", "kernel": 2}),
        with_layers({"type": "ReLU", "repeat": -1}),
        with_layers({"type": "ReLU", "when": "yes"}),
        with_layers({"name": "x"}),
        with_layers({"type": "ReLU", "layers": []}),
        with_layers({"share": "a", "kernel_size": 3}),
        with_layers({"branches": {"a": []}}),
        with_layers({"branches": {}, "join": "Add"}),
        with_layers({"branches": {"a": {"layer": []}}, "join": "Add"}),
        with_layers({"branches": {"a": []}, "join": {"dim": 1}}),
        with_layers({"branches": {"a": []}, "join": {"type": "Concat", "from": "x"}}),
        with_layers({"branches": {"a": []}, "join": {"type": "Concat", "dims": 1}}),
        with_layers(blocks={"b": {"params": {}}}),
        with_layers(blocks={"b": {"layers": [{"type": "Linear"}]}}),
        with_layers(3),
        with_layers([]),
    ],
    ids=str,
)
def test_what_the_language_does_not_allow_is_invalid(
    spec: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    assert not validator.is_valid(spec)


def test_arguments_and_types_are_described() -> None:
    schema = json_schema()
    conv = schema["$defs"]["types"]["Conv2d"]
    assert conv["description"].endswith("torch.nn.Conv2d")
    assert conv["properties"]["stride"]["default"] == 1
    assert "default" not in conv["properties"]["in_channels"]
    for name, layer in schema["$defs"]["types"].items():
        assert layer["description"], name
        arguments = set(layer["properties"]) & set(registry()[name].fields)
        assert all(layer["properties"][argument]["description"] for argument in arguments)


def test_a_stale_file_is_named_and_written_anew(
    generate: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "GENERATED", {"page.md": lambda: "new ×\n"})
    page = tmp_path / "page.md"
    page.write_text("old\n")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "page.md is stale\n"
    assert page.read_text() == "old\n"
    assert generate.main([]) == 0
    assert page.read_text(encoding="utf-8") == "new ×\n"
    assert generate.main(["--check"]) == 0


def _lists(arguments: Any) -> dict[str, Any]:
    """The arguments as YAML gives them: lists, not tuples."""
    return {
        name: [*map(_list, value)] if isinstance(value, (list, tuple)) else value
        for name, value in arguments.items()
    }


def _list(value: Any) -> Any:
    return [*map(_list, value)] if isinstance(value, (list, tuple)) else value
