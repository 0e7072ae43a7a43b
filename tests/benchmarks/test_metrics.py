"""The metrics, against flip-evaluator and against numbers worked out by hand."""

from __future__ import annotations

import flip_evaluator
import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.kit.metrics import WIDER, Yardstick, masks, opaque, trimmed
from engine import trace
from engine.optics import REC709_TO_XYZ, XYZ_TO_REC709
from tests.engine.trace.pieces import band, brilliant, joined, placed, scene

Image = npt.NDArray[np.float32]


def flat(value: float, size: tuple[int, int] = (20, 50)) -> Image:
    """XYZ of a grey of that linear Rec. 709 value, [H, W, 3]."""
    return np.full((*size, 3), value, dtype=np.float32) @ REC709_TO_XYZ.T.astype(np.float32)


def everywhere(image: Image) -> dict[str, npt.NDArray[np.bool_]]:
    return {"all": np.ones(image.shape[:2], dtype=bool)}


def test_relmse_by_hand() -> None:
    """Grey 0.5 seen as 0.6: 0.01 / (0.25 + 0.01), whatever the number of channels."""
    reference = flat(0.5)
    error = Yardstick(reference).errors(flat(0.6), everywhere(reference))["all"]
    assert error.relmse == pytest.approx(0.1**2 / (0.5**2 + 0.01), rel=1e-5)


def test_relmse_is_a_mean_over_channels() -> None:
    reference = flat(0.5)
    rgb = reference @ XYZ_TO_REC709.T
    rgb[..., 2] += 0.3
    picture = (rgb @ REC709_TO_XYZ.T).astype(np.float32)
    error = Yardstick(reference).errors(picture, everywhere(reference))["all"]
    assert error.relmse == pytest.approx(0.3**2 / 3 / (0.5**2 + 0.01), rel=1e-4)


def test_relmse_leaves_one_pixel_of_a_thousand_out() -> None:
    reference = flat(0.5)
    picture = reference.copy()
    picture[3, 4] = 1e4
    stick = Yardstick(reference)
    assert stick.errors(picture, everywhere(reference))["all"].relmse < 1e-9
    picture[3, 5] = flat(0.6)[3, 5]
    one = stick.errors(picture, everywhere(reference))["all"].relmse
    assert one == pytest.approx(0.1**2 / 0.26 / 999, rel=1e-4)


def test_trimming_keeps_small_masks_whole() -> None:
    assert trimmed(np.array([1.0, 3.0], dtype=np.float32)) == 2.0
    many = np.arange(1, 2001, dtype=np.float32)
    assert trimmed(many) == pytest.approx(1998 * 1999 / 2 / 1998)


def test_chroma_by_hand() -> None:
    """Equal-energy white is u'v' (4, 9) / 19; XYZ (1, 1, 2) is (4, 9) / 22: weights 1 and 3."""
    reference = np.ones((8, 8, 3), dtype=np.float32)
    reference[4:] *= 3
    picture = reference.copy()
    picture[4:, :, 2] *= 2
    error = Yardstick(reference).errors(picture, everywhere(reference))["all"]
    apart = np.hypot(4 / 19 - 4 / 22, 9 / 19 - 9 / 22)
    assert error.chroma == pytest.approx(apart * 3 / 4, rel=1e-6)


def test_a_black_pixel_has_the_hue_of_white() -> None:
    reference = np.ones((8, 8, 3), dtype=np.float32)
    error = Yardstick(reference).errors(np.zeros_like(reference), everywhere(reference))["all"]
    assert error.chroma == pytest.approx(0.0, abs=1e-12)


def noisy(seed: int) -> Image:
    """A gradient over three decades with noise, XYZ."""
    rng = np.random.default_rng(seed)
    base = np.logspace(-2, 1, 48)[None, :, None] * np.ones((40, 1, 3))
    rgb = base * rng.gamma(20, 1 / 20, base.shape)
    image: Image = (rgb @ REC709_TO_XYZ.T).astype(np.float32)
    return image


def test_flip_is_flip_evaluators() -> None:
    reference, picture = noisy(1), noisy(2)
    rgb = [np.maximum(i @ XYZ_TO_REC709.T, 0).astype(np.float32) for i in (reference, picture)]
    theirs, mean, _ = flip_evaluator.evaluate(*rgb, "HDR", applyMagma=False)
    left = np.zeros((40, 48), dtype=bool)
    left[:, :20] = True
    errors = Yardstick(reference).errors(picture, {"all": ~left | left, "left": left})
    assert errors["all"].flip == pytest.approx(mean, rel=1e-5)
    assert errors["left"].flip == pytest.approx(float(theirs[..., 0][left].mean()), rel=1e-5)
    assert Yardstick(reference).errors(reference, {"left": left})["left"].flip == 0.0


def test_the_reference_alone_fixes_the_exposures() -> None:
    """A firefly in the picture does not change how its other pixels are judged."""
    reference, picture = noisy(1), noisy(2)
    stick = Yardstick(reference)
    left = np.zeros((40, 48), dtype=bool)
    left[:, :8] = True
    before = stick.errors(picture, {"left": left})["left"].flip
    picture[20, 40] = 1e6
    assert stick.errors(picture, {"left": left})["left"].flip == before


def test_masks_are_wider_than_what_they_show() -> None:
    stone = placed(brilliant().meshes[0], "stone", "stone", (0.0, 0.0, 20.6))
    made_of = {"band": "gold-18k-yellow", "stone": "diamond"}
    what = scene(joined(band(), stone), made_of)
    frame = trace(what, spp=4, device="cpu")[0]
    found = masks(frame, what)
    part, stones = frame.features.part, frame.features.stone > 0.5
    assert found["all"].all()
    assert found["metal"][part == 0].all()
    assert found["stone"][stones].all()
    y, x = np.nonzero(stones)
    top = int(y.min())
    assert found["stone"][top - WIDER, x[y == top]].all()
    assert not found["stone"][top - WIDER - 1].any()


def test_a_transparent_backdrop_is_white() -> None:
    from engine.scene import Ground

    what = scene(brilliant(), {"stone": "diamond"}, ground=Ground("none", 0.9), size=(16, 16))
    frame = trace(what, spp=1, device="cpu")[0]
    np.testing.assert_allclose(opaque(frame)[0, 0], frame.white, rtol=1e-6)
