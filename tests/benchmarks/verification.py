"""Live verification of LeNet-5: what it costs beyond `import torch`, in a process each."""

from .measure import alternate, process

IMPORT = "import torch"
VERIFY = """
import torch
import cnnshape
report = cnnshape.verify(cnnshape.load("lenet5"), device="cpu")
assert report.status == "passed", report
"""


def main(times: int = 7) -> None:
    """Print the medians and their difference."""
    bare, verified = alternate(
        [lambda: process(("-c", IMPORT)).seconds, lambda: process(("-c", VERIFY)).seconds], times
    )
    print(f"import torch                 {bare:6.3f} s")
    print(f"and a verification of lenet5 {verified:6.3f} s")
    print(f"difference                   {verified - bare:6.3f} s  (asked: 0.4)")
