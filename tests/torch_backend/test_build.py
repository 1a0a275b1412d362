"""A built network computes what its layers say, and is a torch module like any other."""

from __future__ import annotations

import copy
import io
import pickle
import weakref
from collections.abc import Sequence
from math import prod

import pytest
import torch
from torch import Tensor, nn

import cnnshape
from cnnshape.analysis import peak_activation_elements
from cnnshape.layers import registry
from cnnshape.network import Network
from cnnshape.torch_backend import BuildError, build

from .networks import Builder, chain

TYPES = registry()
Add, BatchNorm2d, Conv2d, Linear, ReLU = (
    TYPES[name] for name in ("Add", "BatchNorm2d", "Conv2d", "Linear", "ReLU")
)


def residual() -> Network:
    """Two values alive across a block, nested paths, two outputs."""
    return (
        Builder(3, 8, 8)
        .add("stem", Conv2d(out_channels=4, kernel_size=3, padding=1))
        .add("layer1.0.conv1", Conv2d(out_channels=4, kernel_size=3, padding=1))
        .add("layer1.0.bn1", BatchNorm2d())
        .add("layer1.0.join", Add(), "layer1.0.bn1", "stem")
        .add("head", Conv2d(out_channels=1, kernel_size=8))
        .network("head", "layer1.0.join")
    )


def test_the_keys_of_the_state_dict_are_the_paths() -> None:
    assert list(build(residual()).state_dict()) == [
        "stem.weight",
        "stem.bias",
        "layer1.0.conv1.weight",
        "layer1.0.conv1.bias",
        "layer1.0.bn1.weight",
        "layer1.0.bn1.bias",
        "layer1.0.bn1.running_mean",
        "layer1.0.bn1.running_var",
        "layer1.0.bn1.num_batches_tracked",
        "head.weight",
        "head.bias",
    ]


def test_it_computes_what_the_graph_says() -> None:
    module = build(residual()).eval()
    nodes = module.nodes
    x = torch.rand(2, 3, 8, 8)
    stem = nodes["stem"](x)
    joined = nodes["layer1.0.bn1"](nodes["layer1.0.conv1"](stem)) + stem
    head, second = module(x)
    torch.testing.assert_close(second, joined)
    torch.testing.assert_close(head, nodes["head"](joined))


def test_one_output_is_a_tensor_and_not_a_tuple() -> None:
    assert build(chain((4,), Linear(out_features=3)))(torch.rand(2, 4)).shape == (2, 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["type", "forward", "training", "_modules", "steps", "0", "a b", "é"]
)
@pytest.mark.parametrize("form", ["{}", "{}.inner", "outer.{}", "outer.{}.inner"])
def test_a_layer_may_have_any_name(name: str, form: str) -> None:
    path = form.format(name)
    network = Builder(4).add(path, Linear(out_features=3)).network()
    module = build(network).eval()
    assert not module.training
    assert module(torch.rand(2, 4)).shape == (2, 3)
    assert list(module.state_dict()) == [f"{path}.weight", f"{path}.bias"]
    build(network).load_state_dict(module.state_dict())


def shared() -> Network:
    return (
        Builder(4)
        .add("first", Linear(out_features=4))
        .add("second", Linear(out_features=4), shares="first")
        .add("third", Linear(out_features=4), shares="second")
        .network()
    )


def test_layers_that_share_have_one_module() -> None:
    module = build(shared())
    first, second, third = module.nodes.values()
    assert first is second is third
    assert list(module.state_dict()) == ["first.weight", "first.bias"]
    x = torch.rand(2, 4)
    torch.testing.assert_close(module(x), first(first(first(x))))


class _Held:
    """A `call` for NetworkModule.run that sees how many elements are alive at once."""

    def __init__(self) -> None:
        self.values: list[weakref.ref[Tensor]] = []
        self.peak = 0

    def watched(self, value: Tensor) -> Tensor:
        self.values.append(weakref.ref(value))
        return value

    def __call__(self, position: int, module: nn.Module, inputs: Sequence[Tensor]) -> Tensor:
        output = self.watched(module(*inputs))
        alive = [value for reference in self.values if (value := reference()) is not None]
        self.peak = max(self.peak, sum(prod(value.shape[1:]) for value in alive))
        return output


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5", "googlenet", "densenet121"])
def test_no_value_outlives_its_last_reader(name: str) -> None:
    network = cnnshape.load(name)
    with torch.no_grad(), torch.device("meta"):
        module = build(network).eval()
        held = _Held()
        module.run(held.watched(torch.zeros(1, *network.input_shape)), held)
    assert held.peak == peak_activation_elements(network)


def test_it_can_be_copied() -> None:
    module = build(residual()).eval()
    twin = copy.deepcopy(module)
    x = torch.rand(1, 3, 8, 8)
    torch.testing.assert_close(twin(x), module(x))
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in module.parameters()}


def test_its_weights_can_be_saved_and_loaded_safely() -> None:
    module = build(residual()).eval()
    twin = build(residual()).eval()
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    twin.load_state_dict(torch.load(file, weights_only=True))
    x = torch.rand(1, 3, 8, 8)
    torch.testing.assert_close(twin(x), module(x))


def test_a_network_of_torch_modules_can_be_pickled() -> None:
    module = build(shared())
    x = torch.rand(2, 4)
    twin = pickle.loads(pickle.dumps(module))  # noqa: S301  (our own bytes)
    torch.testing.assert_close(twin(x), module(x))


@pytest.mark.slow
def test_torch_exports_it() -> None:
    module = build(residual()).eval()
    x = torch.rand(2, 3, 8, 8)
    program = torch.export.export(module, (x,))
    torch.testing.assert_close(program.module()(x), module(x))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Guards may run slower")  # torch, of Python 3.13.0
def test_torch_compiles_it_in_one_graph() -> None:
    module = build(residual()).eval()
    x = torch.rand(2, 3, 8, 8)
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), module(x))


class _Unbuildable(ReLU):
    def module(self) -> nn.Module:
        raise ValueError("no such luck")


def test_a_module_that_cannot_be_made_is_named() -> None:
    with pytest.raises(BuildError, match=r"^1 \(_Unbuildable\) cannot be built: no such luck$"):
        build(chain((4,), ReLU(), _Unbuildable()))
