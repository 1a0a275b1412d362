"""The interactive page: a network as one HTML file that needs nothing else."""

from .page import to_page

__all__ = ["to_page"]
