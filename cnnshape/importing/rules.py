"""Rules by what each is for. No torch is needed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


class NamedRules(dict[str, R]):
    """Rules by the name of the function or operator that each is for."""

    def of(self, *names: str) -> Callable[[R], R]:
        """Decorate the rule of the functions or operators of these names."""

        def add(rule: R) -> R:
            self.update(dict.fromkeys(names, rule))
            return rule

        return add
