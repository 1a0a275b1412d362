"""Files that torch.onnx writes, by its older exporter and by its newer one."""

from __future__ import annotations

from pathlib import Path
from warnings import catch_warnings, simplefilter

import torch
from torch import nn

from cnnshape.exporting.libraries import quiet

from ...needing import needs

needs("onnxscript")

EXPORTERS = ("older", "newer")


def write(module: nn.Module, shape: tuple[int, ...], exporter: str) -> str:
    """The path of a file of a module, with a batch of any size."""
    path = Path("net.onnx")
    x = torch.rand(2, *shape)
    module.eval()
    with quiet(), catch_warnings():
        simplefilter("ignore")
        if exporter == "older":
            axes = {"x": {0: "batch"}}
            torch.onnx.export(
                module, (x,), str(path), dynamo=False, opset_version=18,
                input_names=["x"], dynamic_axes=axes,
            )  # fmt: skip
        else:
            batch = ({0: torch.export.Dim.DYNAMIC},)
            program = torch.onnx.export(
                module, (x,), dynamo=True, dynamic_shapes=batch, verbose=False
            )
            assert program is not None
            path.write_bytes(program.model_proto.SerializeToString())
    return str(path)
