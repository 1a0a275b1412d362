"""What is said of a module that cannot be run: in words and sizes that its writer knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cnnshape.importing import ImportFault, import_module
from cnnshape.importing.samples import BATCH


class Net(nn.Module):
    def __init__(self, forward: Callable[[Any, Tensor], Any]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5)
        self.fc = nn.Linear(3456, 10)
        self.layers = [nn.Conv2d(6, 6, 3), nn.ReLU()]
        self.heads = {"a": nn.Linear(3456, 2)}
        self.pair = (nn.Sequential(nn.Conv2d(6, 6, 3)),)
        self.scales = [nn.Parameter(torch.ones(6, 1, 1))]
        self.work = forward

    def forward(self, x: Tensor) -> Any:
        return self.work(self, self.conv(x))


class Two(Net):
    def forward(self, x: Tensor, mask: Tensor) -> Any:  # type: ignore[override]
        return self.conv(x) * mask


OUTSIDE = nn.Conv2d(6, 6, 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda net, x: net.fc(x.view(1, -1)), "it takes one sample alone; of 2, "),
        (lambda net, x: net.fc(x.view(-1, 257)),
         "shape '[-1, 257]' is invalid for input of size 3456"),
        (lambda net, x: x.view(x.size(0), 6, 7),
         "shape '[1, 6, 7]' is invalid for input of size 3456"),
        (lambda net, x: net.conv(x), "expected input[1, 6, 24, 24] to have 1 channels"),
        (lambda net, x: net.fc(x[:, :3].flatten(1)),
         "reads 3,456 features of each sample, and gets 1728: in_features=1728 fits"),
        (lambda net, x: net.fc(x), "and gets 6×24×24: flatten it first, by x.flatten(1)"),
        (lambda net, x: net.fc(x[..., :2]), "flatten it first, by x.flatten(1), and in_f"),
        (lambda net, x: net.layers[0](x), "layers is a plain list of layers, which PyTorch does "
         "not register: they are neither trained nor saved; use nn.ModuleList"),
        (lambda net, x: net.heads["a"](x.flatten(1)), "use nn.ModuleDict"),
        (lambda net, x: net.pair[0](x), "pair is a plain tuple of layers"),
        (lambda net, x: x * net.scales[0], "use nn.ParameterList"),
        (lambda net, x: OUTSIDE(x), "it uses a parameter that it does not hold"),
        (lambda net, x: nn.Linear(24, 3)(x), "forward makes a layer"),
        (lambda net, x: torch.from_numpy(x.numpy()), "it computes in numpy"),
        (lambda net, x: None, "nothing: is a return missing?"),
        (lambda net, x: torch.ones(len(x), 3), "an output does not follow from the input"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_the_sizes_of_a_sample(
    forward: Callable[[Any, Tensor], Any], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(Net(forward), (1, 28, 28))
    assert message in str(caught.value)
    assert str(BATCH) not in str(caught.value)
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_layers_without_weights_need_no_registering() -> None:
    network = import_module(Net(lambda net, x: net.layers[1](x)), (1, 28, 28)).network
    assert [node.type for node in network.layers] == ["Conv2d", "ReLU"]


def _merged(net: Any, x: Tensor) -> Any:
    net.conv.weight.data = net.conv.weight * 2
    return net.conv(x[:, :1])


def test_a_weight_that_forward_sets_is_named() -> None:
    with pytest.raises(ImportFault, match=r"puts other numbers into conv.weight \(test_mes.*:\d+"):
        import_module(Net(_merged), (1, 28, 28))


def test_a_second_input_is_named() -> None:
    with pytest.raises(ImportFault, match=r"needs 2 arguments \(x, mask\)"):
        import_module(Two(len), (1, 28, 28))


def _by_name(batch: Any) -> Any:
    return batch["image"]


def _by_unpacking(batch: Any) -> Any:
    image, _ = batch
    return image


@pytest.mark.slow
@pytest.mark.parametrize(
    ("take", "message"),
    [
        (_by_name, r"a dict of tensors: x\['image'\] \(.*self.net\({'image': x}\)"),
        (lambda batch: batch.get("image"), r"self.net\({'image': x}\)"),
        (_by_unpacking, r"reads several tensors of x \(.*: wrap it in a module"),
    ],
)
def test_a_forward_that_reads_several_tensors_is_told(
    take: Callable[[Any], Tensor], message: str
) -> None:
    class Dict(Net):
        def forward(self, x: Any) -> Any:
            return self.conv(take(x))

    with pytest.raises(ImportFault, match=message) as caught:
        import_module(Dict(len), (1, 28, 28))
    assert caught.value.partial is None


def test_the_network_up_to_the_fault_is_there() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(Net(lambda net, x: net.fc(torch.relu(x))), (1, 28, 28))
    partial = caught.value.partial
    assert partial is not None
    assert [node.path for node in partial.layers] == ["conv", "relu1"]
    assert partial.layers[-1].output_shape == (6, 24, 24)


class _Noisy(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(1) + torch.randn(len(x), 8)


def test_a_module_that_draws_random_numbers_is_said_to() -> None:
    with pytest.raises(ImportFault, match="draws random numbers in evaluation mode too"):
        import_module(_Noisy(), (5, 8))


@pytest.mark.parametrize(
    ("shape", "says"),
    [((1, 3, 8, 8), "without the batch: 3×8×8"), ((8, 8, 3), "channels first: 3×8×8")],
)
def test_an_input_with_its_batch_or_its_channels_last_is_put_right(
    shape: tuple[int, ...], says: str
) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 2))
    with pytest.raises(ImportFault, match=f"; give the input {says}$"):
        import_module(net, shape)
    assert import_module(net, (3, 8, 8)).check is not None


def test_no_other_input_is_told_that_does_not_run_either() -> None:
    with pytest.raises(ImportFault) as caught:
        import_module(nn.Conv2d(4, 4, 3), (1, 3, 8, 8))
    assert "give the input" not in str(caught.value)


def test_how_much_memory_the_proof_takes_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnshape.torch_backend import devices

    monkeypatch.setattr(devices, "free_memory", lambda: 10**6)
    with pytest.raises(ImportFault) as raised:
        import_module(nn.Conv2d(3, 64, 3), (3, 100, 100))
    assert str(raised.value).startswith("it cannot be held against the module: to run it takes")
    assert str(raised.value).endswith("; give a smaller --input, or take a larger machine")


@pytest.mark.parametrize("name", ["attn_mask", "key_padding_mask"])
def test_a_mask_of_attention_is_named_where_it_hides_something(name: str) -> None:
    class Masked(nn.Module):
        def __init__(self, hides: bool) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
            self.hides = hides

        def forward(self, x: Tensor) -> Tensor:
            shape = (8, 8) if name == "attn_mask" else x.shape[:2]
            hidden = torch.full(shape, self.hides)
            found: Tensor = self.attention(x, x, x, **{name: hidden})[0]
            return found

    with pytest.raises(ImportFault) as caught:
        import_module(Masked(True), (8, 4))
    (item,) = caught.value.unsupported
    assert item.reason == f"with {name}, which the layer type has not"
    assert import_module(Masked(False), (8, 4)).check is not None


def test_one_number_of_all_samples_is_named_with_what_reads_it() -> None:
    class Centred(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.stack([x - x.mean(), x * x.max()], 1)

    with pytest.raises(ImportFault) as caught:
        import_module(Centred(), (1, 8, 8))
    assert caught.value.unsupported[0].reason == "over the batch too"
