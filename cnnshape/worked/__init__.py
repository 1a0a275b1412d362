"""Layers worked out number by number: every step, and every product of it."""
