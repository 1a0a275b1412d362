"""The nets that ship with cnnshape, by name and variant, and their sizes (`catalogue.py`)."""

from .entries import Entry, UnknownNet, find, names, nets, resolve

__all__ = ["Entry", "UnknownNet", "find", "names", "nets", "resolve"]
