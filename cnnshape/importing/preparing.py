"""Making a module ready to be run on tensors without values. Needs torch.

Its parts are asked for through nn.Module's own functions: a module may have an attribute
`modules` or `children` of another kind.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from ..errors import first_line
from ..layers.shapes import Shape
from ..torch_backend.initialisation import STATISTICS
from .graph import Recorded
from .torch_calls import fault_line


class NotRecordable(Exception):
    """The module cannot be run without values; the text says why.

    Attributes:
        layers: what was recorded before.
    """

    def __init__(self, message: str, layers: Sequence[Recorded] = ()) -> None:
        super().__init__(message)
        self.layers = list(layers)


def prepare(module: nn.Module, input_shape: Shape) -> None:
    """Put a module into evaluation mode, and run it once where it has lazy parts.

    Raises:
        NotRecordable: it has parts that cannot be followed, or cannot be run.
    """
    _refuse_hidden_methods(module)
    _refuse_traced(module)
    _fill_statistics(module)
    _refuse_other_inputs(module)
    for inner in nn.Module.modules(module):
        # A program of torch.export holds its input against the sizes of its example.
        if "_guards_fn" in inner._modules:
            inner._modules["_guards_fn"] = nn.Identity()
            inner._forward_pre_hooks.clear()
        for key, hook in list(inner._forward_pre_hooks.items()):  # PyTorch before 2.9
            if getattr(hook, "__name__", "") == "_check_input_constraints_pre_hook":
                del inner._forward_pre_hooks[key]
    _evaluate(module)
    if any(
        is_lazy(tensor) for tensor in (*nn.Module.parameters(module), *nn.Module.buffers(module))
    ):
        try:
            module(torch.zeros(1, *input_shape, dtype=input_type(module)))
        except Exception as fault:
            line = fault_line(fault)
            place = f" ({line})" if line else ""
            raise NotRecordable(f"{type(fault).__name__}{place}: {first_line(fault)}") from fault
        _drop_lazy(module)


def input_type(module: nn.Module) -> torch.dtype:
    """The type of numbers that a module's input has: that of its first parameter."""
    floating = (p.dtype for p in nn.Module.parameters(module) if p.is_floating_point())
    return next(floating, torch.get_default_dtype())


def _evaluate(module: nn.Module) -> None:
    try:
        module.eval()
    except Exception:  # an attribute has this name, or it is exported and refuses
        for inner in nn.Module.modules(module):
            inner.training = False


def _drop_lazy(module: nn.Module) -> None:
    """Leave out tensors whose size is open still: their module does not run."""
    for inner in nn.Module.modules(module):
        for own in (inner._parameters, inner._buffers):
            own.update(
                {name: None for name, each in own.items() if each is not None and is_lazy(each)}
            )


_CALLED = (
    "named_modules", "named_parameters", "named_buffers", "_named_members", "state_dict",
)  # fmt: skip
"""Methods that PyTorch calls of every module, for whatever is asked of the whole."""


def _refuse_hidden_methods(
    module: nn.Module, path: str = "", around: tuple[nn.Module, ...] = ()
) -> None:
    """Say that an attribute hides a method without which nothing can be asked of a module."""
    if any(module is outer for outer in around):
        raise NotRecordable(
            f"{path} is a module that holds itself, in which PyTorch's own eval() never ends: keep "
            "what must be known of it in a tuple, self.outer = (module,)"
        )
    for name in _CALLED:
        if name in vars(module) or name in module._modules or name in module._parameters:
            raise NotRecordable(
                f"{'.'.join(filter(None, (path, name)))} hides the method of that name, which "
                "PyTorch itself calls: give the attribute another name"
            )
    for name, inner in module._modules.items():
        if inner is not None:
            _refuse_hidden_methods(inner, f"{path}.{name}".lstrip("."), (*around, module))


BEFORE_JIT = (
    "what it calls cannot be followed; give the module as it is before torch.jit.trace or "
    "torch.jit.load"
)


def _refuse_traced(module: nn.Module) -> None:
    for name, inner in module.named_modules():
        if isinstance(inner, torch.jit.ScriptModule):
            what = f"its part {name}" if name else "it"
            raise NotRecordable(f"{what} is compiled by torch.jit: {BEFORE_JIT}")


def _fill_statistics(module: nn.Module) -> None:
    """Give statistics on the meta device numbers; those of another buffer are lost."""
    for path, inner in module.named_modules():
        for name, buffer in inner._buffers.items():
            if buffer is None or is_lazy(buffer) or not buffer.is_meta:
                continue
            if not name.endswith((*STATISTICS, "num_batches_tracked")):
                where = ".".join(filter(None, (path, name)))
                raise NotRecordable(
                    f"{where} is on the meta device, and what it holds is not known: "
                    "make the module on the cpu"
                )
            inner._buffers[name] = torch.ones_like(buffer, device="cpu")


def _refuse_other_inputs(module: nn.Module) -> None:
    """A spec has one input."""
    try:
        signature = inspect.signature(module.forward)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(None)
    except TypeError:
        needed = [
            name
            for name, each in signature.parameters.items()
            if each.default is each.empty
            and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        ]
        raise NotRecordable(
            f"its forward needs {len(needed)} arguments ({', '.join(needed)}), "
            "and a spec has one input: give the others a default, "
            "or wrap it in a module whose forward takes one"
            if needed
            else "its forward takes no input"
        ) from None
