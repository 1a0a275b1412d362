"""What the docstrings of written Python say."""

from __future__ import annotations

import ast
import inspect

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.exporting import to_python
from cnnshape.exporting.symbols import Symbols


def docstrings(network: cnnshape.Network) -> dict[str, str]:
    """The docstring of each class, by its name."""
    tree = ast.parse(to_python(network))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: ast.get_docstring(node) or "" for node in classes}


def test_the_network_says_its_parameters_its_shapes_and_its_source():
    network = cnnshape.load("resnet18")
    assert docstrings(network)["Resnet18"] == inspect.cleandoc(
        """resnet18, 11,689,512 parameters: N×3×224×224 to N×1000.

        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385
        """
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("net", "name", "passage"),
    [
        ("resnet18", "Basic", "N×in_channels×H×W to N×out×(H/stride)×(W/stride)."),
        ("vgg13", "Stage", "N×in_channels×H×W to N×out×(H/2)×(W/2)."),
        ("darknet53", "Stage", "N×in_channels×H×W to N×(2·in_channels)×(H/2)×(W/2)."),
        ("dcgan_generator", "Up", "N×in_channels×H×W to N×(in_channels/2)×(2H)×(2W)."),
        ("segnet", "Decoder", "N×in_channels×H×W and N×in_channels×H1×W1 to N×out×H1×W1."),
        ("densenet121", "DenseLayer", "N×in_channels×H×W to N×C_out×H×W."),
        ("m3", "Stage", "N×256×L to N×256×L_out."),
        ("inception_v4", "InceptionA", "N×384×35×35 to N×384×35×35."),
        ("wavenet_stack", "Stack", "N×32×5117 to 50 times N×512×5117."),
    ],
)
def test_a_block_says_its_shapes_by_its_arguments(net, name, passage):
    assert docstrings(cnnshape.load(net))[name].split("\n\nArgs")[0].endswith(passage)


def test_arguments_are_told_whose_names_do_not_say_it():
    said = docstrings(cnnshape.load("mobilenet_v3_small"))
    assert said["Bneck"].partition("Args:\n")[2] == (
        "    width: out_channels of main.expand.conv.\n    se_out: 0 leaves main.se out."
    )
    assert "Args" not in said["ConvBn"]  # kernel, stride, groups


def test_sizes_that_are_not_divided_evenly_are_not_said_to_be():
    symbols = Symbols({"stride": [1, 2], "out": [4, 8]})
    assert symbols.text([(3, 8, 8), (5, 7, 8)]) == "N×C×H×8"
    assert symbols.text([(4, 8, 8), (8, 4, 4)], "_out") == "N×out×H_out×W_out"


@pytest.mark.parametrize("name", ["lenet5_1998", "convnext_tiny", "unet3d", "googlenet"])
def test_every_class_says_what_it_is(name):
    for said in docstrings(cnnshape.load(name)).values():
        first = said.split("\n")[0]
        assert first.endswith(".")
        assert len(first) <= 81


@pytest.mark.slow
def test_every_net_of_the_zoo_says_its_parameters():
    for entry in zoo.nets()[::9]:
        network = cnnshape.load(entry.name)
        *_, last = docstrings(network).values()
        assert f"{network.totals.params:,} parameters" in last
