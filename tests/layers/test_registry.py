"""Which layer types there are, what each declares, and types of the user's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from inspect import Parameter, signature
from pathlib import Path

import pytest
import torch.nn.modules as torch_modules

from cnnshape.layers import (
    Layer,
    LayerError,
    PluginError,
    _plugins,
    listed,
    load_entry_points,
    load_plugin,
    plugin_digests,
    registry,
)
from cnnshape.layers.base import register
from cnnshape.views import documentation

from .agreement import assert_agrees, bound

KINDS = {
    "activation",
    "attention",
    "convolution",
    "dropout",
    "linear",
    "merge",
    "normalization",
    "padding",
    "pooling",
    "resampling",
    "shape",
}

FAMILIES = (
    "activation",
    "batchnorm",
    "channelshuffle",
    "conv",
    "dropout",
    "flatten",
    "fold",
    "instancenorm",
    "linear",
    "normalization",
    "padding",
    "pixelshuffle",
    "pooling",
    "upsampling",
)
"""The modules of torch.nn whose layers cnnshape knows."""

LEFT_OUT = {
    "CrossMapLRN2d": "replaced by LocalResponseNorm",
    "NonDynamicallyQuantizableLinear": "part of MultiheadAttention, not a layer to write",
    "SyncBatchNorm": "BatchNorm across several processes; runs on CUDA alone",
}
"""Layers of torch.nn that cnnshape does not have, each with the reason."""

PLUGIN = '''
from cnnshape.layers import Integer, Layer, Shape, Shapes, required


class Repeat(Layer):
    """Repeats the channels."""

    times = required(Integer(min=1))

    def output_shape(self, inputs: Shapes) -> Shape:
        return (inputs[0][0] * self.times, *inputs[0][1:])
'''


@pytest.fixture(autouse=True)
def only_our_own_types(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes away what a test has registered."""
    before = dict(registry())
    monkeypatch.setattr(_plugins, "_loaded", {})
    monkeypatch.setattr(_plugins, "_entry_points_loaded", False)
    yield
    register().clear()
    register().update(before)


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN)
    return path


@pytest.mark.parametrize("family", FAMILIES)
def test_every_layer_of_torch_is_known_or_left_out_for_a_reason(family: str) -> None:
    names = {name for name in getattr(torch_modules, family).__all__ if name[:4] != "Lazy"}
    assert names - set(registry()) - set(LEFT_OUT) == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name in registry() if hasattr(torch_modules, name)], ids=str
)
def test_a_types_arguments_are_torchs_with_torchs_defaults(name: str) -> None:
    layer = registry()[name]
    theirs = {
        argument.name: argument.default
        for argument in signature(getattr(torch_modules, name)).parameters.values()
        if argument.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
        and argument.name not in ("device", "dtype", "batch_first")
        and not argument.name.startswith("_")
    }
    assert set(layer.fields) == set(theirs) - set(layer.left_out)
    for argument, field in layer.fields.items():
        if not field.inferred:
            assert field.required == (theirs[argument] is Parameter.empty), argument
            assert field.required or field.default == theirs[argument], argument


def test_what_is_left_out_is_not_there() -> None:
    assert set(LEFT_OUT) & set(registry()) == set()


@pytest.mark.slow
@pytest.mark.parametrize("layer", listed().values(), ids=lambda layer: layer.__name__)
def test_a_type_documents_itself_and_each_of_its_arguments(layer: type[Layer]) -> None:
    words = documentation.document(layer)
    assert words.summary.endswith(".")
    assert set(layer.fields) - set(words.arguments) == set()
    assert all(words.arguments.values())
    assert layer.kind in KINDS


@pytest.mark.slow
@pytest.mark.parametrize("layer", listed().values(), ids=lambda layer: layer.__name__)
def test_an_argument_that_a_docstring_describes_exists(layer: type[Layer]) -> None:
    assert set(documentation.described_arguments(layer)) <= set(layer.fields)


def test_the_registry_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        registry()["Mine"] = Layer  # type: ignore[index]


def test_a_plugins_type_is_known_by_its_name(plugin: Path) -> None:
    assert load_plugin(str(plugin)) == {"Repeat"}
    layer = registry()["Repeat"](times=3)
    assert layer.output_shape(((4, 8, 8),)) == (12, 8, 8)
    assert set(plugin_digests()) == {"Repeat"}
    assert not (plugin.parent / "__pycache__").exists()


def test_the_plugin_of_the_docs_is_right() -> None:
    (name,) = load_plugin(str(Path(__file__).parents[2] / "docs" / "my_layers.py"))
    for example in registry()[name].examples:
        layer = bound(name, example.arguments, *example.inputs)
        assert layer.output_shape(example.inputs) == example.gives
        assert_agrees(name, example.arguments, *example.inputs)
    with pytest.raises(LayerError, match="16 come in and 8 go out"):
        bound(name, {"out_channels": 8}, (16, 8, 8)).output_shape(((16, 8, 8),))


def test_a_plugin_is_run_once_until_it_changes(plugin: Path) -> None:
    load_plugin(str(plugin))
    first, digest = registry()["Repeat"], plugin_digests()["Repeat"]
    load_plugin(str(plugin))
    assert registry()["Repeat"] is first
    plugin.write_text(PLUGIN.replace("Repeat", "Double"))
    assert load_plugin(str(plugin)) == {"Double"}
    assert "Repeat" not in registry()
    assert plugin_digests()["Double"] != digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("class Half(:\n", r"mine.py: line 1: SyntaxError: invalid syntax"),
        (f"{PLUGIN}\n\n1 / 0\n", r"mine.py: line 14: ZeroDivisionError: division by zero"),
        ("raise SystemExit(3)", r"mine.py: line 1: SystemExit: 3"),
        ("import nowhere_to_be_found", r"line 1: ModuleNotFoundError: No module named"),
        (PLUGIN.replace("Repeat", "Conv2d"), r"the layer type Conv2d is defined twice"),
        ("x = 1\n", r"mine.py defines no layer type: expected a class that inherits from"),
        ("\0", r"cannot load the plugin .*mine.py: "),
    ],
)
def test_a_faulty_plugin_says_where_and_leaves_nothing(
    tmp_path: Path, text: str, message: str
) -> None:
    before = dict(registry())
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(PluginError, match=message):
        load_plugin(str(path))
    assert dict(registry()) == before
    path.write_text(PLUGIN)
    assert load_plugin(str(path)) == {"Repeat"}


def test_a_plugin_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"cannot read the plugin .*none.py: No such file"):
        load_plugin(str(tmp_path / "none.py"))
    with pytest.raises(PluginError, match=r"cannot read the plugin"):
        load_plugin(str(tmp_path))


def test_an_installed_package_brings_its_types(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin.rename(plugin.with_name("their_layers.py"))
    monkeypatch.syspath_prepend(plugin.parent)
    entry = EntryPoint("theirs", "their_layers", "cnnshape.layers")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry])
    load_entry_points()
    assert "Repeat" in registry()
    assert set(plugin_digests()) == {"Repeat"}


def test_an_installed_package_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("theirs", "nowhere_to_be_found", "cnnshape.layers")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry])
    with pytest.raises(PluginError, match=r"the layers 'theirs' \(nowhere_to_be_found\) of an"):
        load_entry_points()


def test_the_registry_loads_neither_torch_nor_the_metadata_of_packages() -> None:
    code = (
        "import sys; from cnnshape.layers import registry; registry()\n"
        "print([name for name in ('torch', 'numpy', 'importlib.metadata') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
