"""Where a network can be run, and how much memory there is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis import peak_activation_elements
from ..network import BYTES_PER_ELEMENT
from .faults import DeviceError

if TYPE_CHECKING:
    import torch

    from ..network import Network

AUTO = "auto"


def resolve_device(name: str) -> torch.device:
    """The device of this name: 'cpu', 'cuda', 'cuda:1', 'mps' or 'meta'.

    Raises:
        DeviceError: no such device, or torch cannot use it here.
    """
    import torch

    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    present = available_devices()
    if device is not None and str(device) in present:
        return device
    raise DeviceError(f"there is no device {name!r} here: choose from {', '.join(present)}")


def available_devices() -> tuple[str, ...]:
    """The names of the devices that torch can use here; 'meta' computes shapes only."""
    import torch

    found = ["cpu"]
    if torch.cuda.is_available():
        found += ["cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "meta")


def memory_needed(network: Network, batch: int) -> int:
    """Bytes that a run in float32 takes, estimated on the safe side.

    All parameters and buffers, the most activations that are alive at once, and the same
    again for what convolutions copy: the largest layer's weights and its activations in
    the order that their kernels want.
    """
    held = sum(node.params + node.buffers for node in network.layers)
    largest = max((node.params for node in network.layers), default=0)
    activations = batch * peak_activation_elements(network)
    return BYTES_PER_ELEMENT * (held + largest + 2 * activations)


def free_memory() -> int | None:
    """Bytes of main memory that a process can still take; None: the system does not say.

    The least of what the machine has available, what each control group that the process is in
    leaves, and what its own limit (`ulimit -v`) does.
    """
    limits = [_available_on_machine(), _left_in_limit(), *map(_left_in_group, _control_groups())]
    return min((limit for limit in limits if limit is not None), default=None)


def free_memory_of(device: torch.device | None) -> int | None:
    """Bytes that are free on a device, or, for None, on the processor's side; None: not known."""
    if device is not None and device.type == "cuda":
        import torch

        return torch.cuda.mem_get_info(device)[0]
    return free_memory()


def shortage(
    network: Network, batch: int, *, times: float = 1, device: torch.device | None = None
) -> str:
    """'about 76.8 GB of memory, and 21.8 GB are free': what a run lacks; '' where it fits.

    Everything that runs a network asks here first. An allocation beyond what is free may succeed
    all the same, and the process is killed where it writes there.

    Args:
        network: what is to be run.
        batch: samples in the run; 0 asks for the weights alone.
        times: how many such runs, in float32, stand in memory at once.
        device: where it is; None: main memory.
    """
    needed, free = int(times * memory_needed(network, batch)), free_memory_of(device)
    if free is None or needed <= free:
        return ""
    return f"about {readable_bytes(needed)} of memory, and {readable_bytes(free)} are free"


def _available_on_machine() -> int | None:
    for line in (_text(Path("/proc/meminfo")) or "").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _left_in_limit() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    used = (_text(Path("/proc/self/statm")) or "").partition(" ")[0]
    if limit == resource.RLIM_INFINITY or not used:
        return None
    return max(0, limit - int(used) * resource.getpagesize())


def _control_groups() -> list[Path]:
    """The folders of the process's own memory control group and of those around it."""
    folders = []
    for line in (_text(Path("/proc/self/cgroup")) or "").splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers in ("", "memory"):
            root = Path("/sys/fs/cgroup") / controllers
            folder = root / group.lstrip("/")
            folders += [folder, *(outer for outer in folder.parents if outer.is_relative_to(root))]
    return folders


def _left_in_group(folder: Path) -> int | None:
    for limit_file, used_file in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit, used = _text(folder / limit_file), _text(folder / used_file)
        if limit is not None and used is not None and limit.isdigit():
            return max(0, int(limit) - int(used) + _reclaimable(folder))
    return None


def _reclaimable(folder: Path) -> int:
    """Bytes of a group's use that are copies of files and are given up when memory is short."""
    for line in (_text(folder / "memory.stat") or "").splitlines():
        name, _, value = line.partition(" ")
        if name == "inactive_file":
            return int(value)
    return 0


def _text(file: Path) -> str | None:
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None


def readable_bytes(count: int) -> str:
    """'1.5 GB'; decimal units."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 999.5:  # which three digits round to 1,000
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"
