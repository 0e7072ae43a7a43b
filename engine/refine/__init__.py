"""Refining: less noise in frames, nothing moved and nothing invented; the only home of torch.

`refine` is the stage. It uses a `Refiner`; the only one so far is the statistical filter `welch`,
which needs no weights. Torch is loaded with the first frame that is refined.
"""

from engine.refine.refiner import REFINERS, Refiner
from engine.refine.stage import refine as refine

__all__ = ["REFINERS", "Refiner", "refine"]
