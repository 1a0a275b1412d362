"""Where cnnshape keeps what it need not make or fetch twice: verdicts and data sets."""

from __future__ import annotations

import os

FOLDER_VARIABLE = "CNNSHAPE_CACHE_DIR"
"""The environment variable that names the cache's folder in the place of the user's own."""


def cache_folder() -> str:
    """The cache's folder, which need not be there yet."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return named
    from platformdirs import user_cache_dir

    return user_cache_dir("cnnshape", appauthor=False)
