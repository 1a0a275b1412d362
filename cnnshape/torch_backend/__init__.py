"""The torch side: a network as a real module, and what PyTorch shows of it.

Importing this package does not import torch. Those of its files that define a torch class
(`network_module`, `counting`, `initialisation`) do; functions import them when they run.
"""

from .build import build
from .faults import BuildError, DeviceError
from .report import Mismatch, Report
from .verification import verify
from .witness import Witness

__all__ = ["BuildError", "DeviceError", "Mismatch", "Report", "Witness", "build", "verify"]
