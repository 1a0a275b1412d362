"""The JSON contract: what programs read of a network. See docs/json.md."""

from __future__ import annotations

from typing import Any

from ..analysis.receptive_field import receptive_fields
from ..network import Network, Node, Op

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
        "layers": [_layer(node, node.op, fields[node.path]) for node in network.layers],
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


def _layer(node: Node, op: Op, field: tuple[int, ...] | None) -> dict[str, Any]:
    path, params = node.path, node.params
    return {
        "name": path[path.rfind(".") + 1 :],
        "type": op.layer.type_name,
        "path": path,
        "inputs": [*node.inputs],
        "input_shapes": [[*shape] for shape in op.input_shapes],
        "output_shape": [*op.output_shape],
        "params": params,
        "trainable_params": params,
        "macs": op.macs,
        "connections": op.connections,
        "receptive_field": None if field is None else [*field],
    }
