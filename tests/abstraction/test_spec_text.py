"""A network written as a spec and read again is the same network."""

from __future__ import annotations

import pytest
import yaml

from cnnshape import load, loads, zoo
from cnnshape.abstraction import yaml_text
from cnnshape.abstraction.yaml_text import NotWritable, spec_text
from cnnshape.layers import listed, registry

NAMES = [entry.name for entry in zoo.names()]
EXAMPLES = [(name, example) for name, layer in listed().items() for example in layer.examples]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_net_of_the_zoo(name):
    net = load(name)
    again = loads(spec_text(net))
    assert again.to_dict() == net.to_dict()
    assert again.canonical() == net.canonical()
    assert (again.reference, again.description) == (net.reference, net.description)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_every_layer_type(name, example):
    from cnnshape.network import Network, Node, Op

    # Made by hand: an example may read several values, or a shape that no spec's input has.
    faults = []
    # What reads the network's own input is never in place, whatever the spec says.
    arguments = {key: value for key, value in example.arguments.items() if key != "inplace"}
    layer = registry()[name].read(arguments, faults)
    assert layer is not None, faults
    if len(example.inputs) > 1 or not example.inputs[0]:
        return
    bound = layer.bind(example.inputs)
    node = Node("only", Op(bound, example.inputs, example.gives), ("input",))
    net = Network(name="one", input_shape=example.inputs[0], layers=(node,), outputs=("only",))
    assert loads(spec_text(net)).canonical() == net.canonical()


def test_what_the_command_line_changed_is_written_out():
    net = load("lenet_rgb224", input=(3, 64, 64))
    assert "input: [3, 64, 64]" in spec_text(net)
    assert loads(spec_text(net)).canonical() == net.canonical()


def test_references_that_a_nearer_name_hides():
    net = loads("""\
input: [4, 8, 8]
layers:
  - name: a
    layers:
      - {name: x, type: ReLU}
  - name: g
    layers:
      - {name: first, type: Tanh}
      - name: a
        layers:
          - {name: x, type: Sigmoid}
          - {name: sum, type: Add, from: [first, x]}
      - {name: outer, type: Add, from: [a.x, first]}
  - {name: all, type: Add, from: [a.x, g.a.x, g.outer, input]}
  - {share: g.outer, name: again, from: [all, input]}
""")
    again = loads(spec_text(net))
    assert again.canonical() == net.canonical()
    assert [node.inputs for node in again.layers] == [node.inputs for node in net.layers]


def test_several_outputs_and_layers_that_nothing_reads():
    for outputs in ("[left, right]", "left", "[right, left]"):
        net = loads(
            "input: [3]\nlayers:\n  - {name: left, type: ReLU}\n"
            f"  - {{name: right, type: Tanh, from: input}}\noutputs: {outputs}\n"
        )
        assert loads(spec_text(net)).outputs == net.outputs


@pytest.mark.parametrize("name", ["0", "1e3", "true", "no", "~", "a: b", "[x]", "#x", "ä ö", "'"])
def test_names_that_yaml_would_read_otherwise(name):
    layers = [{"name": name, "type": "ReLU"}, "Tanh"]
    net = loads(yaml.safe_dump({"input": [3], "layers": layers}))
    assert net.layers[0].path == name
    assert loads(spec_text(net)).canonical() == net.canonical()


def test_the_recipe_is_written_as_train():
    train = {"epochs": 2, "lr": 1e-05, "augment": ["shift:1"], "dataset": "folder:my photos"}
    assert loads(spec_text(load("lenet5"), train=train)).train == train


def test_what_cannot_be_written_is_refused(monkeypatch):
    monkeypatch.setattr(yaml_text, "difference", lambda text, network: "it is another network")
    with pytest.raises(NotWritable, match="it is another network"):
        spec_text(load("lenet5"))
