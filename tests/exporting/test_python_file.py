"""The Python that is written: its structure, its names, and that nothing of a spec is code."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
import torch

import cnnshape
from cnnshape.exporting import check_python, root_class, to_python

from .loading import assert_same, load_source

RESIDUAL = """\
name: little residual net
reference: "Someone's \\"paper\\", 2020"
input: [3, 16, 16]
blocks:
  unit:
    params: {width: ~, stride: 1}
    layers:
      - join: Add
        branches:
          main:
            - {type: Conv2d, out_channels: $width, kernel_size: 3, stride: $stride, padding: 1}
            - BatchNorm2d
            - ReLU
            - {type: Conv2d, out_channels: $width, kernel_size: 3, padding: 1}
          shortcut:
            - type: Conv2d
              out_channels: $width
              kernel_size: 1
              stride: $stride
              when: "${stride != 1 or in_channels != width}"
      - ReLU
layers:
  - {name: stem, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  - {name: stage1, type: unit, width: 8, repeat: 3}
  - {name: stage2, type: unit, width: 16, stride: "${2 if i == 0 else 1}", repeat: 4}
  - {type: AdaptiveAvgPool2d, output_size: 1}
  - Flatten
  - {name: fc, type: Linear, out_features: 10}
"""


def same(text: str, *, formatted: bool = True) -> str:
    """The Python of a spec, after it was held against the network."""
    network = cnnshape.loads(text)
    source = to_python(network)
    assert_same(network, source, formatted=formatted)
    return source


def test_blocks_are_classes_and_repeats_are_written_once():
    source = same(RESIDUAL)
    assert "self.stage1 = nn.Sequential(*[Unit(" in source
    assert "for _ in range(3)" in source
    assert source.count("class ") == 2
    assert root_class(source) == "LittleResidualNet"
    assert "x = self.stem(x)  # 8×16×16" in source


def test_a_block_with_and_without_a_projection_is_one_class():
    source = same(RESIDUAL)
    assert "def __init__(self, in_channels: int, out: int, stride: int = 1) -> None:" in source
    assert "if stride != 1\n            else nn.Identity()" in source
    assert "shortcut = self.shortcut(x)" in source
    assert "Unit(in_channels=8, out=16, stride=2), *[Unit(in_channels=16, out=16)" in " ".join(
        source.split()
    )


def test_blocks_with_and_without_an_addition_a_child_or_an_activation_are_one_class():
    source = to_python(cnnshape.load("mobilenet_v3_small"))
    assert source.count("class Bneck") == 1
    assert "activation: type[nn.Module] = nn.Hardswish" in source
    assert "activation=nn.ReLU" in source
    assert "return main + x if self.has_add1 else main" in source


def test_what_holds_tensors_keeps_its_name_or_is_a_class_of_its_own():
    source = same(
        """
name: numbered
input: [4, 8, 8]
layers:
  - name: a
    layers:
      - {name: "0", type: Conv2d, out_channels: 4, kernel_size: 1}
      - {name: "1", type: BatchNorm2d}
  - name: b
    layers:
      - {name: "0", type: Conv2d, out_channels: 4, kernel_size: 1}
      - {name: "1", type: ReLU}
      - {name: "2", type: BatchNorm2d}
"""
    )
    assert "nn.Identity" not in source


@pytest.mark.slow
def test_it_imports_torch_alone_and_runs_by_itself(tmp_path):
    source = same(RESIDUAL)
    imports = [
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert imports == ["collections", "torch", "torch"]  # Python's own, and torch
    file = tmp_path / "net.py"
    file.write_text(source, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", file], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ran.stdout == "(1, 10)\n"


def test_the_head_tells_what_it_is():
    source = to_python(cnnshape.loads(RESIDUAL))
    head = ast.get_docstring(ast.parse(source))
    assert head is not None
    assert head.startswith("little residual net.\n\nSomeone's 'paper', 2020\n\nIt reads batches")


def test_numbered_children_that_are_no_sequence_become_a_loop():
    source = same(
        """
name: loops
input: [4, 8, 8]
blocks:
  unit:
    layers:
      - {name: conv, type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}
      - {name: norm, type: BatchNorm2d}
layers:
  - {name: first, type: Conv2d, out_channels: 4, kernel_size: 1}
  - {name: "unit${i + 1}", type: unit, repeat: 5}
  - {type: Add, from: [first, unit5]}
"""
    )
    assert 'self.add_module(f"unit{i}", Unit())' in source
    assert 'unit = self.get_submodule(f"unit{i}")(unit)' in source
    assert "for i in range(1, 6):" in source


def test_widths_that_grow_evenly_are_counted():
    source = same(
        """
name: dense
input: [8, 8, 8]
blocks:
  layer:
    layers:
      - {name: new, type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}
      - {type: Concat, from: [input, new]}
layers:
  - {name: block, type: layer, repeat: 6}
"""
    )
    assert "8 + 4 * i" in source


def test_several_outputs_and_several_inputs():
    source = same(
        """
name: two heads
input: [3, 8, 8]
blocks:
  join:
    inputs: [a, b]
    layers:
      - {name: sum, type: Add, from: [a, b]}
      - {name: relu, type: ReLU}
layers:
  - {name: left, type: Conv2d, out_channels: 4, kernel_size: 1}
  - {name: right, type: Conv2d, out_channels: 4, kernel_size: 1, from: input}
  - {name: one, type: join, from: [left, right]}
  - {name: two, type: join, from: [one, right]}
outputs: [two, left]
"""
    )
    assert "def forward(self, x: Tensor, skip: Tensor) -> Tensor:" in source
    assert "-> tuple[Tensor, Tensor]:" in source


def test_values_that_are_read_from_outside_a_group_come_out_of_it():
    source = same(
        """
name: inside
input: [3, 8, 8]
layers:
  - name: encoder
    layers:
      - {name: a, type: Conv2d, out_channels: 4, kernel_size: 1}
      - {name: b, type: Conv2d, out_channels: 4, kernel_size: 1}
      - {name: c, type: Conv2d, out_channels: 4, kernel_size: 1}
  - {name: all, type: Concat, from: [encoder.a, encoder.b, encoder.c]}
"""
    )
    assert "encoder_a, encoder_b, encoder_c = self.encoder(x)" in source


def test_many_values_of_one_group_are_numbered():
    inner = "\n".join(
        f"      - {{name: a{k}, type: Conv2d, out_channels: 4, kernel_size: 1}}" for k in range(12)
    )
    reads = ", ".join(f"group.a{k}" for k in range(12))
    source = same(
        f"name: many\ninput: [3, 4, 4]\nlayers:\n  - name: group\n    layers:\n{inner}\n"
        f"  - {{type: Add, from: [{reads}]}}\n"
    )
    assert "-> tuple[Tensor, ...]:" in source
    assert "+ group[1]" in source


def test_shared_layers_use_one_module_also_across_groups():
    source = same(
        """
name: shared
input: [4, 8, 8]
layers:
  - {name: conv, type: Conv2d, out_channels: 4, kernel_size: 3, padding: 1}
  - {name: again, share: conv}
  - name: group
    layers:
      - {name: own, type: Conv2d, out_channels: 4, kernel_size: 1}
      - name: deeper
        layers:
          - {name: third, share: conv}
          - {name: mine, share: own}
          - {name: relu, type: ReLU}
  - {name: fourth, share: group.own}
"""
    )
    assert "shared: nn.Module" in source
    assert source.count("nn.Conv2d(") == 2


def test_a_row_of_modules_in_which_one_is_used_again():
    source = same(
        """
name: again
input: [4, 8, 8]
layers:
  - name: row
    layers:
      - {name: "0", type: Conv2d, out_channels: 4, kernel_size: 1}
      - name: "1"
        layers:
          - {name: "0", type: ReLU}
          - {name: "1", share: row.0}
      - {name: "2", share: "1.1"}
"""
    )
    assert source.count("nn.Conv2d(") == 1


def test_values_of_functions_that_differ_from_use_to_use_are_kept():
    source = same(
        """
name: kept
input: [8, 6, 6]
blocks:
  part:
    params: {start: ~}
    layers:
      - {name: piece, type: Narrow, dim: 1, start: $start, length: 2}
      - {name: conv, type: Conv2d, out_channels: 4, kernel_size: 1}
layers:
  - {name: a, type: part, start: 0, from: input}
  - {name: b, type: part, start: 3, from: input}
  - {type: Concat, from: [a, b]}
"""
    )
    assert "self.piece_start = start" in source


HOSTILE = [
    "import os", "class", "type", "training", "forward", "__class__", "__private", "x", "self",
    "out", "0", "1a", "émile", "ﬁ", 'quote"s', "it's", "back\\slash", "{i}", "%s", "# comment",
    '\\"\\"\\"', "_modules", "T_destination", "add_module", "call_super_init", "torch", "nn",
    "Tensor", "super", "None", "center_crop", "state_dict", "eval", "-", "两", "name\\tx"[:4],
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_names_of_layers_and_groups_are_names_and_nothing_else(name):
    quoted = "'" + name.replace("'", "''").replace("$", "$$") + "'"
    same(
        f"""
name: {quoted}
input: [3, 8, 8]
layers:
  - {{name: {quoted}, type: Conv2d, out_channels: 4, kernel_size: 1}}
  - name: group
    layers:
      - {{name: {quoted}, type: Conv2d, out_channels: 4, kernel_size: 1}}
      - {{name: after, type: ReLU}}
      - {{type: Add, from: [{quoted}, after]}}
  - name: {quoted[:-1]} 2'
    layers:
      - {{name: crop, type: CropLike, from: [group, input]}}
  - {{type: Concat, from: [{quoted}, group]}}
"""
    )


@pytest.mark.parametrize(
    "words",
    [
        '"""\nimport os\nos.abort()\n"""',
        "\\",
        'ends with a quote"',
        "a\u2028b\x0cc\x85d\u202ee",
        "# x\r\nraise SystemExit",
        "{__import__('os')}",
        "x" * 500,
    ],
)
def test_titles_and_descriptions_are_words_and_nothing_else(words):
    network = cnnshape.loads("name: n\ninput: [4]\nlayers: [ReLU]")
    network.name = network.reference = network.description = words
    source = to_python(network)
    tree = ast.parse(source)
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds == ["Expr", "Import", "ImportFrom", "ClassDef", "If"]
    assert_same(network, source, formatted=False)


@pytest.mark.slow
def test_deep_and_long_networks_are_written():
    layers = "\n".join(
        f"  - {{type: Conv2d, out_channels: {4 + k % 3}, kernel_size: 1}}" for k in range(400)
    )
    same(f"name: long\ninput: [3, 2, 2]\nlayers:\n{layers}", formatted=True)
    opened = "".join(f"{'    ' * k}  - name: g{k}\n{'    ' * k}    layers:\n" for k in range(20))
    same(f"name: deep\ninput: [3]\nlayers:\n{opened}{'    ' * 20}  - ReLU\n")


def test_what_is_written_is_held_against_the_network(monkeypatch):
    network = cnnshape.loads(RESIDUAL)
    source = to_python(network)
    assert "the same outputs" in check_python(network, source)
    from cnnshape.exporting import ExportError

    with pytest.raises(ExportError, match="other outputs"):
        check_python(network, source.replace("return self.fc(x)", "return self.fc(-x)"))
    with pytest.raises(ExportError, match="other parameters"):
        check_python(network, source.replace("nn.Linear(16, 10)", "nn.Linear(16, 11)"))


def test_large_networks_are_checked_by_their_shapes_alone():
    network = cnnshape.load("vgg16")
    assert "not run: it is large" in check_python(network, to_python(network))


def test_a_changed_spec_is_written_as_changed():
    network = cnnshape.load("resnet18", input=(1, 64, 64))
    source = to_python(network)
    with torch.no_grad():
        assert load_source(source)().eval()(torch.zeros(1, 1, 64, 64)).shape == (1, 1000)
