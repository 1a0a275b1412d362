"""Which arrows are skip connections."""

from __future__ import annotations

from collections.abc import Sequence

from .boxes import Arrow, Box


def mark_skips(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> None:
    """Mark the arrows beside which the same value takes a longer way to the same box.

    A layer that only cuts or rearranges, such as the crop of a U-Net, is part of the way.
    """
    reads: dict[Box, list[Arrow]] = {box: [] for box in boxes}
    leaves: dict[Box | None, list[Arrow]] = {}
    for arrow in arrows:
        reads[arrow.target].append(arrow)
        leaves.setdefault(arrow.source, []).append(arrow)
    bit: dict[Box | None, int] = {None: 1}
    before: dict[Box | None, int] = {None: 0}
    for index, box in enumerate(boxes, start=1):
        bit[box] = 1 << index
        before[box] = 0
        for arrow in reads[box]:
            if not arrow.size_only:
                before[box] |= before[arrow.source] | bit[arrow.source]

    def ends_beside(arrow: Arrow, source: Box | None) -> bool:
        if any(
            other is not arrow and before[other.source] & bit[source]
            for other in reads[arrow.target]
        ):
            return True
        onward = leaves.get(arrow.target, [])
        passes = arrow.target.kind == "shape" and not arrow.target.closed and len(onward) == 1
        return passes and ends_beside(onward[0], source)

    for arrow in arrows:
        arrow.skip = not arrow.size_only and ends_beside(arrow, arrow.source)
