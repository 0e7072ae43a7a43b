"""One pass of averages: what the sums are, pair by pair, and what they keep."""

from __future__ import annotations

import math

import pytest
import torch

from engine.refine.window import AROUND, FAR, MOST, TESTS, TINY, Advice, Pixels, Window


def random_pixels(size: tuple[int, int] = (9, 11), parts: int = 2, seed: int = 0) -> Pixels:
    g = torch.Generator().manual_seed(seed)
    return Pixels(
        light=torch.rand(1, 3, *size, generator=g),
        noise=0.05 + torch.rand(1, 1, *size, generator=g),
        embedded=torch.rand(1, 2, *size, generator=g),
        part=torch.randint(0, parts, (1, 1, *size), generator=g, dtype=torch.int32),
        sequence=torch.randint(0, 2, (1, 1, *size), generator=g, dtype=torch.int32),
    )


def told(window: Window, size: tuple[int, int], seed: int = 1) -> Advice:
    g = torch.Generator().manual_seed(seed)
    trust = torch.randn(1, window.taps, *size, generator=g)
    strict = torch.rand(1, TESTS, *size, generator=g)
    standing, wary = torch.rand(1, 2, *size, generator=g).split(1, 1)
    return Advice(trust, strict, standing, wary)


PATCH = tuple((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1))


def compared(pixels: Pixels, one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """Squared difference and noise of two pixels; nothing where they may not be compared."""
    height, width = pixels.part.shape[-2:]
    if not all(0 <= y < height and 0 <= x < width for y, x in (one, other)):
        return 0.0, 0.0
    (y, x), (v, u) = one, other
    if pixels.part[0, 0, y, x] != pixels.part[0, 0, v, u]:
        return 0.0, 0.0
    gap = ((pixels.light[0, :, v, u] - pixels.light[0, :, y, x]) ** 2).sum()
    return float(gap), float(pixels.noise[0, 0, v, u] + pixels.noise[0, 0, y, x])


def standing(advice: Advice, noise: torch.Tensor, y: int, x: int) -> float:
    """Of one pixel, from its noise and that of those around it."""
    half = AROUND // 2
    near = noise[0, 0, max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]
    mean = float(near.sum()) / AROUND**2
    excess = max(0.0, math.log(float(noise[0, 0, y, x]) / mean))
    free, wary = (float(plane[0, 0, y, x]) for plane in (advice.standing, advice.wary))
    return math.exp(max(-MOST, min(MOST, free - wary * excess)))


def slowly(
    window: Window, advice: Advice, pixels: Pixels, y: int, x: int
) -> tuple[torch.Tensor, float]:
    """Light and noise of one pixel, neighbour by neighbour, as the module's text has it."""
    height, width = pixels.part.shape[-2:]
    offsets = [(0, 0)]
    for dy, dx in window.offsets():
        offsets += [(dy, dx), (-dy, -dx)]
    total, light, noise = 0.0, torch.zeros(3), 0.0
    for tap, (dy, dx) in enumerate(offsets):
        v, u = y + dy, x + dx
        if not (0 <= v < height and 0 <= u < width):
            continue
        if pixels.part[0, 0, v, u] != pixels.part[0, 0, y, x]:
            continue
        upper = (y, x) if (dy, dx) >= (0, 0) else (v, u)
        s = advice.strict[0, :, upper[0], upper[1]]
        gap, spread = compared(pixels, (y, x), (v, u))
        pairs = [compared(pixels, (y + i, x + j), (v + i, u + j)) for i, j in PATCH]
        wider = sum(g for g, _ in pairs) / (sum(s for _, s in pairs) + TINY)
        known = ((pixels.embedded[0, :, v, u] - pixels.embedded[0, :, y, x]) ** 2).sum()
        facets = float(pixels.sequence[0, 0, v, u] != pixels.sequence[0, 0, y, x])
        alone = min(gap / (spread + TINY), FAR)
        apart = s[0] * facets + s[1] * alone + s[2] * min(wider, FAR) + s[3] * known
        weight = math.exp(advice.trust[0, tap, y, x] - apart)
        weight *= standing(advice, pixels.noise, v, u)
        total += weight
        light = light + weight * pixels.light[0, :, v, u]
        noise += weight**2 * float(pixels.noise[0, 0, v, u])
    return light / total, noise / total**2


@pytest.mark.parametrize("window", [Window(3, 1), Window(3, 2), Window(5, 1)])
def test_every_pixel_is_the_mean_that_it_should_be(window: Window) -> None:
    pixels = random_pixels()
    advice = told(window, (9, 11))
    light, noise = window.average(advice, pixels)
    for y in range(9):
        for x in range(11):
            expected, spread = slowly(window, advice, pixels, y, x)
            torch.testing.assert_close(light[0, :, y, x], expected)
            assert float(noise[0, 0, y, x]) == pytest.approx(spread, rel=1e-5)


def test_even_light_stays_even_and_results_lie_between_what_was_traced() -> None:
    window = Window(3, 2)
    advice = told(window, (9, 11))
    pixels = random_pixels(parts=1)
    light, _ = window.average(advice, pixels)
    assert float(light.min()) >= float(pixels.light.min())
    assert float(light.max()) <= float(pixels.light.max())
    even = Pixels(torch.full_like(pixels.light, 0.7), *pixels_but_light(pixels))
    torch.testing.assert_close(window.average(advice, even)[0], even.light)


def test_no_light_crosses_from_part_to_part() -> None:
    window, size = Window(3, 2), (12, 12)
    pixels = random_pixels(size)
    left = (torch.arange(12) < 6).to(torch.int32).expand(1, 1, 12, 12)
    split = Pixels(pixels.light, pixels.noise, pixels.embedded, left, pixels.sequence)
    advice = told(window, size)
    before = window.average(advice, split)[0]
    brighter = torch.where(left > 0, pixels.light, pixels.light + 100)
    after = window.average(advice, Pixels(brighter, *pixels_but_light(split)))[0]
    # What lies beyond has a part in patches, so in weights: differences there are the same but for
    # rounding.
    torch.testing.assert_close(before[..., :6], after[..., :6], rtol=1e-4, atol=1e-4)
    assert float((after - before)[..., 6:].min()) > 99


def test_a_strict_test_of_facets_keeps_them_apart() -> None:
    window = Window(3, 1)
    pixels = random_pixels(parts=1)
    advice = told(window, (9, 11))
    advice.strict[:, 0], advice.strict[:, 2] = 1e3, 0.0  # patches hold pixels of both
    light, _ = window.average(advice, pixels)
    moved = torch.where(pixels.sequence > 0, pixels.light + 10, pixels.light)
    again, _ = window.average(advice, Pixels(moved, *pixels_but_light(pixels)))
    same = (pixels.sequence == 0).expand_as(light)
    torch.testing.assert_close(light[same], again[same])


def test_an_outlier_of_little_standing_makes_no_spot() -> None:
    window, size = Window(3, 1), (9, 9)
    pixels = random_pixels(size, parts=1)
    light, noise = torch.full_like(pixels.light, 0.5), torch.full_like(pixels.noise, 0.01)
    light[..., 4, 4], noise[..., 4, 4] = 50.0, 2000.0
    spot = Pixels(light, noise, torch.zeros_like(pixels.embedded), *pixels_but_light(pixels)[2:])
    found = {}
    for wary in (0.0, 4.0):
        flat = (torch.zeros(1, count, *size) for count in (window.taps, TESTS, 1))
        advice = Advice(*flat, torch.full((1, 1, *size), wary))
        found[wary] = float(window.average(advice, spot)[0].amax())
    assert found[0.0] > 5
    assert found[4.0] < 0.6


def pixels_but_light(pixels: Pixels) -> tuple[torch.Tensor, ...]:
    return pixels.noise, pixels.embedded, pixels.part, pixels.sequence
