"""Feature maps to scale from left to right, as in figure 2 of LeCun et al. (1998)."""

from .figure import draw

__all__ = ["draw"]
