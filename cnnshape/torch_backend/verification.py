"""Holding what a network says of itself against what PyTorch shows when it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..layers.shapes import Shape, format_shape
from .build import BuildError, build
from .devices import AUTO, free_memory, memory_needed, readable_bytes, resolve_device
from .witness import Witness, ask_torchinfo

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from ..network import Network, Node
    from .counting import MacCounter
    from .network_module import NetworkModule

BATCH = 2
"""Samples in a run. Two, not one: a module that mixes samples, or that only refuses when
there is one value to normalise, shows it."""


class Mismatch(NamedTuple):
    """One number on which cnnshape and PyTorch part.

    Attributes:
        path: the layer, or '' for the network as a whole.
        quantity: 'output shape', 'macs', 'parameter weight', 'runs', ...
        expected: what cnnshape says. found: what PyTorch shows. None: there is none.
    """

    path: str
    quantity: str
    expected: Any
    found: Any


class Report(NamedTuple):
    """What a verification found.

    Attributes:
        status: 'passed'; 'failed': there are mismatches; 'skipped': not all could be run,
            and what was run agrees.
        device, torch: where it ran, and PyTorch's version.
        layers_checked: layers that ran and were compared.
        mismatches: every difference, in the order of the layers.
        reason: why the device was chosen or what could not be run; '' if nothing to say.
        skipped: the layers that the device cannot run, each with the reason.
        unknown_macs: layers whose MACs cnnshape does not know, with what PyTorch counts.
        witness: what torchinfo says, or None where it was not asked.
        batch: samples in the run. seconds: how long it took, import of torch apart.
    """

    status: str
    device: str
    torch: str
    layers_checked: int
    mismatches: tuple[Mismatch, ...] = ()
    reason: str = ""
    skipped: tuple[tuple[str, str], ...] = ()
    unknown_macs: tuple[tuple[str, int], ...] = ()
    witness: Witness | None = None
    batch: int = BATCH
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The 'verification' of the JSON contract: plain data."""
        return {
            "status": self.status,
            "device": self.device,
            "torch": self.torch,
            "layers_checked": self.layers_checked,
            "mismatches": [
                {
                    "path": mismatch.path,
                    "quantity": mismatch.quantity,
                    "expected": _plain(mismatch.expected),
                    "found": _plain(mismatch.found),
                }
                for mismatch in self.mismatches
            ],
            "reason": self.reason,
            "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
            "unknown_macs": [{"path": path, "found": found} for path, found in self.unknown_macs],
            "witness": None if self.witness is None else self.witness._asdict(),
            "batch": self.batch,
            "seconds": round(self.seconds, 4),
        }


def verify(network: Network, device: str = AUTO, *, batch: int = BATCH) -> Report:
    """Run `network` as a torch module and compare every layer with what cnnshape says of it.

    Each layer's output shape, the names and shapes of its parameters and buffers, and its
    MACs as torch.utils.flop_counter counts them, in evaluation mode; then the totals, with
    torchinfo as a second witness. The values of the weights play no part, so they are not
    drawn.

    Args:
        network: what to verify.
        device: 'cpu', 'cuda', 'cuda:1', 'mps', 'meta' (shapes without memory), or 'auto':
            cpu where the estimated memory is free, else meta.
        batch: samples in the run.

    Raises:
        DeviceError: the device is not there.
    """
    chosen, reason = _choose(network, device, batch)
    target = resolve_device(chosen)
    start = perf_counter()
    try:
        report = _verify_on(network, target, batch)
    except _OutOfMemory as fault:
        if device == AUTO:
            reason = f"{chosen} ran out of memory ({fault}), so shapes alone were run, on meta"
            report = _verify_on(network, resolve_device("meta"), batch)
        else:
            reason = f"out of memory on {chosen}: {fault}; the device meta needs none"
            report = _report("skipped", target)
    reasons = filter(None, [reason, report.reason])
    return report._replace(reason="; ".join(reasons), batch=batch, seconds=perf_counter() - start)


class _OutOfMemory(Exception):
    """The device has not the memory for this network."""


class _Stopped(Exception):
    """A layer does not run: what follows it cannot be compared."""


def _choose(network: Network, device: str, batch: int) -> tuple[str, str]:
    """The device's name, and why where it was chosen for want of memory."""
    if device != AUTO:
        return device, ""
    needed, free = memory_needed(network, batch), free_memory()
    if free is None or needed <= free:
        return "cpu", ""
    return "meta", (
        f"shapes alone were run, on the device meta: the network needs about "
        f"{readable_bytes(needed)} and {readable_bytes(free)} are free"
    )


def _report(status: str, device: torch.device, layers_checked: int = 0, **more: Any) -> Report:
    import torch

    version = str(torch.__version__).partition("+")[0]
    return Report(status, str(device), version, layers_checked, **more)


def _verify_on(network: Network, device: torch.device, batch: int) -> Report:
    import torch

    comparison = _Comparison(network, device, batch)
    module = None
    try:
        with torch.no_grad():
            module = comparison.build()
            comparison.run(module)
    except _Stopped:
        pass
    except Exception as fault:
        if _is_out_of_memory(fault):
            raise _OutOfMemory(_first_line(fault)) from fault
        raise
    witness = None
    if module is not None and comparison.completed:
        witness = ask_torchinfo(network, module, comparison.input())
        comparison.compare_totals(witness)
    return comparison.report(witness)


class _Comparison:
    """One run of a network, and what came of it."""

    def __init__(self, network: Network, device: torch.device, batch: int) -> None:
        self.network = network
        self.device = device
        self.batch = batch
        self.checked = 0
        self.completed = False
        self.mismatches: list[Mismatch] = []
        self.skipped: list[tuple[str, str]] = []
        self.unknown_macs: list[tuple[str, int]] = []

    def build(self) -> NetworkModule:
        """The network as a module on the device, in evaluation mode, its weights not drawn."""
        import torch

        from .initialisation import SkipInitialisation

        try:
            with torch.device(self.device), SkipInitialisation():
                return build(self.network).to(self.device).eval()
        except BuildError as fault:
            cause = fault.__cause__
            assert isinstance(cause, Exception)
            if _is_out_of_memory(cause):
                raise cause from None
            self._differ(fault.path, "builds", "a module", _first_line(cause))
            raise _Stopped from fault

    def input(self) -> Tensor:
        """A batch for the network."""
        import torch

        return torch.zeros(self.batch, *self.network.input_shape, device=self.device)

    def run(self, module: NetworkModule) -> None:
        """Run every layer and compare it; raises _Stopped at the first that does not run."""
        from .counting import MacCounter

        x = self.input()
        with _attention_by_matrix_products(), MacCounter() as counter:
            module.run(x, lambda *turn: self._run_layer(counter, *turn))
        self.completed = not self.skipped

    def _run_layer(
        self, counter: MacCounter, position: int, module: nn.Module, inputs: Sequence[Tensor]
    ) -> Tensor:
        node = self.network.layers[position]
        self._compare_tensors(node, module)
        before = counter.macs
        try:
            output: Tensor = module(*inputs)
        except Exception as fault:
            if _is_out_of_memory(fault):
                raise
            if self._cannot_run(fault):
                return self._stand_in(node, fault)
            shape = format_shape(node.output_shape)
            self._differ(node.path, "runs", f"an output of {shape}", _first_line(fault))
            raise _Stopped from fault
        self._compare_shapes(node, inputs, output)
        self._compare_macs(node, counter.macs - before)
        self.checked += 1
        return output

    def _cannot_run(self, fault: Exception) -> bool:
        """Whether the device, not the network, is at fault."""
        if self.device.type == "cpu":
            return False
        return isinstance(fault, NotImplementedError) or (
            self.device.type == "meta" and "meta tensor" in str(fault).lower()
        )

    def _stand_in(self, node: Node, fault: Exception) -> Tensor:
        """What a layer that the device cannot run would give, for the layers that read it."""
        import torch

        self.skipped.append((node.path, f"{node.type} on {self.device}: {_first_line(fault)}"))
        return torch.zeros(self.batch, *node.output_shape, device=self.device)

    def _differ(self, path: str, quantity: str, expected: Any, found: Any) -> None:
        self.mismatches.append(Mismatch(path, quantity, expected, found))

    def _compare_tensors(self, node: Node, module: nn.Module) -> None:
        """Names and shapes of parameters and buffers; what is shared was compared before."""
        if node.shares:
            return
        parameters = dict(module.named_parameters())
        buffers = dict(module.named_buffers())
        self._compare_named(node, "buffer", node.layer.buffers(), buffers)
        if self._compare_named(node, "parameter", node.layer.parameters(), parameters):
            trainable = sum(p.numel() for p in parameters.values() if p.requires_grad)
            if trainable != node.params:
                self._differ(node.path, "trainable parameters", node.params, trainable)

    def _compare_named(
        self, node: Node, word: str, said: dict[str, Shape], found: dict[str, Any]
    ) -> bool:
        """Whether names and shapes are equal."""
        shapes = {name: tuple(tensor.shape) for name, tensor in found.items()}
        for name in {**said, **shapes}:
            if said.get(name) != shapes.get(name):
                self._differ(node.path, f"{word} {name}", said.get(name), shapes.get(name))
        return said == shapes

    def _compare_shapes(self, node: Node, inputs: Sequence[Tensor], output: object) -> None:
        for path, said, tensor in zip(node.inputs, node.input_shapes, inputs, strict=True):
            seen = tuple(tensor.shape[1:])
            # Where the layer before is itself at odds, that is the one fault to tell.
            if seen == self.network.shape_of(path) != said:
                self._differ(node.path, f"input shape of {path}", said, seen)
        shape = getattr(output, "shape", None)
        if shape is None:
            self._differ(node.path, "output", "one tensor", type(output).__name__)
            raise _Stopped
        if tuple(shape[:1]) != (self.batch,):
            self._differ(node.path, "batch", (self.batch, *node.output_shape), tuple(shape))
        elif tuple(shape[1:]) != node.output_shape:
            self._differ(node.path, "output shape", node.output_shape, tuple(shape[1:]))

    def _compare_macs(self, node: Node, counted: int) -> None:
        if node.macs is None:
            self.unknown_macs.append((node.path, counted // self.batch))
        elif counted != node.macs * self.batch:
            per_sample, rest = divmod(counted, self.batch)
            found = counted / self.batch if rest else per_sample
            self._differ(node.path, "macs", node.macs, found)

    def compare_totals(self, witness: Witness) -> None:
        """Hold torchinfo's totals of parameters against the network's."""
        totals = self.network.totals
        for quantity, said, counted in (
            ("torchinfo params", totals.params, witness.params),
            ("torchinfo trainable params", totals.trainable_params, witness.trainable_params),
        ):
            if counted is not None and counted != said:
                self._differ("", quantity, said, counted)

    def report(self, witness: Witness | None) -> Report:
        """All that was found."""
        status = "failed" if self.mismatches else "skipped" if self.skipped else "passed"
        reason = ""
        if self.skipped:
            names = ", ".join(path for path, _ in self.skipped)
            reason = (
                f"{len(self.skipped)} of {len(self.network.layers)} layers cannot run "
                f"on {self.device}: {names}"
            )
        return _report(
            status,
            self.device,
            self.checked,
            mismatches=tuple(self.mismatches),
            reason=reason,
            skipped=tuple(self.skipped),
            unknown_macs=tuple(self.unknown_macs),
            witness=witness,
        )


@contextmanager
def _attention_by_matrix_products() -> Iterator[None]:
    """A context in which MultiheadAttention runs as the matrix products that it is made of.

    In evaluation mode it may run as one fused operation, for which flop_counter has no
    formula: it would count nothing.
    """
    import torch

    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _is_out_of_memory(fault: Exception) -> bool:
    import torch

    return isinstance(fault, (MemoryError, torch.OutOfMemoryError)) or (
        isinstance(fault, RuntimeError) and "can't allocate memory" in str(fault)
    )


def _first_line(fault: BaseException) -> str:
    text = str(fault).strip().partition("\n")[0]
    return f"{type(fault).__name__}: {text}" if text else type(fault).__name__


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
