"""Boxes in space: height and depth are the map's size, thickness its channels."""

from .figure import draw

__all__ = ["draw"]
