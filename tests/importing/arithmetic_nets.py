"""Small modules with arithmetic, learned numbers and weights that are computed."""

from __future__ import annotations

from warnings import catch_warnings, simplefilter

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Numbers(nn.Module):
    """Plain numbers in every place that they can stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x * 255 / 127.5 - 1)
        x = x * 0.2 + x.neg()
        x = torch.add(x, 3, alpha=2) + 0
        x = (1 - x) ** 2 + 1e-6
        x = 2 / x.sqrt() + x.rsqrt() + x.square().reciprocal()
        x = x.clamp(min=0.1).log().abs().exp().clamp_max(9)
        return torch.minimum(x / x.sum(1, keepdim=True), 0.5 * x)


class Gates(nn.Module):
    """Gates that are written by hand, of values that other arithmetic gives."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(2 * x + 3) / 6
        x = x * torch.sigmoid(x)
        x = x * torch.tanh(F.softplus(x))
        y = 1.5 * x
        return y * (F.relu6(y + 3.0) * (1 / 6)) * 2


class NearlyGates(nn.Module):
    """What is much like a gate, and is none."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(x + 2) / 6
        x = x * torch.sigmoid(x + 1)
        x = F.relu6(x + 3) / 5
        return x * torch.tanh(F.softplus(x, beta=2))


class PartByPart(nn.Module):
    """Layer types of their own, whose parts are written one by one.

    Args:
        near: what is changed in each, so that it is much like the type, and another thing.
    """

    def __init__(self, near: int = 0) -> None:
        super().__init__()
        self.near = near
        self.coefficient = nn.Parameter(torch.ones(4))
        self.bias = nn.Parameter(torch.zeros(4))

    def forward(self, x: Tensor) -> Tensor:
        halves = x.chunk(2, 1)
        x = halves[self.near] * torch.sigmoid(halves[1 - self.near])
        x = x - torch.tanh(x + self.near)
        x = 1.5 * torch.tanh(0.5 * x + self.near)
        sums = F.avg_pool2d(x, 2) * (4 + self.near)
        x = sums * self.coefficient[:, None, None] + self.bias[:, None, None]
        return torch.softmax(-x - self.near, 1)


class Learned(nn.Module):
    """Learned factors and summands of several shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Parameter(torch.ones(1))
        self.scalar = nn.Parameter(torch.ones(()))
        self.channels = nn.Parameter(torch.ones(4))
        self.positions = nn.Parameter(torch.zeros(1, 4, 5, 6))
        self.columns = nn.Parameter(torch.zeros(6))
        self.alpha = nn.Parameter(torch.ones(4, 1, 1))
        self.beta = nn.Parameter(torch.zeros(4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.one * x + self.scalar
        x = self.channels[None, :, None, None] * x
        x = (x + self.positions + self.columns).relu()
        return torch.addcmul(self.beta, self.alpha, x)


class Constants(nn.Module):
    """Numbers that stand in buffers, in attributes, and are made in the run."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.std = torch.tensor([0.229, 0.224, 0.225])
        self.register_buffer("temperature", torch.tensor(4.0))
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = ((x - self.mean) / self.std[:, None, None]).relu()
        x = self.conv(x * torch.tensor([1.0, 2.0, 4.0]).view(1, 3, 1, 1) + self.mean)
        half = torch.full((1,), 0.25)
        half += half.clone()
        return x / self.temperature * half


class Unsayable(nn.Module):
    """Learned and fixed tensors in places that no layer type has."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 1, 1))
        self.register_buffer("mask", torch.rand(9, 9))

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.mask
        x = x + self.weight.cumsum(0)
        return x**self.weight


class Fusion(nn.Module):
    """Two maps with learned weights that sum to one, as BiFPN joins them, and learned gates."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.second = nn.Conv2d(3, 4, 3, padding=1)
        self.weight = nn.Parameter(torch.ones(2))
        self.gain = nn.Parameter(torch.ones(4, 1, 1))
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        weight = F.relu(self.weight)
        weight = weight / (torch.sum(weight, dim=0) + 1e-4)
        a, b = self.first(x), self.second(x)
        x = weight[0] * a + weight[1] * b
        x = (self.gain - x) / self.gain.exp()
        return self.scale[None, :, None, None].expand_as(x) * x


class Coordinates(nn.Module):
    """The place of each pixel beside its colours, an identity matrix, and a learned first map."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.randn(1, 4, 5, 6))
        self.norm = nn.InstanceNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        batch, _, height, width = x.shape
        rows = torch.linspace(-1, 1, height).view(1, 1, height, 1).expand(batch, 1, height, width)
        columns = torch.arange(width).type_as(x).expand(batch, 1, height, width)
        x = torch.cat([x, rows, columns, x.new_zeros(batch, 0, height, width)], 1)
        x = x.matmul(torch.eye(width) + x.new_ones(width))
        return x + self.norm(self.start.repeat(batch, 1, 1, 1)).repeat(1, 2, 1, 1)[:, :5]


class AsksForConstants(nn.Module):
    """Branches by the values of constants, which are the same for every input."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("strides", torch.tensor([2.0, 3.0]))
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        dims = torch.arange(2, x.dim()).tolist()
        if torch.equal(self.strides, torch.tensor([2.0, 3.0])) and self.strides.max() > 2:
            x = x * float(self.strides[1])
        return x.mean(dims)


class StdConv(nn.Conv2d):
    """Weight standardisation by batch_norm, as timm writes it."""

    def forward(self, x: Tensor) -> Tensor:
        rows = self.weight.reshape(1, self.out_channels, -1)
        weight = F.batch_norm(rows, None, None, training=True, momentum=0.0, eps=1e-6)
        return self._conv_forward(x, weight.reshape_as(self.weight), self.bias)


class StdConvOfMoments(nn.Conv2d):
    """Weight standardisation by its formula, as BiT's authors write it."""

    def forward(self, x: Tensor) -> Tensor:
        w = self.weight
        variance, mean = torch.var_mean(w, dim=[1, 2, 3], keepdim=True, unbiased=False)
        w = (w - mean) / torch.sqrt(variance + 1e-10)
        return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)


class ScaledStdConv(nn.Conv2d):
    """Scaled weight standardisation, with a gain for each kernel."""

    def __init__(self, *arguments: int, gamma: float = 1.0) -> None:
        super().__init__(*arguments)
        self.gain = nn.Parameter(torch.ones(self.out_channels, 1, 1, 1))
        self.scale = gamma * self.weight[0].numel() ** -0.5

    def forward(self, x: Tensor) -> Tensor:
        rows = self.weight.reshape(1, self.out_channels, -1)
        gain = (self.gain * self.scale).view(-1)
        weight = F.batch_norm(rows, None, None, weight=gain, training=True, eps=1e-6)
        return self._conv_forward(x, weight.reshape_as(self.weight), self.bias)


class Standardized(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            StdConv(3, 8, 3, stride=2, padding=1, bias=False),
            StdConvOfMoments(8, 8, 3, groups=4),
            nn.ReLU(),
            ScaledStdConv(8, 4, 1, gamma=1.7139588594436646),
        )


class UnbiasedConv(nn.Conv2d):
    """Standardised by the unbiased deviation, which is another layer."""

    def forward(self, x: Tensor) -> Tensor:
        w = self.weight
        w = (w - w.mean((1, 2, 3), keepdim=True)) / (w.std((1, 2, 3), keepdim=True) + 1e-5)
        return self._conv_forward(x, w, self.bias)


class Blur(nn.Module):
    """A binomial blur with its taps in a buffer, as anti-aliased nets have it."""

    def __init__(self, channels: int, row: tuple[float, ...] = (1, 2, 1), stride: int = 2) -> None:
        super().__init__()
        taps = torch.outer(torch.tensor(row), torch.tensor(row))
        taps = (taps / taps.sum()).repeat(channels, 1, 1, 1)
        self.register_buffer("taps", taps)
        self.stride, self.reach = stride, len(row) // 2

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (self.reach,) * 4, mode="reflect")
        return F.conv2d(x, self.taps, stride=self.stride, groups=x.shape[1])


class Blurred(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Conv2d(3, 4, 3), Blur(4), nn.ReLU(), Blur(4, (1, 4, 6, 4, 1), 1))


class Norms(nn.Module):
    """Norms by their functions, with no bias or no weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))
        self.other = nn.Parameter(torch.ones(4))
        self.own = nn.Parameter(torch.ones(4))
        self.register_buffer("mean", torch.zeros(4))
        self.register_buffer("var", torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        x = F.instance_norm(F.instance_norm(x), weight=self.own, eps=1e-3)
        x = F.instance_norm(x, self.mean, self.var, use_input_stats=False)
        x = F.group_norm(x, 2, self.weight)
        x = F.group_norm(x, 1).permute(0, 2, 3, 1)
        return F.layer_norm(F.layer_norm(x, (4,), self.other), (4,))


class WeightNormed(nn.Sequential):
    """Weight normalisation as PyTorch has it: by parametrizations, and by its older hook."""

    def __init__(self) -> None:
        new = nn.utils.parametrizations.weight_norm
        old = nn.utils.weight_norm
        with catch_warnings():
            simplefilter("ignore")  # the older one is deprecated
            super().__init__(
                new(nn.Conv1d(2, 8, 3, dilation=2, bias=False)),
                old(nn.Conv1d(8, 4, 1, groups=2)),
                new(nn.ConvTranspose1d(4, 2, 4, stride=2, padding=1)),
                nn.Flatten(),
                old(nn.Linear(64, 3)),
            )


class PaddedChannels(nn.Module):
    """A volume with channels more, before and behind its own."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (0, 0, 0, 0, 0, 0, 1, 2, 0, 0))
        return F.pad(x, (0, 0, 0, 0, 0, 0, 3, 0), value=0.5)


class Written(nn.Module):
    """Parts of a value that are written into: partial convolutions and temporal shifts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = x.clone()
        x[:, 2:5] = self.conv(x[:, 2:5])
        x[:, 0] = x.mean(1)
        x[..., -2:] += 1
        out = torch.zeros(len(x), 6, 4, 5)
        out[:, :3, 1:] = x[:, 3:, :-1]
        out[:, 3:] = x[:, :3]
        return out


class WrittenAnew(nn.Module):
    """Parts of a value that are written into in ways that cannot be said.

    Args:
        way: which.
    """

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way

    def forward(self, x: Tensor) -> Tensor:
        x = x.clone()
        if self.way == "stretched":
            x[:, :2] = x[:, 2:3]
        elif self.way == "strided":
            x[:, ::2] = x[:, 1::2]
        elif self.way == "listed":
            x[:, [0, 2]] = x[:, 1:3]
        else:  # a view that was taken before shows what is written
            before = x[:, :2]
            x[:, :2] = x[:, 2:]
            return before + x[:, 2:].relu()
        return x


class SpectralNormed(nn.Sequential):
    """Spectral normalisation as PyTorch has it: by parametrizations, and by its older hook."""

    def __init__(self) -> None:
        new = nn.utils.parametrizations.spectral_norm
        old = nn.utils.spectral_norm
        super().__init__(
            new(nn.Conv2d(3, 8, 3, bias=False)),
            old(nn.Conv2d(8, 8, 1, groups=2)),
            new(nn.ConvTranspose2d(8, 2, 4, stride=2)),
            nn.Flatten(),
            old(nn.Linear(2 * 14 * 14, 3)),
        )


class NearlySpectral(nn.Conv2d):
    """A weight that is divided by a product with two vectors, and some more."""

    def __init__(self) -> None:
        super().__init__(3, 4, 3)
        self.register_buffer("u", torch.rand(4))
        self.register_buffer("v", torch.rand(27))

    def forward(self, x: Tensor) -> Tensor:
        sigma = torch.dot(self.u, torch.mv(self.weight.flatten(1), self.v))
        return F.conv2d(x, self.weight / (sigma + 0.1), self.bias)


class Equalized(nn.Module):
    """Weights that are multiplied by a number in the run, as progressive GANs have them."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 3, 3, 3))
        self.bias = nn.Parameter(torch.zeros(8))
        self.matrix = nn.Parameter(torch.randn(5, 8))

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(x, self.weight * 27**-0.5, self.bias, padding=1)
        return F.linear(x.mean((2, 3)), self.matrix * 0.25)


class Padded(nn.Module):
    """The shortcut of CIFAR ResNets, which fills channels up with zeros, in its old forms."""

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, ::2, ::2]
        batch, channels, *size = x.shape
        zeros = torch.zeros(batch, channels // 2, *size)
        x = torch.cat([zeros, x, zeros.to(x.device)], axis=1)
        x = torch.cat([x, torch.zeros_like(x)], 1)
        return torch.cat([x, torch.full((batch, 16, 3, 1), 0.5)], -1) * torch.ones(batch, 1, 1, 1)


class PowerMean(nn.Module):
    """GeM: the mean of powers, whose exponent is learned, and its root."""

    def __init__(self) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.full((1,), 3.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        powers = x.clamp(min=1e-6).pow(self.p)
        return F.avg_pool2d(powers, (x.size(-2), x.size(-1))).pow(1.0 / self.p).flatten(1)


class GatedPower(nn.Module):
    """A power whose base and exponent both follow from the input."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.max_pool2d(torch.sigmoid(x), 2) ** F.avg_pool2d(x, 2)


class SignedPower(nn.Module):
    """A learned exponent over numbers of either sign: with 3 it is no NaN."""

    def __init__(self) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.full((1,), 3.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.pow(self.p)


class AttentionPool(nn.Module):
    """CLIP's: the mean asks all positions, by the function that MultiheadAttention calls."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(17, 8))
        self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)
        self.c = nn.Linear(8, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.flatten(2).permute(2, 0, 1)
        x = torch.cat([x.mean(0, keepdim=True), x], 0) + self.places[:, None, :]
        y, _ = F.multi_head_attention_forward(
            x[:1], x, x, 8, 2, None,
            torch.cat([self.q.bias, self.k.bias, self.v.bias]), None, None, False, 0.0,
            self.c.weight, self.c.bias, training=self.training, need_weights=False,
            use_separate_proj_weight=True, q_proj_weight=self.q.weight,
            k_proj_weight=self.k.weight, v_proj_weight=self.v.weight,
        )  # fmt: skip
        return y.squeeze(0)
