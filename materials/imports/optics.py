"""What a file of optical constants says, before it is a material."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from materials.index_at import between

#: What a renderer looks at, nm.
VISIBLE = (360.0, 830.0)

#: Files of optical constants are larger than materials: they cover decades of wavelength.
MOST_BYTES = 2 * 1024 * 1024

MOST_ROWS = 50_000


class Unseen(ValueError):
    """What was measured lies outside the visible."""


@dataclass(frozen=True)
class Samples:
    """Values at increasing wavelengths, nm in vacuum; linear between them, held beyond."""

    nm: tuple[float, ...]
    value: tuple[float, ...]

    def at(self, nm: float) -> float:
        """The value at a wavelength."""
        return between(self.nm, self.value, nm)

    def visible(self) -> Samples:
        """What lies in the visible, and one sample beyond each end."""
        first = max(bisect_left(self.nm, VISIBLE[0]) - 1, 0)
        last = min(bisect_left(self.nm, VISIBLE[1]) + 1, len(self.nm))
        return Samples(self.nm[first:last], self.value[first:last])


@dataclass(frozen=True)
class Optics:
    """n, perhaps k, and where they are from.

    sellmeier : the fields of an index of that model, without evidence and source, where the file
    gives such a formula; then `n` samples it. notes : what was guessed or left out.
    """

    n: Samples
    k: Samples | None
    evidence: str
    source: str
    sellmeier: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()


def samples(nm: Sequence[float], value: Sequence[float]) -> Samples:
    """Samples in increasing order; of equal wavelengths the first counts.

    Raises ValueError where there are fewer than two, `Unseen` where none is in the visible.
    """
    order = sorted(range(len(nm)), key=lambda i: nm[i])
    kept = [i for at, i in enumerate(order) if at == 0 or nm[i] > nm[order[at - 1]]]
    made = Samples(tuple(nm[i] for i in kept), tuple(value[i] for i in kept))
    if len(kept) < 2:
        raise ValueError("it holds fewer than two wavelengths")
    if made.nm[-1] <= VISIBLE[0] or made.nm[0] >= VISIBLE[1]:
        raise Unseen(
            f"its wavelengths, {made.nm[0]:.4g} to {made.nm[-1]:.4g} nm, lie outside the visible, "
            f"{VISIBLE[0]:.0f} to {VISIBLE[1]:.0f} nm"
        )
    return made
