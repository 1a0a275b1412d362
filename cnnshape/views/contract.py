"""The JSON contract: what programs read of a network. See docs/json.md."""

from __future__ import annotations

from typing import Any

from ..analysis.receptive_field import receptive_fields
from ..network import Network

SCHEMA_VERSION = 1
"""The version of the contract."""


def to_dict(network: Network) -> dict[str, Any]:
    """The contract, without its verification: plain lists, numbers, texts and None."""
    fields = receptive_fields(network)
    totals = network.totals
    return {
        "schema": SCHEMA_VERSION,
        "name": network.name,
        "input_shape": list(network.input_shape),
        "layers": [
            {
                "name": node.name,
                "type": node.type,
                "path": node.path,
                "inputs": list(node.inputs),
                "input_shapes": [list(shape) for shape in node.input_shapes],
                "output_shape": list(node.output_shape),
                "params": node.params,
                "trainable_params": node.params,
                "macs": node.macs,
                "connections": node.connections,
                "receptive_field": _as_list(fields[node.path]),
            }
            for node in network.layers
        ],
        "outputs": list(network.outputs),
        "totals": {
            "params": totals.params,
            "trainable_params": totals.trainable_params,
            "buffers": totals.buffers,
            "macs": totals.macs,
            "flops": totals.flops,
            "connections": totals.connections,
        },
    }


def _as_list(shape: tuple[int, ...] | None) -> list[int] | None:
    return None if shape is None else list(shape)
