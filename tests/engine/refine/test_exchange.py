"""One pass against a plain numpy twin that visits every pair of pixels by itself."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
import torch

from engine.refine.exchange import POOL, Guide, Window, exchange

Array = npt.NDArray[np.float64]
Pixel = tuple[int, int]

SIZE = 9
WINDOW = Window(2, 2)


class Twin:
    """The pass as its docstring states it, one pixel at a time, in double precision."""

    def __init__(self, value: Array, variance: Array, guide: Guide) -> None:
        self.value, self.variance = value, variance
        self.part, self.open = guide.part.numpy(), guide.open.numpy()
        self.strict, self.samples = guide.strict.numpy(), guide.samples.numpy()
        self.threshold, self.pooling = guide.threshold.numpy(), guide.pooling.numpy()
        self.surface = guide.surface.numpy().astype(np.float64)
        self.pixels: list[Pixel] = [(y, x) for y in range(SIZE) for x in range(SIZE)]
        self.pooled = np.array([self.pool(p) for p in self.pixels]).reshape(SIZE, SIZE)

    def joined(self, p: Pixel, q: Pixel) -> bool:
        inside = all(0 <= i < SIZE for i in p + q)
        return inside and bool(self.part[p] == self.part[q] and self.open[p] and self.open[q])

    def pool(self, p: Pixel) -> float:
        around = product(range(-POOL, POOL + 1), repeat=2)
        near = [(p[0] + dy, p[1] + dx) for dy, dx in around]
        own = self.variance[:, p[0], p[1]].sum()
        kept = [self.variance[:, q[0], q[1]].sum() for q in near if self.joined(p, q)]
        mean = np.mean(kept) if kept else 0.0
        mixed = (self.samples[p] - 1) * own + self.pooling[p] * mean
        return float(max(own, mixed / (self.samples[p] - 1 + self.pooling[p])))

    def statistic(self, p: Pixel, q: Pixel) -> float:
        step = (q[0] - p[0], q[1] - p[1])
        if self.strict[p]:
            gap = (self.value[:3, p[0], p[1]] - self.value[:3, q[0], q[1]]) ** 2
            return float(gap.sum() / (2 * min(self.pooled[p], self.pooled[q])))
        apart, noise = 0.0, 0.0
        for dy, dx in product((-1, 0, 1), repeat=2):
            a = (p[0] + dy, p[1] + dx)
            b = (a[0] + step[0], a[1] + step[1])
            if self.joined(a, b):
                apart += ((self.value[:3, a[0], a[1]] - self.value[:3, b[0], b[1]]) ** 2).sum()
                noise += self.pooled[a] + self.pooled[b]
        return float(apart / noise)

    def weight(self, p: Pixel, q: Pixel) -> float:
        if not self.joined(p, q):
            return 0.0
        test = min(self.statistic(p, q) / self.threshold[p], 1)
        apart = min(
            float(((self.surface[:, p[0], p[1]] - self.surface[:, q[0], q[1]]) ** 2).sum()), 1
        )
        return float((1 - test**2) ** 2 * (1 - apart) ** 2)

    def run(self, independent: bool) -> tuple[Array, Array]:
        half = WINDOW.offsets()
        offsets = [*half, *((-dy, -dx) for dy, dx in half)]
        pairs = {
            (p, (p[0] + dy, p[1] + dx)): self.weight(p, (p[0] + dy, p[1] + dx))
            for p in self.pixels
            for dy, dx in offsets
        }
        total = {p: 1 + sum(w for (a, _), w in pairs.items() if a == p) for p in self.pixels}
        value, spread = self.value.copy(), np.zeros_like(self.variance)
        for p in self.pixels:
            share = {q: w / max(total[p], total[q]) for (a, q), w in pairs.items() if a == p and w}
            own = 1 - sum(share.values())
            for q, a in share.items():
                value[:, p[0], p[1]] += a * (self.value[:, q[0], q[1]] - self.value[:, p[0], p[1]])
            errors = [(own, self.variance[:, p[0], p[1]])]
            errors += [(a, self.variance[:, q[0], q[1]]) for q, a in share.items()]
            shares = np.array([a for a, _ in errors])[:, None]
            found = np.stack([v for _, v in errors])
            factors = shares**2 if independent else shares
            spread[:, p[0], p[1]] = (factors * found).sum(axis=0)
        return value, spread


@pytest.mark.parametrize("independent", [True, False])
def test_a_pass_is_what_its_docstring_says(independent: bool) -> None:
    rng = np.random.default_rng(4)
    value = torch.from_numpy(rng.normal(1, 0.3, (4, SIZE, SIZE)).astype(np.float32))
    variance = torch.from_numpy(rng.gamma(2, 0.05, (3, SIZE, SIZE)).astype(np.float32))
    columns = torch.arange(SIZE).expand(SIZE, SIZE)
    guide = Guide(
        part=(columns > 5).to(torch.int32),
        surface=torch.from_numpy(rng.normal(0, 0.2, (2, SIZE, SIZE)).astype(np.float32)),
        open=torch.from_numpy(rng.random((SIZE, SIZE)) < 0.9),
        threshold=torch.where(columns > 5, 2.0, 3.0),
        strict=columns > 5,
        pooling=torch.where(columns > 5, 4.0, 20.0),
        samples=torch.full((SIZE, SIZE), 8.0),
    )
    found = exchange(value, variance, guide, WINDOW, independent)
    twin = Twin(value.numpy().astype(np.float64), variance.numpy().astype(np.float64), guide)
    for fast, plain in zip(found, twin.run(independent), strict=True):
        assert fast.numpy() == pytest.approx(plain, rel=2e-4, abs=1e-6)
    assert not torch.allclose(found[0], value, atol=0.05)


def test_a_window_names_one_of_each_pair_of_opposite_neighbours() -> None:
    offsets = Window(3, 4).offsets()
    both = {*offsets, *((-dy, -dx) for dy, dx in offsets)}
    assert len(both) == 2 * len(offsets)
    assert (0, 0) not in both
    assert all(dy % 3 == 0 and dx % 3 == 0 for dy, dx in both)
    assert {(0, 12), (0, -12), (12, 0), (-12, 0)} <= both
