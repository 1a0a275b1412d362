"""The structure of a network: it expands to the very same network, and reads well."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

import cnnshape
from cnnshape import zoo
from cnnshape.abstraction import Program, expand, program, written_arguments
from cnnshape.abstraction.yaml_text import difference, spec_text
from cnnshape.errors import SpecError
from cnnshape.network import Network
from tests.proof.networks import Trial, trials

NETS = sorted({entry.name for entry in zoo.nets()})


def differences(found: Program, network: Network) -> list[str]:
    """Where an expanded program is not the network."""
    # One number alone has no channels, and nothing asks for them.
    layers = list(expand(found, lambda path: [*network.shape_of(path), 0][0]))
    wrong = []
    for layer, node in zip(layers, network.layers, strict=True):
        own = written_arguments(node)
        same = (layer.path, layer.type, layer.inputs, layer.shares) == (
            node.path,
            node.type,
            node.inputs,
            node.shares,
        )
        if not same or any(own[key] != value for key, value in layer.arguments.items()):
            wrong.append(f"{layer} for {node}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_the_zoo_is_expanded_to_itself_and_written_with_blocks(name: str) -> None:
    network = cnnshape.load(name)
    assert not differences(program(network), network)
    assert not differences(program(network, optional=True), network)
    text = spec_text(network)
    assert not difference(text, network)
    layers = len(network.layers)
    assert len(text.splitlines()) < max(75, layers)


@pytest.mark.slow
@settings(
    max_examples=80,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(trial=trials())
def test_random_networks_are_expanded_to_themselves(trial: Trial) -> None:
    try:
        network = cnnshape.loads(trial.text)
    except SpecError:
        return
    for incoming, optional in ((True, True), (True, False), (False, False)):
        found = program(network, incoming=incoming, optional=optional)
        assert not differences(found, network)
    assert not difference(spec_text(network), network)


def test_resnet18_fits_on_a_page() -> None:
    assert len(spec_text(cnnshape.load("resnet18")).splitlines()) <= 80


def test_densenet121_repeats_its_layers() -> None:
    text = spec_text(cnnshape.load("densenet121"))
    assert len(text.splitlines()) <= 50
    assert "repeat: 24}" in text


TWO_STAGES = """\
input: [3, 32, 32]
layers:
  - name: a
    layers:
      - {name: conv1, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1}
      - {name: conv2, type: Conv2d, out_channels: 32, kernel_size: 1}
  - name: b
    layers:
      - {name: conv1, type: Conv2d, out_channels: 16, kernel_size: 5, padding: 2}
      - {name: conv2, type: Conv2d, out_channels: 64, kernel_size: 1}
"""


def test_what_differs_becomes_a_parameter_and_what_follows_an_expression() -> None:
    network = cnnshape.loads(TWO_STAGES)
    found = program(network)
    ((name, template),) = found.templates.items()
    assert [param.name for param in template.params] == ["out", "kernel"]
    text = spec_text(network)
    assert 'padding: "${kernel // 2}"' in text
    assert 'out_channels: "${4 * out}"' in text
    assert [getattr(call, "template", "") for call in found.root.children] == [name, name]


def test_a_group_read_at_two_places_has_two_outputs() -> None:
    group = "    layers:\n      - {name: r, type: ReLU}\n      - {name: s, type: Sigmoid}\n"
    network = cnnshape.loads(
        "input: [3, 8, 8]\nlayers:\n"
        + f"  - name: a\n{group}"
        + "  - {type: Add, from: [a.r, a.s]}\n"
        + f"  - name: b\n{group}"
        + "  - {type: Add, from: [b.r, b.s]}\n"
    )
    found = program(network)
    (template,) = found.templates.values()
    assert template.outputs == ("r", "s")
    assert template.uses == 2
    assert not differences(found, network)
    assert "from: [a.r, a]" in spec_text(network)


def test_shared_modules_stay_shared_in_each_use() -> None:
    body = (
        "{name: %s, layers: [{name: c, type: Conv2d, out_channels: 3, kernel_size: 1}, {share: c}]}"
    )
    network = cnnshape.loads(f"input: [3, 8, 8]\nlayers: [{body % 'a'}, {body % 'b'}]\n")
    found = program(network)
    assert len(found.templates) == 1
    assert not differences(found, network)
    assert not difference(spec_text(network), network)


UNNAMED = """
input: [3, 8, 8]
layers:
  - {name: up, layers: [%(inner)s]}
  - {name: down, layers: [%(inner)s]}
"""


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ("{name: conv1, type: Conv2d, out_channels: 3, kernel_size: 1}, ReLU", "conv_relu"),
        ("ReLU, Tanh, ReLU, Tanh, ReLU, Tanh", "relu_tanh_x3"),
        ("ReLU, ReLU", "relu_x2"),
        ("ReLU, Tanh, SiLU, GELU", "part"),
    ],
)
def test_groups_whose_names_have_nothing_in_common_are_called_by_what_they_hold(
    inner: str, name: str
) -> None:
    network = cnnshape.loads(UNNAMED % {"inner": inner})
    assert list(program(network).templates) == [name]
