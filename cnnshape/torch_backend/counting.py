"""Counting multiply-accumulates as they happen. It defines a torch class: see the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class _Counting:
    """The dispatch of `MacCounter`.

    It stands in a class of its own because torch wraps the dispatch that a subclass of
    TorchDispatchMode defines in its body, and the wrapper's first call imports the whole
    of torch._dynamo: 0.8 s, ten times the verification of LeNet-5.
    """

    flops: int

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        formula = flop_registry.get(func._overloadpacket)
        if formula is None:
            with self:  # type: ignore[attr-defined]
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        result = func(*args, **kwargs)
        if formula is not None:
            self.flops += formula(*args, **kwargs, out_val=result)
        return result


class MacCounter(_Counting, TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts as torch.utils.flop_counter.FlopCounterMode does, by the same registry.

    What has no formula is taken apart into what it is composed of; what cannot be taken
    apart counts nothing.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0

    @property
    def macs(self) -> int:
        """The multiply-accumulates so far: half the FLOPs."""
        return self.flops // 2


@contextmanager
def attention_by_matrix_products() -> Iterator[None]:
    """A context in which attention runs as the matrix products that it is made of.

    MultiheadAttention in evaluation mode, and scaled_dot_product_attention on the cpu, may
    run as one fused operation for which flop_counter has no formula: it would count nothing.
    """
    from torch.backends import mha
    from torch.nn.attention import SDPBackend, sdpa_kernel

    before = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        mha.set_fastpath_enabled(before)
