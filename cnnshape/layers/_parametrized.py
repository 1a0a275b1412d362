"""How layers of torch.nn whose weight is computed by torch.nn.utils are written in Python."""

from __future__ import annotations

from ._python import Python


def parametrized(plain: str, function: str, words: str) -> Python:
    """A function that makes the layer of torch.nn, and gives it a parametrization.

    Args:
        plain: torch.nn's class.
        function: of torch.nn.utils.parametrizations.
        words: what the weight is then.
    """
    name = f"{function}_{plain.lower()}"
    source = (
        f"def {name}(*arguments, **options):\n"
        f'    """{plain} whose weight is {words}."""\n'
        f"    layer = nn.{plain}(*arguments, **options)\n"
        f"    return nn.utils.parametrizations.{function}(layer)\n"
    )
    return Python(make=name, source=source)
