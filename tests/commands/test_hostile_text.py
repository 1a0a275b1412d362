"""No text from outside reaches a terminal as it came, whatever the command or the place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cnnshape.commands._app import CommandGroup

COMMANDS = CommandGroup(name="cnnshape").commands
HOSTILE = "a\x1b]0;x\x07\x1b[31mb\r\u202ec\u2066\x9b2J\u200b"


def is_clean(text: str) -> bool:
    return all(char == "\n" or char.isprintable() for char in text)


def places() -> list[Any]:
    """Every argument and option of every command that takes a text."""
    return [
        pytest.param(name, parameter, id=f"{name} {parameter.opts[0]}")
        for name in COMMANDS
        for parameter in COMMANDS[name].params
        if not getattr(parameter, "is_flag", False)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parameter"), places())
def test_no_argument_is_echoed_as_it_came(cli: Any, name: str, parameter: Any) -> None:
    needed = [p for p in COMMANDS[name].params if p.param_type_name == "argument" and p.required]
    if parameter.param_type_name == "argument":
        given = [HOSTILE if each is parameter else "x" for each in needed] or [HOSTILE]
    else:
        given = [*("x" for _ in needed), parameter.opts[0], HOSTILE]
    if name == "train":
        given += ["--dataset", "none"] if parameter.name != "dataset" else []
    result = cli(name, *given)
    assert is_clean(result.stdout + result.stderr)


@pytest.mark.parametrize("arguments", [[HOSTILE], [f"--{HOSTILE}"], ["show", f"-{HOSTILE}"],
                                       ["show", "lenet5", HOSTILE]])  # fmt: skip
def test_what_is_no_command_or_option(cli: Any, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert result.exit_code == 2
    assert is_clean(result.stdout + result.stderr)


def spec_with(text: str) -> str:
    layers = [{"name": "ok", "type": "ReLU"}, {"name": text, "type": text}, {"type": "ReLU"}]
    return json.dumps({"name": text, "reference": text, "input": [1, 8, 8], "layers": layers})


SPEC_COMMANDS = (
    "show", "verify", "explain", "compare lenet5", "diagram -o a.svg", "export --to pytorch",
    "train",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", SPEC_COMMANDS)
def test_a_spec_of_such_names_in_a_file_of_such_a_name(cli: Any, command: str) -> None:
    file = Path(f"{HOSTILE.replace('/', '')}.yaml")
    name, *options = command.split()
    for text in (HOSTILE, "plain"):
        file.write_text(spec_with(text), encoding="utf-8")
        result = cli(name, *options, file) if name == "compare" else cli(name, file, *options)
        assert result.exit_code in (1, 2)
        assert is_clean(result.stdout + result.stderr)


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_a_sound_spec_in_a_file_of_such_a_name(cli: Any, format: str) -> None:
    file = Path(f"{HOSTILE}.yaml")
    file.write_text("input: [1, 8, 8]\nlayers: [ReLU]\n")
    for command in (["show", file], ["compare", file, "lenet5"]):
        result = cli(*command, "--format", format)
        assert result.exit_code == 0
        assert is_clean(result.stdout + result.stderr)


@pytest.fixture
def run(cli: Any) -> Path:
    """A run whose images have such names: of a class, one that cannot be shown is refused."""
    import numpy as np
    from PIL import Image

    for kind in ("one", "two"):
        folder = Path("photos", kind)
        folder.mkdir(parents=True)
        for number in range(6):
            pixels = np.full((32, 32), 20 * number + 100 * (kind == "two"), np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}{HOSTILE}.png")
        (folder / f"broken{HOSTILE}.png").write_bytes(HOSTILE.encode())
    spec = {
        "input": [1, 32, 32],
        "layers": ["Flatten", {"type": "Linear", "out_features": 2}],
    }
    Path("n.yaml").write_text(json.dumps(spec))
    options = ("--dataset", "folder:photos", "--epochs", "1", "--threads", "1", "--out", "run")
    result = cli("train", "n.yaml", *options)
    assert result.exit_code == 0, result.stderr
    assert is_clean(result.stdout + result.stderr)
    return Path("run")


@pytest.mark.slow
def test_what_a_run_and_its_images_are_called(cli: Any, run: Path) -> None:
    images = sorted(Path("photos").rglob("*.png"))
    for options in ([], ["--format", "csv"], ["--format", "json"]):
        for command in (["evaluate", run], ["predict", run, *images], ["predict", run, "photos"]):
            result = cli(*command, *options)
            assert result.stdout + result.stderr
            assert is_clean(result.stdout + result.stderr)
    result = json.loads((run / "result.json").read_text())
    for key, value in (("plugins", [f"{HOSTILE}.py"]), ("classes", ["a", HOSTILE]),
                       ("network", HOSTILE), ("dataset", HOSTILE)):  # fmt: skip
        (run / "result.json").write_text(json.dumps({**result, key: value}))
        for command in (["evaluate", run], ["predict", run, *images], ["predict", run, HOSTILE]):
            told = cli(*command)
            assert is_clean(told.stdout + told.stderr)


@pytest.mark.slow
def test_what_an_onnx_file_holds(cli: Any) -> None:
    from onnx import TensorProto, helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2, 4, 4]) for name in "xy")
    weight = helper.make_tensor(HOSTILE, TensorProto.FLOAT, [2, 2, 1, 1], [1.0] * 4)
    outside = helper.make_tensor(f"w{HOSTILE}", TensorProto.FLOAT, [1], [1.0])
    outside.ClearField("float_data")
    outside.data_location = TensorProto.EXTERNAL
    entry = outside.external_data.add()
    entry.key, entry.value = "location", HOSTILE
    odd = helper.make_node(f"Odd{HOSTILE}", ["x"], ["y"], name=HOSTILE, domain=f"d{HOSTILE}")
    conv = [helper.make_node("Conv", ["x", HOSTILE], [f"v{HOSTILE}"], name=f"a/{HOSTILE}/b"),
            helper.make_node("Relu", [f"v{HOSTILE}"], ["y"], name=HOSTILE)]  # fmt: skip
    for place, (nodes, weights) in enumerate(
        [([odd], []), (conv, [weight]), (conv, [weight, outside])]
    ):
        graph = helper.make_graph(nodes, HOSTILE, [x], [y], weights)
        file = Path(f"{place}{HOSTILE}.onnx")
        file.write_bytes(helper.make_model(graph).SerializeToString())
        for options in ([], ["--partial"]):
            result = cli("import", file, *options)
            assert result.exit_code in (0, 1, 2)
            assert not isinstance(result.exception, Exception) or result.exit_code
            assert is_clean(result.stdout + result.stderr)


def test_what_a_python_file_calls_its_classes_and_says(cli: Any) -> None:
    source = f"""from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, {HOSTILE!r}, nn.Conv2d(1, 2, 3))
    def forward(self, x):
        return getattr(self, {HOSTILE!r})(x)
class Raises(nn.Module):
    def forward(self, x):
        raise ValueError({HOSTILE!r})
"""
    file = Path(f"net{HOSTILE}.py")
    file.write_text(source, encoding="utf-8")
    for called in ("Net", "Raises", HOSTILE, "Nett"):
        result = cli("import", f"{file}:{called}", "--input", "1x8x8")
        assert is_clean(result.stdout + result.stderr)


def test_commands_print_in_one_place() -> None:
    """All else goes through `say`, rich's console, or a writer of whole texts."""
    folder = Path(__file__).parents[2] / "cnnshape" / "commands"
    for file in folder.glob("*.py"):
        if file.name != "_printing.py":
            assert not re.search(r"typer\.echo\(|(?<![.\w])print\(", file.read_text()), file.name
