"""What can be said of a network from its shapes alone: memory, receptive fields."""

from .memory import last_reads, peak_activation_elements
from .receptive_field import receptive_fields

__all__ = ["last_reads", "peak_activation_elements", "receptive_fields"]
