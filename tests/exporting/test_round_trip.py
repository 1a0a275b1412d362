"""A net that is written in Python and imported again is the net that it was.

All layer types here, and some of the zoo; all of it by the script (five minutes on one core):

    python -m tests.exporting.test_round_trip [NAME ...]
"""

from __future__ import annotations

import sys
from time import perf_counter

import pytest

import cnnshape
from cnnshape import zoo
from cnnshape.exporting import to_python
from cnnshape.importing import Imported, import_module
from cnnshape.layers import registry
from cnnshape.network import Network
from cnnshape.torch_backend.initialisation import SkipInitialisation

from .loading import load_source
from .test_types import EXAMPLES, network_of

pytestmark = pytest.mark.slow

NETS = [
    ("lenet5", None),
    ("lenet5_1998", None),
    ("resnet18", (3, 64, 64)),
    ("inception_v3", (3, 75, 75)),
    ("mobilenet_v3_small", (3, 64, 64)),
    ("shufflenet_v2_x0_5", (3, 64, 64)),
    ("densenet_bc_100_12", None),
    ("convnext_tiny", (3, 64, 64)),
    ("unet", (1, 188, 188)),
    ("m5", None),
]
OTHERWISE = {
    "CenterCrop2d": {"Narrow"},
    "CropLike": {"Narrow"},
    "Clamp": {"Hardtanh"},
    # What changes nothing is left out: what it reads is the last.
    "Identity": {"Narrow", "Reshape"},
    "Squeeze": {"Reshape"},
}
"""Types that come back as another: as what they amount to."""
CANNOT = {
    "FractionalMaxPool2d": "it draws its windows anew in every run",
    "FractionalMaxPool3d": "it draws its windows anew in every run",
}


def hold(network: Network) -> Imported:
    """Write a network in Python, and import that again: the costs must stay."""
    with SkipInitialisation():  # the proof draws the weights itself
        module = load_source(to_python(network))()
    found = import_module(module, network.input_shape)
    assert found.network.totals == network.totals
    assert found.network.output_shapes == network.output_shapes
    assert not found.idle
    return found


@pytest.mark.parametrize(("name", "shape"), NETS)
def test_costs_stay(name: str, shape: tuple[int, ...] | None) -> None:
    hold(cnnshape.load(name, input=shape))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(("name", "number"), [each for each in EXAMPLES if each[0] not in CANNOT])
def test_every_type_comes_back(name: str, number: int) -> None:
    network = network_of(registry()[name], number)
    last = hold(network).network.layers[-1]
    assert last.type in {name, *OTHERWISE.get(name, ())}


if __name__ == "__main__":
    begin = perf_counter()
    for net in sys.argv[1:] or [entry.name for entry in zoo.nets()]:
        start = perf_counter()
        found = hold(cnnshape.load(net))
        lines = len(found.text.splitlines())
        print(f"{net}: {lines} lines, {perf_counter() - start:.1f} s", flush=True)  # noqa: T201
    print(f"{perf_counter() - begin:.0f} s")  # noqa: T201
