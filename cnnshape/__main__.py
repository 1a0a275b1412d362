"""``python -m cnnshape``: the same as the ``cnnshape`` command."""

from .commands import main

if __name__ == "__main__":
    main()
