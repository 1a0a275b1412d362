"""The handwritten digits that scikit-learn carries: 1,797 of 8×8 pixels with 16 grey levels.

Source: Alpaydin and Kaynak, 1998, "Optical Recognition of Handwritten Digits", UCI Machine
Learning Repository; these are its test set.
"""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ...packages import install_line
from .dataset import ArrayImages, Data, DataError, Drawing
from .split import take_every

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZE = 8
LEVELS = 16
"""The brightest value of a pixel; 0 is the ground."""
MARGIN = 1
"""Empty pixels put around each: the digits fill their 8×8 to the edge, where a convolution
without padding hardly looks."""
TEST_EVERY = 5


def load_digits() -> Data:
    """The set: of each class, every fifth image in the set's own order is for the test.

    Raises:
        DataError: scikit-learn is not there, or does not carry the file.
    """
    import numpy as np

    table = _read_table()
    pixels = np.rint(table[:, :-1] * (255 / LEVELS)).astype(np.uint8).reshape(-1, 1, SIZE, SIZE)
    pixels = np.pad(pixels, ((0, 0), (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    labels = table[:, -1].astype(np.int64)
    train, test = take_every(labels, TEST_EVERY)
    drawing = Drawing(SIZE)
    return Data(
        "digits",
        tuple("0123456789"),
        ArrayImages(pixels[train], labels[train], drawing),
        ArrayImages(pixels[test], labels[test], drawing),
        (
            f"digits: {len(train):,} training and {len(test):,} test images of {SIZE}×{SIZE} "
            f"pixels; of each class, every {TEST_EVERY}th is for the test",
            f"an empty pixel is put around each: they fill their {SIZE}×{SIZE} to the edge",
        ),
    )


def _read_table() -> NDArray[np.int64]:
    """64 pixels and a label a row.

    The file is read where it lies in the package: to import scikit-learn for it would take
    longer than everything else before the first step of training.
    """
    import numpy as np

    spec = find_spec("sklearn")
    for folder in (spec and spec.submodule_search_locations) or ():
        try:
            with gzip.open(Path(folder, "datasets", "data", "digits.csv.gz"), "rt") as text:
                table = np.loadtxt(text, delimiter=",", dtype=np.int64)
        except (OSError, EOFError, ValueError):
            continue
        if table.shape[1:] == (SIZE * SIZE + 1,):
            return table
    raise DataError(
        f"the digits are scikit-learn's, and it is not whole here; "
        f"help: {install_line('scikit-learn')}"
    )
