"""Sines that tell the positions of a map apart."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PositionEmbeddingSine(nn.Module):
    """Sines and cosines of the row and of the column of each position of a map."""

    def __init__(self, num_pos_feats, temperature=10000, normalize=False, scale=None):
        super().__init__()
        self.num_pos_feats = num_pos_feats
        self.temperature = temperature
        self.normalize = normalize
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        places = torch.arange(self.num_pos_feats, device=x.device) // 2 * 2
        wavelengths = self.temperature ** (places.to(x.dtype) / self.num_pos_feats)
        waves = [self.waves(size, wavelengths) for size in x.shape[2:]]
        rows, columns = waves[0][:, :, None], waves[1][:, None]
        shape = (self.num_pos_feats, *x.shape[2:])
        positions = torch.cat([rows.expand(shape), columns.expand(shape)])
        return positions.expand(x.shape[0], -1, -1, -1)

    def waves(self, size: int, wavelengths: Tensor) -> Tensor:
        """The sines and cosines of `size` positions, in turn."""
        positions = torch.arange(1, size + 1, device=wavelengths.device).to(wavelengths)
        if self.normalize:
            scale = 2 * torch.pi if self.scale is None else self.scale
            positions = positions / (size + 1e-6) * scale
        angles = positions / wavelengths[:, None]
        waves = [angles[0::2].sin(), angles[1::2].cos()]
        return torch.stack(waves, dim=1).flatten(0, 1)
