"""Timings, each printed with its peer measured in the same run. Nothing is asserted here."""
