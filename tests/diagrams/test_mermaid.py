"""Mermaid flowcharts: their structure, and that nothing of a spec's text means anything."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from cnnshape import Network, load, loads
from cnnshape.diagrams import make_look
from cnnshape.diagrams.mermaid import escape, to_mermaid
from cnnshape.diagrams.outline import outline

from ..specs import net

NODE = re.compile(r'(\w+)(\[\[|\(\[|\[)"(.*)"(\]\]|\]\)|\])')
LINK = re.compile(r'(\w+) (-->|-\.->)(?:\|"(.*)"\|)? (\w+)')
LABEL = re.compile(r"(?:[^\"#&<>`*_~{}\[\]|\\%!;$\n]|#\d+;|<br/>)+")
"""A label of which nothing can begin an entity, a tag, Markdown or a directive."""


def lines(network: Network, **look: object) -> list[str]:
    """The lines of a flowchart after the front matter, without their indentation."""
    text = to_mermaid(network, make_look(**look))  # type: ignore[arg-type]
    return [line.strip() for line in text.rpartition("\n---\n")[2].splitlines()]


def labels(network: Network, **look: object) -> list[str]:
    """The labels of all nodes, areas and links, as Mermaid reads them."""
    found = [re.findall(r'"(.*)"', line) for line in lines(network, **look)]
    return [text for each in found for text in each]


def shown(label: str) -> list[str]:
    """The lines of a label as a reader sees them."""
    return [unescape(re.sub(r"#(\d+);", r"&#\1;", line)) for line in label.split("<br/>")]


def test_lenet5_is_this():
    made = to_mermaid(load("lenet5"), make_look())
    assert made.startswith(
        '---\ntitle: "LeNet-5: 1×32×32 → 10 · 61,706 parameters · 416,520 MACs"\n'
        "config: {flowchart: {wrappingWidth: 500}}\n---\nflowchart TD\n"
        '  in(["input · 1×32×32"])\n'
        '  n0["C1 · Conv2d<br/>6 maps 5×5<br/>ReLU<br/>6×28×28 · 156 params<br/>117,600 MACs"]\n'
    )
    assert '  n0 -->|"6×28×28"| n1\n' in made
    assert made.endswith("\n")


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "unet", "densenet121"])
def test_every_line_is_of_a_known_form_and_every_name_is_defined(name):
    defined: set[str] = set()
    open_areas = 0
    for line in lines(load(name))[1:]:
        if found := LINK.fullmatch(line):
            assert {found[1], found[4]} <= defined
        elif found := re.fullmatch(r'subgraph (c\d+)\["(.+)"\]', line):
            open_areas += 1
            defined.add(found[1])
        elif line == "end":
            open_areas -= 1
        elif found := NODE.fullmatch(line):
            defined.add(found[1])
        elif found := re.match(r"(?:class|style) ([\w,]+) ", line):
            assert set(found[1].split(",")) <= defined
        else:
            assert re.match(r"(classDef|linkStyle) ", line), line
    assert open_areas == 0


def test_boxes_areas_and_links_are_those_of_the_outline():
    network = load("resnet18")
    made = outline(network, make_look())
    text = lines(network)
    nodes = [found[1] for line in text if (found := NODE.fullmatch(line))]
    assert len(nodes) == len(made.boxes) + 2
    links = [found for line in text if (found := LINK.fullmatch(line))]
    assert len(links) == len(made.arrows) + 1
    dotted = [index for index, found in enumerate(links) if found[2] == "-.->"]
    assert dotted == [index for index, arrow in enumerate(made.arrows) if arrow.skip]
    (style,) = [line for line in text if line.startswith("linkStyle")]
    assert style.split()[1] == ",".join(map(str, dotted))
    assert 'subgraph c0["layer1.0–1 · basic ×2 · all 2: 147,968 params · 462,422,016 MACs"]' in text


def test_size_only_links_and_closed_groups_are_told():
    assert '-.->|"only its size"|' in "\n".join(lines(load("unet")))
    closed = lines(load("densenet121"), depth=0)
    assert any(line.startswith('n2[["dense1<br/>42 layers, 6 skips<br/>') for line in closed)
    assert 'notes["7 groups are drawn closed (418 layers): --depth 1 opens them."]' in closed


def test_the_look_is_followed():
    text = lines(load("lenet5"), direction="right", theme="dark", facts=[])
    assert text[0] == "flowchart LR"
    assert any("color:#F0F3F6" in line for line in text)
    assert 'n1["S2 · MaxPool2d"]' in text


@pytest.mark.parametrize(
    "name",
    ['<script>alert("1")</script>', "`**bold**` _x_ ~~y~~", "%%{init: {}}%% x", "#quot; &lt; #35;",
     "end", "a|b]c)d}e", r"\N \G", "1) first", "- item", "+ item", "한국어 이름", "a;b --> c"],
)  # fmt: skip
def test_names_are_shown_and_mean_nothing(name):
    layer = json.dumps({"name": name, "type": "Flatten"}, ensure_ascii=False)
    network = net(f"[{layer}]", head=f"name: {json.dumps(name, ensure_ascii=False)}")
    for label in labels(network):
        assert LABEL.fullmatch(label), label
    assert any(" ".join(shown(label)).startswith(name) for label in labels(network))
    title = to_mermaid(network, make_look()).splitlines()[1]
    assert not re.search("[%<>&]", title)
    narrow = str.maketrans("＜＞＆", "<>&")
    assert json.loads(title.removeprefix("title: ")).translate(narrow).startswith(name)


def test_a_label_cannot_begin_a_list():
    assert escape("1. one") == "1#46; one"
    assert escape("2) two") == "2#41; two"
    assert escape("- three") == "#45; three"
    assert escape("0.5 and 3×3") == "0.5 and 3×3"
    assert escape("(32−5+2·0)/1+1 = 28") == "(32−5+2·0)/1+1 = 28"


def test_it_is_the_same_each_time():
    text = "input: [1, 8, 8]\nlayers: [Flatten]\n"
    assert to_mermaid(loads(text), make_look()) == to_mermaid(loads(text), make_look())
