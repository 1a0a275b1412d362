"""DOT: nothing of a spec's text is read as DOT, as HTML or as an escape."""

from __future__ import annotations

import re
import subprocess

import graphviz
import pytest

from cnnshape import load, loads
from cnnshape.diagrams import Look, make_look
from cnnshape.diagrams.graph import program, to_dot
from cnnshape.diagrams.graph.dot import skeleton
from cnnshape.diagrams.graph.scene import scene

from ..nets import SMALL, network
from .drawn import words_of

BACKSLASHES = r"""
name: 'a\G b\N c\q d\\n e\'
input: [3, 16, 16]
blocks: {'b\G\L': {layers: [{type: Conv2d, out_channels: 2, kernel_size: 1}, Flatten]}}
layers:
  - {name: 'x\N\G\q\\N\', type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  - {name: 'y\G', type: 'b\G\L'}
"""


def drawn_by_dot(source: str) -> str:
    """What the program itself draws of DOT, as any other user of the file would see it."""
    found = subprocess.run(
        [program.find(), "-Tsvg"], input=source.encode(), capture_output=True, check=True
    )
    assert b"Error" not in found.stderr
    return found.stdout.decode()


def test_a_program_draws_all_texts_as_they_are():
    words = words_of(drawn_by_dot(to_dot(network("hostile names"), Look())))
    assert (
        r'<b>"net"</b> & {x|y} \N \G ]]> </script><script>alert(1)</script><!-- 신경망 in two lines'
        in words
    )
    assert '<script>alert("1")</script>' in words
    assert any(r"a\N\G\L{b|c}&amp;" in word for word in words)


def test_backslashes_are_shown_and_replace_nothing():
    svg = drawn_by_dot(to_dot(loads(BACKSLASHES), Look(depth=None)))
    words = words_of(svg)
    assert {r"a\G b\N c\q d\\n e" + "\\", r"y\G", r"b\G\L"} <= set(words)
    assert r'xlink:title="x\N\G\q\\N\: Conv2d' in svg


AS_HTML = """
name: '<x>; evil [URL="javascript:alert(1)"]; comment=<y>'
input: [1, 8, 8]
layers:
  - {name: '<script>alert(1)</script>', type: Conv2d, out_channels: 2, kernel_size: 3}
  - {name: '<a>; b [URL="javascript:alert(2)"]; <c>', layers: [ReLU, Sigmoid]}
  - {name: ' <>', type: Flatten}
"""


@pytest.mark.parametrize("options", [{}, {"depth": 0}, {"depth": None, "fuse": False}])
def test_a_text_like_html_is_a_text(options):
    source = to_dot(loads(AS_HTML), Look(**options))
    svg = drawn_by_dot(source)
    assert "javascript:alert(1)" in svg
    assert "href=" not in svg.replace('xlink:href=""', "")
    assert not re.search(r"<(script|a>)", svg)
    assert "<script>alert(1)</script>" in words_of(svg)


@pytest.mark.parametrize("text", [SMALL["hostile names"], BACKSLASHES, AS_HTML])
def test_the_skeleton_holds_no_text_of_the_spec(text):
    made = scene(loads(text), Look(depth=None))
    source = skeleton(made, made.vertices, (), "TB")
    assert not re.search(r"script|net|[Cc]onv|\\", source.replace("digraph cnnshape", ""))


def test_a_graph_says_title_totals_legend_and_notes():
    words = words_of(drawn_by_dot(to_dot(load("densenet121"), make_look(depth=0))))
    assert {"densenet121", "Convolution", "Linear"} <= set(words)
    assert "3×224×224 → 1000 · 7,978,856 parameters · 2,834,161,664 MACs" in words
    assert "7 groups are drawn closed (418 layers): --depth 1 opens them." in words


def test_the_look_is_followed():
    source = to_dot(load("resnet18"), make_look(direction="right", legend=False, theme="dark"))
    assert "rankdir=LR" in source
    assert "#0D1117" in source
    assert "Normalization" not in source
    assert "style=dashed" in source
    assert isinstance(graphviz.Source(source), graphviz.Source)
