"""A verification as the commands ask for it and tell it: plain data, then lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from ..packages import missing_package
from ..text.counts import count_of
from ..text.styled import StyledLine
from ._common import usage_error

if TYPE_CHECKING:
    from ..network import Network

How = Literal["live", "cached", "off"]


def verdict(network: Network, device: str, how: How) -> dict[str, Any]:
    """The 'verification' of the JSON contract; `cached` in it says where it came from.

    Args:
        network: what to verify.
        device: as the option --device names it.
        how: 'cached': an earlier run's verdict where there is one, else live.

    Raises:
        BadParameter: the device is not there.
    """
    from ..storage import verdicts

    if how == "off":
        return no_verification("skipped", "--verify off")
    if how == "cached":
        kept = verdicts.load(network, device)
        if kept is not None:
            return {**kept, "cached": True}
    try:
        import torch  # noqa: F401  (asked for here, so that no other ImportError passes for it)
    except ImportError as fault:
        return no_verification("skipped", missing_package(fault) or str(fault))
    from ..torch_backend import DeviceError, verify

    try:
        report = verify(network, device).to_dict()
    except DeviceError as fault:
        usage_error(str(fault), "--device")
    verdicts.store(network, device, report)
    return {**report, "cached": False}


def no_verification(status: str, reason: str) -> dict[str, Any]:
    """The 'verification' where nothing was run."""
    return {
        "status": status,
        "device": None,
        "torch": None,
        "layers_checked": 0,
        "mismatches": [],
        "reason": reason,
        "cached": False,
    }


def verdict_lines(verification: dict[str, Any], *, brief: bool = False) -> Iterator[StyledLine]:
    """What a reader is told of a verification: one line, and what must be added to it.

    With `brief`, a second witness who agrees is not mentioned.
    """
    headline = _headline(verification)
    yield headline
    for mismatch in verification["mismatches"]:
        yield [("", f"  {mismatch_text(mismatch)}")]
    reason = verification["reason"]
    if reason and reason not in headline[-1][1]:
        yield [("yellow", f"  note: {reason}")]
    for skipped in verification.get("skipped", ()):
        yield [("yellow", f"  {skipped['path']} was not run: {skipped['reason']}")]
    for unknown in verification.get("unknown_macs", ()):
        found = f"PyTorch counts {unknown['found']:,}"
        yield [("yellow", f"  {unknown['path']}: MACs are not known to cnnshape; {found}")]
    witness = verification.get("witness")
    if witness and not (brief and witness["status"] == "agrees"):
        yield [("dim", f"  {witness_text(witness)}")]


def _headline(verification: dict[str, Any]) -> StyledLine:
    checked = verification["layers_checked"]
    count = count_of(checked, "layer")
    where = f"PyTorch {verification['torch']} on {verification['device']}"
    if verification["status"] == "passed":
        cached = " (cached)" if verification["cached"] else ""
        agree = "agrees" if checked == 1 else "agree"
        agreement = f"{count} {agree} in shape, parameters and MACs{cached}"
        reason = f" ({verification['reason']})" if verification["reason"] else ""
        return [("bold green", "✓ verified"), ("", f" against {where}{reason}: {agreement}")]
    if verification["status"] == "skipped":
        return [("bold yellow", "○ not verified"), ("", f": {verification['reason']}")]
    if verification["torch"] is None:
        return [("bold red", "✗ failed"), ("", f": {verification['reason']}")]
    mismatches = len(verification["mismatches"])
    parted = "1 mismatch" if mismatches == 1 else f"{mismatches:,} mismatches"
    return [("bold red", "✗ failed"), ("", f" against {where}: {parted} in {count}")]


def mismatch_text(mismatch: dict[str, Any]) -> str:
    """'C1: output shape: expected 6×28×28, found 6×27×27'."""
    expected, found = map(_value_text, (mismatch["expected"], mismatch["found"]))
    place = mismatch["path"] or "the whole network"
    return f"{place}: {mismatch['quantity']}: expected {expected}, found {found}"


def witness_text(witness: dict[str, Any]) -> str:
    """What torchinfo says, and why, in one line."""
    if witness["status"] == "silent":
        return f"no second witness: {witness['reason']}"
    says = f"{witness['name']} {witness['version']} {witness['status']}"
    return f"second witness {says}: {witness['params']:,} parameters; {witness['reason']}"


def _value_text(value: object) -> str:
    from ..layers import format_shape

    if value is None:
        return "none"
    if isinstance(value, list):
        return format_shape(value)
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)
