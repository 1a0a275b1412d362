"""Definitions that an export takes over from a source."""

from __future__ import annotations

from cnnshape.layers._python import Python

SOURCE = '''"""A file."""

import torch

LIMIT = 3
# Why it is so.
@torch.no_grad()
@staticmethod
def helper(x):
    """Text.


    With two blank lines, and class Fake( in it.
    """
    return x

# Of the file, not of the class.

@final
class Doubled(Base): x = 1
class Other(Base):
    y = 2
'''


def test_a_definition_is_whole_however_it_is_laid_out() -> None:
    helper, doubled, other = Python(make="Doubled", source=SOURCE).definitions()
    assert helper.startswith("# Why it is so.\n@torch.no_grad()\n@staticmethod\ndef helper(x):\n")
    assert helper.endswith("    return x")
    assert doubled == "@final\nclass Doubled(Base): x = 1"
    assert other == "class Other(Base):\n    y = 2"


def test_without_a_source_there_are_none() -> None:
    assert Python().definitions() == []
