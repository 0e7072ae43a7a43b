"""Pictures agree with their stored mean and variance: a Z-test per block of pixels.

The variance of one sample comes from the reference, where it is well known, so a firefly in the
test's few samples cannot hide a bias by widening its own confidence interval.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from engine import images
from tests.images.references import FOLDER, SCENES, measure

SPP = 96
#: A lamp that is found by chance, off metal seen in black acrylic, has heavier tails than a normal
#: distribution: one such pixel of a block has been seen at 8.3 standard errors.
HEAVY = 2.0


def scores(name: str, mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """|z| of every block and channel against the stored reference."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as stored:
        variance = stored["variance"].astype(np.float64) * (1 / SPP + 1 / int(stored["spp"]))
        difference = mean - stored["mean"]
    # The known backdrop has no variance: there the rounding of float32 is all that may differ.
    z: npt.NDArray[np.float64] = np.abs(difference) / np.sqrt(variance + 1e-10)
    return z


def limit(count: int) -> float:
    """Sidak: one false alarm in a thousand runs over all blocks and channels together."""
    return float(stats.norm.isf((1 - (1 - 1e-3) ** (1 / count)) / 2))


@pytest.mark.parametrize("name", SCENES)
def test_picture_agrees_with_its_reference(name: str, tmp_path: Path) -> None:
    mean, _ = measure(SCENES[name](), SPP, seed=2)
    z = scores(name, mean)
    if z.max() >= limit(z.size):
        seen = np.clip(mean, 0, 1)
        for label, picture in (("picture", seen), ("score", np.clip(z / 10, 0, 1))):
            path = images.write(tmp_path / f"{name}-{label}.png", (255 * picture).astype(np.uint8))
            print(f"look at {path}")  # noqa: T201 pytest shows it with the failure
    assert z.max() < HEAVY * limit(z.size)
    # And no drift: the scores together are not larger than chance makes them.
    assert np.sqrt(np.square(z[z > 0]).mean()) < 1.25


def test_the_measure_sees_one_percent() -> None:
    mean, _ = measure(SCENES["solitaire"](), SPP, seed=2)
    z = scores("solitaire", mean * 1.01)
    assert z.max() > HEAVY * limit(z.size)
