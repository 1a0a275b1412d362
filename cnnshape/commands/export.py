"""``cnnshape export``: a network as Python, ONNX, weights or a program of torch's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from ..exporting.onnx_model import NEWEST_OPSET, OLDEST_OPSET, OPSET
from ..packages import require
from ._common import (
    InputOption,
    PluginOption,
    SetOption,
    SpecArgument,
    VariantOption,
    files_of,
    network_or_exit,
    read_changes,
    refuse_overwriting,
    usage_error,
)
from ._printing import STDOUT, print_diagnostics, say, write_out

if TYPE_CHECKING:
    from ..exporting import Made
    from ..network import Network

PANEL = "Move in and out"

Form = Literal["pytorch", "onnx", "state-dict", "torchscript", "exported-program"]
FORMS: tuple[Form, ...] = get_args(Form)
ENDINGS: dict[str, Form] = {
    ".py": "pytorch",
    ".onnx": "onnx",
    ".safetensors": "state-dict",
    ".ts": "torchscript",
    ".pt2": "exported-program",
}


def export(
    spec: SpecArgument = "lenet5",
    to: Annotated[
        Form | None,
        typer.Option(
            "--to",
            help="The form: Python source for torch alone; ONNX; the weights as safetensors; a "
            "TorchScript program; a program of torch.export. Default: what the ending of --out "
            "names (.py, .onnx, .safetensors, .ts, .pt2).",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Where to write it; - is stdout, as for Python."
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="RUN|FILE",
            help="The weights: the folder of a run of `train`, or a file (safetensors, or a "
            "state_dict of torch.save). Default: as PyTorch initialises.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="The seed of the random weights.")
    ] = 0,
    batch: Annotated[
        str,
        typer.Option(metavar="N|dynamic", help="The batch size of ONNX and torch.export files."),
    ] = "dynamic",
    opset: Annotated[
        int,
        typer.Option(
            min=OLDEST_OPSET,
            max=NEWEST_OPSET,
            help="The version of ONNX's operators that is written, from "
            f"{OLDEST_OPSET} to {NEWEST_OPSET}.",
        ),
    ] = OPSET,
    check: Annotated[
        bool,
        typer.Option(
            "--check/--no-check", help="Load the Python source again and compare it, or not."
        ),
    ] = True,
    set_: SetOption = None,
    input: InputOption = None,
    variant: VariantOption = None,
    plugin: PluginOption = None,
) -> None:
    """Write a network as Python source, ONNX or weights.

    TorchScript and torch.export programs can be written too. The Python file needs only torch;
    blocks become its classes, repeats its loops. What is written is loaded again, run, and
    compared with the network before the file is put in place.

    Examples:
        cnnshape export resnet18 --to pytorch
        cnnshape export resnet18 --out resnet18.py
        cnnshape export lenet5 --weights runs/lenet5 --out lenet5.onnx
    """
    changes = read_changes(set_, input, variant, plugin)
    refuse_overwriting(out, [*files_of(spec, changes), *_weight_files(weights)])
    form, path = _target(to, out)
    size = _batch(batch)
    if form == "pytorch" and weights is not None:
        usage_error("Python source holds no weights: --to state-dict writes them", "--weights")
    require("torch", *(["onnx"] if form == "onnx" else []))

    from ..exporting import ExportError
    from ..torch_backend import BuildError

    network = network_or_exit(spec, changes)
    print_diagnostics(network.warnings)
    try:
        made = _made(network, form, weights, seed, size, check, opset)
    except (BuildError, ExportError) as fault:
        say(f"error: {fault}", err=True)
        raise typer.Exit(1) from None
    _write(path, made)


def _target(to: Form | None, out: str | None) -> tuple[Form, str]:
    """The form, and the path or '-'."""
    ending = "" if out in (None, STDOUT) else Path(str(out)).suffix.lower()
    form = to or ENDINGS.get(ending)
    if form is None:
        known = ", ".join(FORMS)
        what = f"{out} does not end in one of {', '.join(ENDINGS)}" if ending else "in which form?"
        usage_error(f"{what}: name one of {known}", "--to")
    if out is None:
        if form != "pytorch":
            usual = next(ending for ending, name in ENDINGS.items() if name == form)
            usage_error(f"name a file, such as --out net{usual}", "--out")
        return form, STDOUT
    if out == STDOUT and form != "pytorch" and sys.stdout.isatty():
        usage_error(f"{form} is not for a terminal: name a file", "--out")
    return form, out


def _weight_files(weights: str | None) -> list[str | Path]:
    """The file of weights, or all files of the run that they are taken from."""
    if weights is None:
        return []
    from ..training.run import Run

    return [weights, *Run(Path(weights)).files]


def _batch(text: str) -> int | None:
    if text == "dynamic":
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**31):
        usage_error(f"expected a number of at least 1, or dynamic, not {text!r}", "--batch")
    return int(text)


def _made(
    network: Network,
    form: Form,
    weights: str | None,
    seed: int,
    batch: int | None,
    check: bool,
    opset: int,
) -> Made:
    from .. import exporting

    if form == "pytorch":
        source = exporting.to_python(network)
        checked = exporting.check_python(network, source) if check else "not loaded again"
        return exporting.Made(source.encode(), checked)
    module = exporting.weighted_module(network, weights, seed)
    if form == "state-dict":
        return exporting.to_state_dict(network, module)
    if form == "onnx":
        return exporting.to_onnx(network, module, batch, opset)
    write = {
        "torchscript": exporting.to_torchscript,
        "exported-program": exporting.to_exported_program,
    }[form]
    return write(network, module, batch)


def _write(path: str, made: Made) -> None:
    from ..torch_backend.devices import readable_bytes

    write_out(path, made.content)
    if path != STDOUT:
        say(f"{path}: {readable_bytes(len(made.content))}; {made.checked}", err=True)
