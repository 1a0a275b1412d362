"""What was probably meant by a faulty spec: tried before it is told.

For each fault there are candidates: the words of other libraries, slips of the hand, a name that
is nearly right, an input with its batch or with its channels last. Each is put into the text, and
the text is read again; only what cures its fault becomes help.
"""

from .trying import suggested

__all__ = ["suggested"]
