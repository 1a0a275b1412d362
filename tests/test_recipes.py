"""The recipes of docs/architecture.md, followed in a copy: the files that they name, no others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .patience import PATIENCE

ROOT = Path(__file__).parents[1]
RECIPES = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## Where to add")[2]
pytestmark = pytest.mark.slow

SPEC = "input: [1, 8, 8]\nlayers:\n  - {type: Conv2d, out_channels: 2, kernel_size: 3}\n"


class Copy:
    """The package and its specs, in a folder where they can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        left_out = shutil.ignore_patterns("__pycache__")
        for name in ("cnnshape", "architectures", "docs"):
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)

    def write(self, path: str, text: str) -> None:
        """A new file."""
        file = self.folder / path
        assert not file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """A change of one place in a file that a recipe names."""
        assert path.rsplit("/", maxsplit=1)[-1] in RECIPES, f"no recipe names {path}"
        file = self.folder / path
        text = file.read_text("utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *words: str) -> str:
        """What a command prints; it must end well."""
        return self.python("-m", "cnnshape", *words)

    def generated(self, *files: str) -> str:
        """The text of files that `docs/generate.py` writes, after it has."""
        self.python("docs/generate.py", *files)
        return "".join((self.folder / file).read_text("utf-8") for file in files)

    def python(self, *words: str) -> str:
        """What Python prints; it must end well."""
        ran = subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={
                **os.environ, "PYTHONPATH": str(self.folder), "COLUMNS": "200",
                "CNNSHAPE_CACHE_DIR": str(self.folder / "cache"), "OMP_NUM_THREADS": "1",
                "PYTEST_ADDOPTS": "",  # those of the tests around it are not for those inside
            },
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    made = Copy(tmp_path)
    made.write("net.yaml", SPEC)
    return made


def test_every_recipe_is_followed_here() -> None:
    named = re.findall(r"^- \*(.*?)\*:", RECIPES, re.MULTILINE)
    assert set(named) == {
        "A layer type", "A layer type that is known by how it is met", "A style of diagrams",
        "A data set", "A column", "A command", "A net",
        "A view", "A fact that `compare` tells",  # of which no other file knows
    }  # fmt: skip


def test_a_layer_type_is_added(copy: Copy) -> None:
    copy.write(
        "cnnshape/layers/halving.py",
        '''"""Halves of numbers."""

from __future__ import annotations

from ._python import Python
from .base import Example, Layer
from .shapes import Shape, Shapes


class Halve(Layer):
    """Half of every number."""

    kind = "element-wise"
    python = Python(call=lambda module, inputs, arguments: f"{inputs[0]} / 2")
    examples = (Example({}, (3, 4), (3, 4)),)

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]

    def module(self):
        from .base import function_module

        return function_module(lambda x: x / 2)
''',
    )
    copy.write("halved.yaml", SPEC + "  - Halve\n")
    assert "Halve" in copy.run("layers", "halve")
    assert "2 layers agree" in copy.run("show", "halved.yaml")
    assert " / 2" in copy.run("export", "halved.yaml", "--to", "pytorch")
    assert "Halve" in copy.run("schema")
    assert "### Halve\n\nHalf of every number." in copy.generated("docs/layers.md")


def test_a_layer_type_that_is_known_by_how_it_is_met_is_added(copy: Copy) -> None:
    folder = "cnnshape/special/doubling"
    copy.write(
        f"{folder}/__init__.py",
        '''"""Numbers twice as large."""

from __future__ import annotations

from ...layers._python import Python
from ...layers.base import Example, Layer
from ...layers.shapes import Shape, Shapes


class Double(Layer):
    """Twice every number."""

    kind = "element-wise"
    python = Python(make="Double", file="special.doubling.module")
    examples = (Example({}, (3, 4), (3, 4)),)

    def output_shape(self, inputs: Shapes) -> Shape:
        return inputs[0]
''',
    )
    module = "class Double(nn.Module):\n    def forward(self, x):\n        return 2 * x"
    copy.write(f"{folder}/module.py", f"from torch import nn\n\n\n{module}\n")
    copy.write(
        f"{folder}/from_torch.py",
        """from dataclasses import replace


def rewritten(layers):
    doubled = {"scale": 2}
    return [
        replace(item, type="Double", arguments={}) if item.arguments == doubled else item
        for item in layers
    ]
""",
    )
    copy.write("net.py", f"from torch import nn\n\n\n{module.replace('Double', 'Net')}\n")
    assert "  - Double\n" in copy.run("import", "net.py:Net", "--input", "1x8x8")
    copy.write("doubled.yaml", SPEC + "  - Double\n")
    assert "2 layers agree" in copy.run("show", "doubled.yaml")
    assert "class Double(nn.Module)" in copy.run("export", "doubled.yaml", "--to", "pytorch")


def test_a_column_is_added(copy: Copy) -> None:
    copy.change(
        "cnnshape/views/columns.py",
        "COLUMNS: tuple[Column, ...] = (\n",
        "COLUMNS: tuple[Column, ...] = (\n"
        '    _count("elements", "elements", lambda row, _batch: row.elements),\n',
    )
    shown = copy.run("show", "net.yaml", "--verify", "off", "--columns", "name,elements")
    assert re.search(r"conv2d1 +72\n", shown)
    assert "elements" in copy.run("show", "--help")


def test_a_data_set_is_added(copy: Copy) -> None:
    copy.write(
        "cnnshape/training/data/stripes.py",
        '''"""Stripes, across or down."""

from __future__ import annotations

from .dataset import ArrayImages, Data


def load_stripes() -> Data:
    import numpy as np

    pixels = np.zeros((40, 1, 8, 8), dtype=np.uint8)
    labels = np.arange(40) % 2
    pixels[labels == 0, :, ::2] = 255
    pixels[labels == 1, :, :, ::2] = 255
    train, test = np.arange(32), np.arange(32, 40)
    return Data(
        name="stripes",
        classes=("across", "down"),
        train=ArrayImages(pixels[train], labels[train]),
        test=ArrayImages(pixels[test], labels[test]),
    )
''',
    )
    copy.change(
        "cnnshape/training/data/loading.py",
        "SETS = {\n",
        "def _stripes(order: Order) -> Data:\n"
        "    from .stripes import load_stripes\n\n"
        "    return load_stripes()\n\n\n"
        'SETS = {\n    "stripes": DataSet("stripes, across or down", _stripes),\n',
    )
    assert "stripes" in copy.run("train", "--help")
    copy.write("two.yaml", SPEC + "  - Flatten\n  - {type: Linear, out_features: 2}\n")
    copy.run(
        "train", "two.yaml", "--dataset", "stripes", "--epochs", "1", "--out", "run", "--augment",
        "none",
    )  # fmt: skip
    assert json.loads((copy.folder / "run" / "result.json").read_text())["dataset"] == "stripes"
    program = (
        "import sys; sys.path.insert(0, 'docs'); import generate, pathlib; "
        "print(generate.with_tables(pathlib.Path('docs/training.md').read_text('utf-8')))"
    )
    assert "| `stripes` | stripes, across or down |\n" in copy.python("-X", "utf8", "-c", program)


def test_a_style_is_added(copy: Copy) -> None:
    copy.write(
        "cnnshape/diagrams/dots/__init__.py",
        '''"""A dot for each layer."""

from ..look import Figure, Look


def draw(network, look: Look) -> Figure:
    dots = "".join(
        f'<circle cx="{10 * number + 5}" cy="5" r="4"/>' for number in range(len(network.layers))
    )
    return Figure(f'<svg xmlns="http://www.w3.org/2000/svg">{dots}</svg>')
''',
    )
    copy.change(
        "cnnshape/diagrams/drawing.py",
        '    "volumes": "boxes in space",\n',
        '    "volumes": "boxes in space",\n    "dots": "a dot for each layer",\n',
    )
    assert (
        copy.run("diagram", "lenet5", "--style", "dots", "--out", "-", "--format", "svg").count(
            "<circle"
        )
        == 13
    )
    assert "dots: a dot for each layer" in " ".join(copy.run("diagram", "--help").split())


def test_a_command_is_added(copy: Copy) -> None:
    copy.write(
        "cnnshape/commands/count.py",
        '''"""``cnnshape count``: how many layers a net has."""

from __future__ import annotations

from ._common import SpecArgument, network_or_exit, read_changes
from ._printing import say

PANEL = "Look"


def count(spec: SpecArgument = "lenet5") -> None:
    """Print how many layers a net has.

    Examples:
        cnnshape count lenet5
    """
    say(str(len(network_or_exit(spec, read_changes(None, None, None, None)).layers)))
''',
    )
    assert copy.run("count", "lenet5") == "13\n"
    assert "Print how many layers a net has" in copy.run("--help")


def test_a_net_is_added(copy: Copy) -> None:
    copy.write("architectures/tiny.yaml", f"name: tiny\n{SPEC}")
    assert "tiny" in copy.run("list")
    assert "1 layer agrees" in copy.run("show", "tiny")
    index, page = "architectures/index.json", "docs/zoo.md"
    assert '"tiny"' in copy.generated(index)
    assert "| `tiny` | 1×8×8 | 20 | 648 |\n" in copy.generated(page)


def test_published_figures_of_a_net_are_added(copy: Copy) -> None:
    file = "tests/proof/test_beyond_torchvision.py"
    copy.write(file, (ROOT / file).read_text("utf-8"))
    copy.write("architectures/tiny.yaml", f"name: tiny\n{SPEC}")
    for table, figure in (("PARAMETERS", '"0.00002M"'), ("EXACT_PARAMETERS", "20"),
                          ("MACS", '"0.0006M"')):  # fmt: skip
        head = f"\n{table} = {{\n"
        copy.change(file, head, f'{head}    "a paper": {{"tiny": {figure}}},\n')
    proof = ("-m", "pytest", "-q", "-p", "no:cacheprovider", file, "-k", "tiny")
    assert "3 passed" in copy.python(*proof)
    copy.change(file, '{"tiny": 20}', '{"tiny": 21}')
    with pytest.raises(AssertionError, match="1 failed, 2 passed"):
        copy.python(*proof)
