"""Refining: less noise in frames, nothing moved and nothing invented; the only home of torch.

`refine` is the stage. It uses a `Refiner`: `neural`, a small network that says how neighbours are
to be averaged (`network`, `window`, `restore`) and is held to a contract (`contract`), or `welch`,
a statistical filter that has learned nothing. Both refine what the frame's sketch leaves (`rest`);
benchmarks/README.md has the figures. Torch is loaded with the first frame that is refined.

The network is trained by `python -m engine.refine.train` on what `scenes.training` makes.
"""

from engine.refine.refiner import REFINERS, Refiner
from engine.refine.stage import refine as refine

__all__ = ["REFINERS", "Refiner", "refine"]
