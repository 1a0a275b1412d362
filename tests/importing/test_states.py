"""A module that is handed in comes back as it was, whatever its state, and whatever happens."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import prune

from cnnshape.importing import ImportFault, import_module


class Net(nn.Module):
    """With what a module can be in the middle of its life."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 2)
        self.calls = 0
        self.seen: list[Tensor] = []
        self.last: Tensor | None = None
        self.lock = threading.Lock()
        self.head: Callable[[Tensor], Tensor] = lambda x: self.fc(x.mean((2, 3)))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.last = self.bn(self.conv(x))
        self.seen.append(self.last)
        return self.head(torch.relu(self.last))


class Plain(nn.Module):
    """What torch.jit.script can compile, by a function that it has compiled."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 2
        self.convs = nn.ModuleList([nn.Conv2d(1, 4, 3), nn.Conv2d(4, 4, 3, bias=False)])
        self.offset = nn.Parameter(torch.zeros(4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = conv(x)
        for _ in range(self.times):
            x = halved(x + self.offset)
        return x


@torch.jit.script
def halved(x: Tensor) -> Tensor:
    return x / 2


def in_training() -> nn.Module:
    net = Net()
    net.bn.eval()  # frozen, while the rest learns
    net(torch.randn(2, 1, 8, 8)).sum().backward()
    net.conv.weight.requires_grad_(False)
    net.seen.clear()
    net.last = None
    return net


def of_halves() -> nn.Module:
    return Net().half().eval()


def mixed() -> nn.Module:
    net = Net()
    net.bn.double()
    return net


def pruned() -> nn.Module:
    net = Net()
    prune.l1_unstructured(net.fc, "weight", amount=0.5)
    return net


def lazy() -> nn.Module:
    return nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(3))


def compiled() -> nn.Module:
    net = nn.Sequential(torch.compile(Net()), nn.ReLU())
    net.compile()
    return net


def scripted() -> nn.Module:
    return nn.Sequential(torch.jit.script(Plain()), nn.ReLU())


def in_inference_mode() -> nn.Module:
    with torch.inference_mode():
        return Net()


def hooked() -> nn.Module:
    net = Net()
    net.conv.register_forward_hook(lambda module, inputs, output: output * 2)
    net.fc.weight.register_hook(lambda grad: grad)
    return net


def state(value: Any) -> Any:
    """All that a module is: the very tensors, and what is in them."""
    if isinstance(value, nn.Module):
        return (type(value), id(value), {key: state(item) for key, item in vars(value).items()})
    if isinstance(value, Tensor):
        lazy = nn.parameter.is_lazy(value)
        numbers = None if lazy else value.detach().clone().flatten().tolist()
        return (id(value), value.dtype, value.device, value.requires_grad, numbers,
                None if lazy else state(value.grad))  # fmt: skip
    if isinstance(value, dict):
        return {key: state(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [state(item) for item in value]
    return value


def settings() -> Any:
    return (
        torch.get_rng_state().tolist(),
        random.getstate(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.jit.script,
        torch.compile,
    )


MAKE = [in_training, of_halves, mixed, pruned, lazy, compiled, scripted, in_inference_mode, hooked]


@pytest.mark.slow
@pytest.mark.parametrize("make", MAKE)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_module_comes_back_untouched(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(1)
    net = make()
    before, around = state(net), settings()
    with suppress(ImportFault):
        import_module(net, (1, 8, 8), partial=True)
    assert state(net) == before
    assert settings() == around


@pytest.mark.parametrize("fault", [KeyError("no"), KeyboardInterrupt()])
def test_it_does_where_the_import_fails(fault: BaseException) -> None:
    net = in_training()
    net.register_forward_hook(Raises(fault))
    before, around = state(net), settings()
    with pytest.raises((ImportFault, KeyboardInterrupt)):
        import_module(net, (1, 8, 8))
    assert state(net) == before
    assert settings() == around


class Raises:
    """A hook that meets a fault."""

    def __init__(self, fault: BaseException) -> None:
        self.fault = fault

    def __call__(self, module: nn.Module, inputs: Any, output: Any) -> None:
        raise self.fault

    def __deepcopy__(self, memo: Any) -> Raises:
        return self


@pytest.mark.parametrize("make", [in_training, mixed, compiled, in_inference_mode, hooked])
def test_what_is_imported_is_what_it_is_in_evaluation_mode(make: Callable[[], nn.Module]) -> None:
    found = import_module(make(), (1, 8, 8))
    types = [node.type for node in found.network.layers if node.type != "Rescale"]
    assert types[:5] == ["Conv2d", "BatchNorm2d", "ReLU", "Mean", "Linear"]
    assert found.check is not None


def test_a_caller_may_be_in_any_mode() -> None:
    with torch.inference_mode(), torch.autocast("cpu"), torch.device("meta"):
        net = Net()
        found = import_module(net, (1, 8, 8))
        assert torch.is_inference_mode_enabled()
        assert net.conv.weight.is_meta
    assert found.check is not None
    assert found.check.difference <= 1e-12


def test_what_a_hook_does_follows_the_layer() -> None:
    network = import_module(hooked(), (1, 8, 8)).network
    assert [node.type for node in network.layers[:3]] == ["Conv2d", "Rescale", "BatchNorm2d"]


def test_a_buffer_without_values_is_named() -> None:
    with torch.device("meta"):
        net = Net()
        net.register_buffer("scale", torch.ones(1))
    with pytest.raises(ImportFault, match="scale is on the meta device"):
        import_module(net, (1, 8, 8))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_scripted_imports_as_it_was_written() -> None:
    network = import_module(scripted(), (1, 8, 8)).network
    assert [node.path for node in network.layers[:2]] == ["0.convs.0", "0.convs.1"]
    assert network.totals.params == 40 + 144 + 4
    assert network.name == "Sequential"
    assert import_module(torch.jit.script(Plain()), (1, 8, 8)).network.name == "Plain"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_traced_is_named() -> None:
    traced = torch.jit.trace(nn.Conv2d(1, 2, 3), torch.zeros(1, 1, 8, 8))
    with pytest.raises(ImportFault, match=r"its part 0 is compiled by torch\.jit"):
        import_module(nn.Sequential(traced), (1, 8, 8))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_function_that_is_traced_imports_as_it_was_written() -> None:
    net = Net()
    net.head = torch.jit.trace(F.softsign, torch.zeros(1))
    assert import_module(net, (1, 8, 8)).network.layers[-1].type == "Softsign"


class Shadowing(nn.Module):
    """With attributes of the names of nn.Module's own methods."""

    def __init__(self) -> None:
        super().__init__()
        own: Any = self
        own.modules = [nn.Conv2d(1, 4, 3), nn.ReLU()]
        own.children, own.parameters, own.buffers = [], {}, 3
        own.type, own.float, own.train, own.eval = "net", 1.5, True, None
        self.net = nn.Sequential(*own.modules)

    def forward(self, x: Tensor) -> Tensor:
        for module in self.modules:  # type: ignore[attr-defined]
            x = module(x)
        return x


def test_attributes_may_have_the_names_of_methods() -> None:
    network = import_module(Shadowing(), (1, 8, 8)).network
    assert [node.path for node in network.layers] == ["net.0", "net.1"]


@pytest.mark.parametrize("name", ["named_modules", "named_parameters", "state_dict"])
def test_an_attribute_that_hides_what_torch_calls_is_named(name: str) -> None:
    inner = nn.Sequential(nn.ReLU())
    setattr(inner, name, [1])
    with pytest.raises(ImportFault, match=rf"recorded: 0\.{name} hides the method of that name"):
        import_module(nn.Sequential(inner), (1, 8, 8))


def test_a_module_that_holds_itself_is_named() -> None:
    inner = nn.Sequential(nn.Conv2d(1, 4, 3))
    inner.add_module("outer", inner)
    with pytest.raises(ImportFault, match=r"recorded: 0\.outer is a module that holds itself"):
        import_module(nn.Sequential(inner), (1, 8, 8))


def lenet() -> nn.Module:
    """As Dive into Deep Learning writes it, chapter 7.6."""
    return nn.Sequential(
        nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.LazyConv2d(16, kernel_size=5), nn.Sigmoid(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Flatten(),
        nn.LazyLinear(120), nn.Sigmoid(),
        nn.LazyLinear(84), nn.Sigmoid(),
        nn.LazyLinear(10),
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_lazy_layers_get_their_sizes() -> None:
    net = lenet()
    assert import_module(net, (1, 28, 28)).network.totals.params == 61_706
    assert isinstance(net[0], nn.LazyConv2d)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_lazy_layer_that_does_not_run_is_named() -> None:
    net = Net()
    net.never = nn.LazyLinear(3)
    (item,) = import_module(net, (1, 8, 8)).left_out
    assert (item.path, item.reason) == ("never", "it does not run")


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_an_exported_module_is_followed() -> None:
    exported = torch.export.export(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten()),
                                   (torch.zeros(2, 1, 8, 8),)).module()  # fmt: skip
    network = import_module(exported, (1, 8, 8)).network
    assert [node.type for node in network.layers] == ["Conv2d", "ReLU", "Flatten"]
