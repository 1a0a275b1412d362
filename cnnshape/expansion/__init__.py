"""A Spec becomes a Network: blocks expanded, shapes and costs computed, faults collected.

A block for given arguments and given incoming shapes is always the same list of layers, so
it is expanded once, into a template with relative paths, and stamped wherever it is used.
In the same way an entry for given shapes is analysed once; alike layers share one Op.

A value whose shape is unknown, because a fault stands before it, has the shape None; what
reads it is passed over in silence, so that each fault is reported once and independent
faults are all found.
"""

from .network import expand, shape_doubt, shape_problem

__all__ = ["expand", "shape_doubt", "shape_problem"]
