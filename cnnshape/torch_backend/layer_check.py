"""One run of a network in PyTorch, every layer of it compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import first_line
from ..layers.shapes import Shape, format_shape
from .build import build
from .faults import BuildError
from .report import Mismatch, Report
from .witness import Witness

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from ..network import Network, Node
    from .counting import MacCounter
    from .network_module import NetworkModule


class Stopped(Exception):
    """A layer does not run: what follows it cannot be compared."""


class Comparison:
    """One run of a network, and what came of it."""

    def __init__(self, network: Network, device: torch.device, batch: int) -> None:
        self.network = network
        self.device = device
        self.batch = batch
        self.checked = 0
        self.mismatches: list[Mismatch] = []
        self.skipped: list[tuple[str, str]] = []
        self.unknown_macs: list[tuple[str, int]] = []
        self.witness: Witness | None = None

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
            if is_out_of_memory(cause):
                raise cause from None
            self._differ(fault.path, "builds", "a module", named_line(cause))
            raise Stopped from fault

    def input(self) -> Tensor:
        """A batch for the network."""
        import torch

        return torch.zeros(self.batch, *self.network.input_shape, device=self.device)

    def run(self, module: NetworkModule) -> None:
        """Run every layer and compare it; raises Stopped at the first that does not run."""
        from .counting import MacCounter, attention_by_matrix_products

        x = self.input()
        with attention_by_matrix_products(), MacCounter() as counter:
            module.run(x, lambda *turn: self._run_layer(counter, *turn))

    def _run_layer(
        self, counter: MacCounter, position: int, module: nn.Module, inputs: Sequence[Tensor]
    ) -> Tensor:
        node = self.network.layers[position]
        self._compare_tensors(node, module)
        before = counter.macs
        try:
            output: Tensor = module(*inputs)
        except Exception as fault:
            if is_out_of_memory(fault):
                raise
            if self._cannot_run(fault):
                return self._stand_in(node, fault)
            shape = format_shape(node.output_shape)
            self._differ(node.path, "runs", f"an output of {shape}", named_line(fault))
            raise Stopped from fault
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

        self.skipped.append((node.path, f"{node.type} on {self.device}: {named_line(fault)}"))
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
            raise Stopped
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

    def hear(self, witness: Witness) -> None:
        """Hold a second witness's totals of parameters against the network's."""
        self.witness = witness
        totals = self.network.totals
        for quantity, said, counted in (
            ("params", totals.params, witness.params),
            ("trainable params", totals.trainable_params, witness.trainable_params),
        ):
            if counted is not None and counted != said:
                self._differ("", f"{witness.name} {quantity}", said, counted)

    def report(self, otherwise: str = "passed") -> Report:
        """All that was found; `otherwise` is the status where nothing speaks against it."""
        import torch

        reason = ""
        if self.skipped:
            names = ", ".join(path for path, _ in self.skipped)
            reason = (
                f"{len(self.skipped)} of {len(self.network.layers)} layers cannot run "
                f"on {self.device}: {names}"
            )
        return Report(
            status="failed" if self.mismatches else "skipped" if self.skipped else otherwise,
            device=str(self.device),
            torch=str(torch.__version__).partition("+")[0],
            layers_checked=self.checked,
            batch=self.batch,
            mismatches=tuple(self.mismatches),
            reason=reason,
            skipped=tuple(self.skipped),
            unknown_macs=tuple(self.unknown_macs),
            witness=self.witness,
        )


def is_out_of_memory(fault: Exception) -> bool:
    """Whether the device, and not the layer, is at fault for want of memory."""
    words = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(fault, MemoryError) or (
        isinstance(fault, RuntimeError) and any(text in str(fault) for text in words)
    )


def named_line(fault: BaseException) -> str:
    """'ValueError: what it says', without what follows on further lines."""
    kind = type(fault).__name__
    return kind if (text := first_line(fault)) == kind else f"{kind}: {text}"
