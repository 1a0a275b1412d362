"""What a run does, as data: enough to begin it, or to go on with it elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .recipe import Recipe


@dataclass(frozen=True)
class Plan:
    """What a run does: all that is needed to begin it, or to go on with it, elsewhere.

    Attributes:
        spec: the network's text.
        recipe: settled.
        seed: of every draw.
        data_dir: where the user keeps data sets, or None.
        strict: whether a broken image ends the run.
        device: the kind of device, such as 'cpu' or 'cuda'.
        precision: 'float32' or 'bfloat16', which is mixed.
        compile: whether torch.compile makes the network faster.
        threads: of the CPU. Another number would round otherwise.
        workers: processes that read images, where they do not fit into memory.
        plugins: files that define layer types.
        samples: of the training set and the test set, by which it is known again.
        classes: their names.
        data: a digest of the data set, by which it is known again: see `digest_of_data`.
    """

    spec: str
    recipe: Recipe
    seed: int
    data_dir: str | None
    strict: bool
    device: str
    precision: str
    compile: bool
    threads: int
    workers: int
    plugins: tuple[str, ...]
    samples: tuple[int, int]
    classes: tuple[str, ...]
    data: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as JSON holds it."""
        return {**asdict(self), "recipe": self.recipe.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Plan:
        """The plan of plain data that `check_plan` has found whole."""
        return cls(
            **{
                **values,
                "recipe": Recipe.from_dict(values["recipe"]),
                **{key: tuple(values[key]) for key in ("plugins", "samples", "classes")},
            }
        )
