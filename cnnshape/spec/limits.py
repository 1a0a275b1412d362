"""How large a spec may be. Stated in docs/spec.md; a spec beyond a limit is a SpecError.

They stand far above every known architecture, and keep each hostile file below a second
and 200 MB.
"""

FILE_BYTES = 1 << 20
"""Bytes of one file."""
YAML_NODES = 120_000
"""YAML nodes (scalars, lists, mappings), with every alias counted in full."""
YAML_DEPTH = 48
"""How deep lists and mappings may nest, aliases followed."""
INTEGER = 2**40
"""The largest whole number, written or computed."""
ELEMENTS = 2**62
"""The most elements that one tensor, or one layer's parameters, may have."""
EXPRESSION_CHARACTERS = 500
"""Characters of one expression."""
EXPRESSION_DEPTH = 40
"""How deep operations may nest in one expression."""
LIST = 1_000
"""Elements of a list, or characters of a text, that is an argument; lists and texts inside
a list are counted in full."""
WORK = 2_000_000
"""Values that the expressions and arguments of one spec make, with every repeat."""
NAME_CHARACTERS = 100
"""Characters of a layer's name."""
PATH_CHARACTERS = 1_000
"""Characters of a layer's path: its name and those of all that it stands in."""
PARAMS = 200
"""Parameters of a spec, or of one block."""
LAYERS = 20_000
"""Layers of a network after blocks and repeats are expanded."""
STEPS = 40_000
"""Entries looked at while expanding: layers, blocks, groups, and those left out by when."""
BLOCK_DEPTH = 32
"""How deep blocks may use blocks."""
STAMPED = 200_000
"""Layers copied from blocks into blocks, counted at every level."""
FAULTS = 50
"""Faults after which reading stops; warnings that are kept."""
