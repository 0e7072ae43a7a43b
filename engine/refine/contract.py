"""The fidelity contract: what a refined frame may differ in from what was traced, checked.

1. Stones stay inside an interval that their own samples and those of their neighbours set.
2. Each part keeps its light: within 1 %, or within three standard errors of what was traced.
3. Facets keep their edges: contrast across them is at least 0.9 of what was traced.
4. Alpha, parts and the shadow layer are what they were.

The interval is kept by force (`bounded`), the rest is told, and where it is broken the frame is
refined by the statistical filter instead (`engine.refine.neural`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.refine.energy import per_part, seen_parts
from engine.refine.planes import Planes
from engine.types import Frame

#: Half the interval's width, in standard errors of a pixel's pooled noise, and in units of its
#: luminance (estimated; `benchmarks.quality.contract` tells what it holds).
DEVIATIONS, RELATIVE = 2.5, 0.05
#: Most change of a part's light, relative and in standard errors.
ENERGY, ERRORS = 0.01, 3.0
#: Least contrast that facets keep, of what was traced.
CONTRAST = 0.9
#: Least contrast of facets, in units of its own noise, that can be judged.
JUDGED = 4.0


@dataclass(frozen=True)
class Fidelity:
    """How a refined frame keeps the contract.

    bounded  : share of the stones' pixels that had to be brought back into their interval.
    energy   : part -> (relative change of its light, most that is allowed).
    contrast : across facet edges, of what was traced; None where noise hides it.
    kept     : whether all holds.
    """

    bounded: float
    energy: Mapping[int, tuple[float, float]]
    contrast: float | None
    kept: bool

    def told(self) -> dict[str, Any]:
        """JSON values for the provenance."""
        rows = {str(p): [float(f"{v:.3g}") for v in pair] for p, pair in self.energy.items()}
        return {**asdict(self), "energy": rows}


def interval(planes: Planes) -> tuple[Tensor, Tensor]:
    """[B, 3, H, W] lowest and highest light that a stone's pixel may show."""
    light = planes.whole
    half = DEVIATIONS * (planes.noise + planes.doubt).sqrt() + RELATIVE * light.abs()
    return light - half, light + half


def bounded(refined: Tensor, planes: Planes) -> tuple[Tensor, float]:
    """`refined`, brought back into its interval in stones, and in what share of their pixels."""
    stone = planes.stone
    low, high = interval(planes)
    inside = torch.minimum(torch.maximum(refined, low), high)
    moved = ((inside != refined).any(1, keepdim=True) & stone).sum()
    return torch.where(stone, inside, refined), float(moved / stone.sum().clamp(min=1))


def fidelity(before: Frame, after: Frame, share: float) -> Fidelity:
    """Check points 2 and 3. share : as `bounded` returned it."""
    energy = _energy(before, after)
    contrast = _contrast(before, after)
    kept = all(abs(change) <= most for change, most in energy.values())
    kept &= contrast is None or contrast >= CONTRAST
    return Fidelity(share, energy, contrast, kept)


def _energy(before: Frame, after: Frame) -> dict[int, tuple[float, float]]:
    """Part -> relative change of its luminance, and the most that is allowed."""
    old, new, variance = (
        per_part(before, image) for image in (before.xyz, after.xyz, before.variance)
    )
    found = {}
    for part, was, is_, spread in zip(seen_parts(before), old, new, variance, strict=True):
        if was > 0:
            allowed = max(ENERGY, ERRORS * float(np.sqrt(spread) / was))
            found[int(part)] = (float(is_ / was - 1), allowed)
    return found


def _contrast(before: Frame, after: Frame) -> float | None:
    """Slope of the refined steps over the traced ones across facet edges, noise taken out.

    What noise is left in both makes it too large, never too small.
    """
    along, across, noise = 0.0, 0.0, 0.0
    for axis in (0, 1):
        edge = edges(before, axis)
        old, new = (np.diff(image[..., 1].astype(np.float64), axis=axis)[edge] for image in
                    (before.xyz, after.xyz))  # fmt: skip
        spread = before.variance[..., 1].astype(np.float64)
        both = _shifted(spread, axis, 0) + _shifted(spread, axis, 1)
        along, across = along + float((old * new).sum()), across + float((old * old).sum())
        noise += float(both[edge].sum())
    signal = across - noise
    if signal <= noise * JUDGED / 2 or signal <= 0:
        return None
    return along / signal


def edges(frame: Frame, axis: int) -> Any:
    """Whether two neighbours along `axis` show different facets of one stone; as `np.diff` counts.

    The frame must know what lies behind its facets.
    """
    features = frame.features
    assert features.behind is not None, "edges of facets need what lies behind them"
    images = features.part, features.behind.sequence, features.stone > 0.5
    pairs = [(_shifted(image, axis, 0), _shifted(image, axis, 1)) for image in images]
    return (pairs[0][0] == pairs[0][1]) & (pairs[1][0] != pairs[1][1]) & pairs[2][0] & pairs[2][1]


def _shifted(image: Any, axis: int, by: int) -> Any:
    length = image.shape[axis] - 1
    return np.take(image, range(by, by + length), axis)
