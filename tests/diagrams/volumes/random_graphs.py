"""Random networks that a figure of volumes must cope with."""

from __future__ import annotations

from random import Random

import cnnshape
from cnnshape.network import Network


def random_graph(seed: int) -> Network:
    """A net of any layers that read any earlier ones."""
    random = Random(seed)
    names, layers = ["input"], []
    for index in range(random.randint(2, 30)):
        name = f"n{index}"
        if random.random() < 0.6 or len(names) < 3:
            source = names[-1] if random.random() < 0.7 else random.choice(names)
            layers.append(
                f"{{name: {name}, type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, "
                f"from: {source}}}"
            )
        else:
            sources = random.sample(names, random.randint(2, min(4, len(names))))
            kind = random.choice(["Add", "Multiply"])
            layers.append(f"{{name: {name}, type: {kind}, from: [{', '.join(sources)}]}}")
        names.append(name)
    return cnnshape.loads(f"{{input: [8, 16, 16], layers: [{', '.join(layers)}]}}")
