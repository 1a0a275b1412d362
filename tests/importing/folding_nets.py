"""Small modules that fold dimensions into the batch, or move it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class HeadsInBatch(nn.Module):
    """Attention over a map whose heads are counted with the samples (BoTNet)."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = 2
        self.qkv = nn.Conv2d(8, 24, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        q, k, v = self.qkv(x).split([channels] * 3, 1)
        q = q.reshape(batch * self.heads, channels // self.heads, -1).transpose(-1, -2)
        k = k.reshape(batch * self.heads, channels // self.heads, -1)
        v = v.reshape(batch * self.heads, channels // self.heads, -1).transpose(-1, -2)
        weights = torch.bmm(q, k).softmax(dim=-1)
        return (weights @ v).transpose(-1, -2).reshape(batch, channels, height, width)


class PatchesInBatch(nn.Module):
    """A transformer over the same place of every patch (MobileViT)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.qkv = nn.Linear(8, 24)
        self.proj = nn.Linear(8, 8)
        self.gate = nn.Softmax(dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        rows, columns = height // 2, width // 2
        x = x.reshape(batch * channels * rows, 2, columns, 2).transpose(1, 2)
        x = x.reshape(batch, channels, rows * columns, 4).transpose(1, 3)
        x = x.reshape(batch * 4, rows * columns, channels)
        x = x + self.attend(self.norm(x))
        x = x.contiguous().view(batch, 4, rows * columns, channels).transpose(1, 3)
        x = x.reshape(batch * channels * rows, columns, 2, 2).transpose(1, 2)
        return x.reshape(batch, channels, height, width)

    def attend(self, x: Tensor) -> Tensor:
        batch, positions, channels = x.shape  # the batch has the places of a patch folded in
        qkv = self.qkv(x).reshape(batch, positions, 3, 2, channels // 2)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        x = F.scaled_dot_product_attention(q, k, v)
        return self.gate(self.proj(x.transpose(1, 2).reshape(batch, positions, channels)))


class BatchSecond(nn.Module):
    """Sequences with the batch in the second place, and the heads folded into it."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(8, 24)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(2).permute(2, 0, 1)  # L, N, E
        length, batch, features = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (t.reshape(length, batch * 4, features // 4).transpose(0, 1) for t in (q, k, v))
        weights = F.softmax(q @ k.mT, dim=2)
        x = (weights @ v).transpose(0, 1).reshape(length, batch, features)
        x = torch.cat([x, x.mean(0, keepdim=True)])
        return torch.stack([x[:-1], x[1:]], dim=-1).amax(-1).movedim(1, 0)


class Einsums(nn.Module):
    """Products by einsum: of heads, of several dimensions at once, and with a new order."""

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        q = x.reshape(batch, 2, channels // 2, height, width)
        scores = torch.einsum("bhcxy,bhczy->bhxz", q, q.tanh()).softmax(-1)
        x = torch.einsum("B h i j, B h c j w -> B c h i w", scores, q).flatten(1, 2)
        folded = x.reshape(batch * channels, height, width)
        gram = torch.einsum("nij,nik->njk", folded, folded.relu())
        gram = gram.view(batch, channels, width, width).mean(1)
        return torch.einsum("bij,bjk->bki", x.mean(1), gram)


class PositionBias(nn.Module):
    """Attention with numbers for offsets: of a table as Swin has it, and as LeViT has it."""

    index: Tensor
    strided: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Conv2d(8, 8, 1)
        self.table = nn.Parameter(torch.zeros(5 * 7, 2))
        self.biases = nn.Parameter(torch.zeros(2, 12))
        rows, columns = torch.arange(3), torch.arange(4)
        down, right = rows[:, None] - rows, columns[:, None] - columns
        index = (down + 2)[:, None, :, None] * 7 + (right + 3)[None, :, None, :]
        self.register_buffer("index", index.reshape(-1))
        index = down.abs()[::2, None, :, None] * 4 + right.abs()[None, ::2, None, :]
        self.register_buffer("strided", index.reshape(4, 12))

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, *_ = x.shape
        q, small = self.q(x), self.q(x[:, :, ::2, ::2])
        q, small, v = (t.reshape(batch, 2, channels // 2, -1).mT for t in (q, small, x))
        bias = self.table[self.index].view(12, 12, 2).permute(2, 0, 1).unsqueeze(0)
        q = F.scaled_dot_product_attention(q, v, v, attn_mask=bias)
        scores = (small @ v.transpose(-2, -1) + self.biases[:, self.strided]).softmax(-1)
        x = (scores @ q).reshape(batch, 2, 2, 2, -1)[:, :, ::2].flatten(1)
        return x[:, ::2]


class Tokens(nn.Module):
    """Learned positions before those of a map, and a vector that is read from the first."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Parameter(torch.zeros(1, 1, 8))
        self.second = nn.Parameter(torch.zeros(1, 2, 8))
        self.positions = nn.Parameter(torch.zeros(1, 15, 8))
        self.encoder = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(2).permute(0, 2, 1)
        first = self.first.expand(x.shape[0], -1, -1)
        x = torch.cat((first, self.second.repeat(len(x), 1, 1), x), dim=1) + self.positions
        return self.encoder(x, x, x, need_weights=False)[0][:, 0]


class Sines(nn.Module):
    """Sines of the positions, projected and added (EdgeNeXt)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.project = nn.Conv2d(8, 6, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        visible = ~torch.zeros((x.shape[0], *x.shape[2:])).bool()
        counts = [visible.cumsum(dim, dtype=torch.float32) for dim in (1, 2)]
        ends = [counts[0][:, -1:, :], counts[1][:, :, -1:]]
        wavelengths = 100 ** (2 * torch.div(torch.arange(4), 2, rounding_mode="floor") / 4)
        waves = []
        for count, end in zip(counts, ends, strict=True):
            angles = (count / (end + 1e-6) * 2 * torch.pi)[..., None] / wavelengths
            sines = (angles[..., 0::2].sin(), angles[..., 1::2].cos())
            waves.append(torch.stack(sines, dim=4).flatten(3))
        positions = torch.cat(waves, dim=3).permute(0, 3, 1, 2)
        return x + self.project(positions.to(x.dtype))


class SelectiveKernel(nn.Module):
    """Branches side by side in a new dimension, weighed against each other (SKNet)."""

    def __init__(self) -> None:
        super().__init__()
        self.paths = nn.ModuleList(nn.Conv2d(3, 8, k, padding=k // 2) for k in (1, 3))
        self.reduce = nn.Conv2d(8, 4, 1)
        self.select = nn.Conv2d(4, 16, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.stack([path(x) for path in self.paths], dim=1)
        pooled = x.sum(1).mean((2, 3), keepdim=True)
        weights = self.select(F.relu(self.reduce(pooled)))
        weights = weights.view(x.size(0), 2, 8, 1, 1).softmax(dim=1)
        return (x * weights).sum(dim=1)


class Rearranged(nn.Module):
    """Everything that gives the same elements again, in another order or several times."""

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        length = x.norm(p=2, dim=(2, 3), keepdim=True)
        x = x * length.expand_as(x)
        stretched = x.mean(1, keepdim=True).expand(-1, 3, -1, -1).reshape(x.shape[0], -1)
        shifted = x[:, 0, None].repeat(1, 3, 1, 1).roll((1, 2), (2, 3)).flip(-1)
        windows = shifted.unfold(2, 3, 2).amin(-1)
        twice = x.repeat_interleave(2, 2).std(1, unbiased=False)
        parts = x.flatten(1).repeat_interleave(3, 0).repeat_interleave(2, 0).softmax(-1)
        twice = twice + parts.reshape(len(x), 6, -1).sum(1, keepdim=True).mean(2, keepdim=True)
        first, *_, last = x.unbind(-1)
        spread, mean = torch.var_mean(windows, (1, 2), keepdim=True)
        longest = torch.linalg.vector_norm(x, ord=3, dim=-1)
        stretched = stretched.unflatten(1, (3, -1)).var(1, False) * longest[:, 0, :1]
        return (
            spread - mean,
            windows.std((1, 2), False),
            stretched,
            twice,
            x.tile(1, 2, 1, 1),
            first - last,
        )


class Projected(nn.Module):
    """Products with parameters: as they are, transposed, from the left, and by F.linear."""

    def __init__(self) -> None:
        super().__init__()
        self.right = nn.Parameter(torch.zeros(6, 4))
        self.turned = nn.Parameter(torch.zeros(5, 4))
        self.left = nn.Parameter(torch.zeros(7, 8))
        self.square = nn.Parameter(torch.zeros(5, 5))

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        x = x.reshape(batch * channels, height, width) @ self.right
        x = (x @ self.turned.transpose(-1, -2)).reshape(batch, channels, -1)
        x = torch.matmul(self.left, x).reshape(batch, 7, height, 5)
        return F.linear(x, self.square.t())


class Stretched(nn.Module):
    """Gates that are stretched to the map's size, and one that is read by something else too."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.tanh()
        gate = x.mean((2, 3), keepdim=True).sigmoid().expand_as(x)
        rows = x.amax(3, keepdim=True).expand(-1, -1, -1, x.size(3))
        columns = x.amax(2, keepdim=True).expand(-1, -1, x.size(2), -1)
        return x * gate + (rows - columns) * rows.softmax(1).roll(1, 3)


class OtherHalves(nn.Module):
    """The heads of one sample are not next to each other in the batch: nothing is folded."""

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat(x.chunk(2, 1), dim=0)  # all first heads, then all second heads
        return torch.cat(x.softmax(1).chunk(2, 0), dim=1)


class AcrossTheBatch(nn.Module):
    """Samples that are compared with each other."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1)
        return x @ x.t() @ x


class EinsumOfBatch(nn.Module):
    """A product of all samples with all."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.einsum("bcij,dcij->bd", x, x)


class AttentionOfBatch(nn.Module):
    """Attention with the batch in the wrong place: samples attend to each other."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(2).permute(2, 0, 1)
        return F.scaled_dot_product_attention(x, x, x).permute(1, 2, 0)


class WrittenSamples(nn.Module):
    """A sample that is written into."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.tanh()
        x[:1] = 0
        return x


class OverFolded(nn.Module):
    """A mean over the dimension that the samples lie in."""

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        heads = x.reshape(batch * 2, channels // 2, height, width)
        return x - heads.mean(0).repeat(2, 1, 1)


class ConvolvedParts(nn.Module):
    """Convolutions, norms and pools of the windows of a map, each alone (EfficientViT)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 6, 3, stride=(1, 2), padding=1)
        self.bn = nn.BatchNorm2d(6)
        self.flat = nn.BatchNorm1d(8)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        x = x.view(batch, channels, height // 3, 3, width // 3, 3).permute(0, 2, 4, 1, 3, 5)
        x = self.bn(self.conv(x.reshape(-1, channels, 3, 3)))
        x = F.avg_pool2d(F.relu(x), (3, 1), stride=1)
        x = x.reshape(batch, -1, 8)
        return self.flat(x.flatten(0, 1)).reshape_as(x)


class NormalizedParts(nn.Module):
    """Groups of channels, normalised for each part alone: a network cannot say it."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x.reshape(x.shape[0] * 2, 2, *x.shape[2:])).reshape(x.shape)


class ShiftedWindows(nn.Module):
    """Attention in windows of a map that is rolled, with Swin's mask computed in the run.

    Args:
        fill: what keeps positions apart.
        wrong: a position that is kept apart from itself, which no mask does.
    """

    def __init__(self, fill: float = -100.0, *, wrong: bool = False) -> None:
        super().__init__()
        self.fill = fill
        self.wrong = wrong
        self.qkv = nn.Linear(8, 24)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.roll(x.permute(0, 2, 3, 1), (-1, -2), (1, 2))
        batch, height, width, channels = x.shape
        windows = _windows(x)  # B·nW, N, C
        count, positions = windows.shape[0] // batch, windows.shape[1]
        qkv = self.qkv(windows).reshape(-1, positions, 3, 2, channels // 2).permute(2, 0, 3, 1, 4)
        scores = qkv[0] @ qkv[1].mT
        scores = scores.view(batch, count, 2, positions, positions)
        scores = scores + self.mask(x, height, width).unsqueeze(1).unsqueeze(0)
        weights = scores.view(-1, 2, positions, positions).softmax(-1)
        return (weights @ qkv[2]).transpose(1, 2).reshape(batch, -1, channels)

    def mask(self, x: Tensor, height: int, width: int) -> Tensor:
        region, number = x.new_zeros((1, height, width, 1)), 0
        for rows in (slice(0, -2), slice(-2, -1), slice(-1, None)):
            for columns in (slice(0, -3), slice(-3, -2), slice(-2, None)):
                region[:, rows, columns, :] = number
                number += 1
        parts = _windows(region).squeeze(-1)
        apart = parts.unsqueeze(1) - parts.unsqueeze(2)
        mask = apart.masked_fill(apart != 0, self.fill).masked_fill(apart == 0, 0.0)
        if self.wrong:
            mask[0, 0, 0] = self.fill
        return mask


def _windows(x: Tensor) -> Tensor:
    """Windows of 2×3 of a map with the channels last."""
    batch, height, width, channels = x.shape
    x = x.view(batch, height // 2, 2, width // 3, 3, channels)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, 6, channels)


class SecondBatch(nn.Module):
    """Attention as torch.nn has it by default, with the batch in the second place.

    Args:
        moved: whether it is put there; else attention goes along the batch.
    """

    def __init__(self, *, moved: bool = True) -> None:
        super().__init__()
        self.moved = moved
        self.attention = nn.MultiheadAttention(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(2).permute((2, 0, 1) if self.moved else (0, 2, 1))
        x = x + self.attention(x, x, x)[0]
        return x.transpose(0, 1) if self.moved else x


class PooledParts(nn.Module):
    """Parts that are folded into the batch, upsampled by a convolution, and pooled."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose1d(3, 4, 4, stride=2, padding=1, output_padding=1)
        self.pool = nn.AdaptiveAvgPool1d(5)

    def forward(self, x: Tensor) -> Tensor:
        batch, parts, channels, length = x.shape
        x = self.up(x.view(batch * parts, channels, length))
        return self.pool(x).view(batch, parts, -1)
