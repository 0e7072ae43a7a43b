"""The stage: exposure, sweep, edges, provenance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

import engine.optics as optics
from engine.errors import SceneError
from engine.finish import finish
from engine.lazy import Lazy
from engine.types import FloatArray, Frame, Frames, Picture
from tests.engine.finish.frames import GOLD_XYZ, WHITE, make_frame


def frames_of(*frames: Frame) -> Frames:
    return Lazy(len(frames), lambda i: frames[i])


def finished(frame: Frame, **options: object) -> Picture:
    return finish(frames_of(frame), **{"look": "neutral", **options})[0]  # type: ignore[arg-type]


def over(picture: Picture, ground: float) -> FloatArray:
    """Code values of a picture over a grey of code value `ground`, blended as viewers do."""
    coded = optics.srgb_encode(picture.rgb.astype(np.float64))
    if picture.alpha is None:
        return coded
    alpha = picture.alpha.astype(np.float64)[..., None]
    return coded * alpha + ground * (1 - alpha)


def bare(frame: Frame) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (frame.alpha == 0) & (frame.shadow == 0)
    return found


@pytest.mark.parametrize("level", [0.4, 0.8, 1.0, 1.3])
@pytest.mark.parametrize("exposure", ["auto", 0.0, -0.7])
@pytest.mark.parametrize("name", ["neutral", "soft", "crisp"])
def test_a_white_sweep_ends_as_pure_white(level: float, exposure: float | str, name: str) -> None:
    tinted = (level * WHITE[0] * 1.01, level, level * WHITE[2] * 0.98)
    frame = make_frame(backdrop=tinted)
    picture = finished(frame, exposure=exposure, look=name)
    assert bare(frame).sum() > 500
    assert np.all(picture.rgb[bare(frame)] == 1)


def test_a_ground_of_its_own_tone_is_shown_as_it_is() -> None:
    frame = make_frame(backdrop=(0.8 * WHITE[0], 0.8, 0.8 * WHITE[2]))
    plain, toned = finished(frame), finished(replace(frame, toned=True))
    assert np.all(plain.rgb[bare(frame)] == 1)
    assert toned.rgb[bare(frame)].max() < 0.97
    assert toned.provenance["finish"]["exposed_by"] == "piece"


def test_shadows_fade_into_white_without_an_edge() -> None:
    frame = make_frame(size=256, shadow=0.5)
    below = 200
    assert frame.alpha[below].max() == 0
    assert frame.shadow[below].max() > 0.2
    row = optics.srgb_encode(finished(frame).rgb[below].astype(np.float64))[:, 1]
    assert row.min() < 0.95
    steps = np.diff(row)
    assert np.abs(steps).max() < 2 / 255
    assert np.abs(np.diff(steps)).max() < 0.3 / 255


def test_sweeps_of_different_light_are_all_white_and_the_piece_keeps_its_exposure() -> None:
    first, darker = make_frame(), make_frame(backdrop=(0.8 * WHITE[0], 0.8, 0.8 * WHITE[2]))
    pictures = finish(frames_of(first, darker), look="neutral")
    assert np.all(pictures[1].rgb[bare(darker)] == 1)
    inside = first.alpha == 1
    np.testing.assert_allclose(pictures[0].rgb[inside], pictures[1].rgb[inside], atol=1e-6)


def test_exposure_is_metered_on_the_first_frame_and_holds_for_all() -> None:
    dark = tuple(0.25 * v for v in GOLD_XYZ)
    black = (0.01, 0.01, 0.01)
    pictures = finish(
        frames_of(make_frame(backdrop=black), make_frame(backdrop=black, piece=dark)),
        look="neutral",
    )
    later, earlier = pictures[1], pictures[0]
    assert later.provenance["finish"]["exposure_ev"] == earlier.provenance["finish"]["exposure_ev"]
    ratio = later.rgb[32, 32] / earlier.rgb[32, 32]
    np.testing.assert_allclose(ratio, 0.25, rtol=1e-5)
    own = finish(frames_of(make_frame(backdrop=black, piece=dark)), look="neutral")[0]
    assert own.rgb[32, 32, 0] > 2 * later.rgb[32, 32, 0]


def test_exposure_is_by_the_piece_and_shrugs_at_stray_values() -> None:
    black = (0.02, 0.02, 0.02)
    rng = np.random.default_rng(5)
    piece = np.array(GOLD_XYZ) * rng.uniform(0.2, 1.0, (64, 64, 1))
    clean = finished(make_frame(backdrop=black, piece=piece))
    piece[30, 28:34] = np.array([np.inf, np.nan, 1e30, np.inf, np.nan, 1e9])[:, None]
    stray = finished(make_frame(backdrop=black, piece=piece))
    assert np.isfinite(stray.rgb).all()
    apart = stray.provenance["finish"]["exposure_ev"] - clean.provenance["finish"]["exposure_ev"]
    assert abs(apart) < 0.05
    assert clean.provenance["finish"]["exposed_by"] == "piece"


def test_a_fixed_exposure_is_taken_as_given() -> None:
    black = (0.02, 0.02, 0.02)
    grey = tuple(0.2 * v for v in WHITE)
    frame = make_frame(backdrop=black, piece=grey)
    np.testing.assert_allclose(finished(frame, exposure=0.0).rgb[32, 32], 0.2, atol=1e-5)
    np.testing.assert_allclose(finished(frame, exposure=1.0).rgb[32, 32], 0.4, atol=1e-5)


def test_white_is_balanced() -> None:
    lamp = tuple(float(v) for v in optics.xyz_of(optics.illuminant("A")))
    warm = (lamp[0], lamp[1], lamp[2])
    grey = tuple(0.3 * v for v in warm)
    frame = make_frame(backdrop=(0.0, 0.0, 0.0), white=warm, piece=grey)
    colour = finished(frame).rgb[32, 32]
    assert np.ptp(colour) < 1e-4


def test_cut_out_over_white_looks_like_the_sweep() -> None:
    """Flat regions agree to half a code value, the edge as well as two ways to blend can."""
    on_sweep, cut_out = make_frame(), make_frame(backdrop=None)
    sweep, cut = finished(on_sweep), finished(cut_out)
    apart = np.abs(over(cut, 1.0) - over(sweep, 1.0)).max(axis=-1)
    edge = (on_sweep.alpha > 0) & (on_sweep.alpha < 1)
    assert apart[~edge].max() < 0.5 / 255
    assert apart[edge].max() < 0.12


@pytest.mark.parametrize("ground", [0.0, 1.0])
def test_edges_show_no_fringe(ground: float) -> None:
    """Along the edge the blend lies between the piece's colour and the ground's, never outside."""
    frame = make_frame(backdrop=None, shadow=0.0)
    picture = finished(frame)
    assert picture.alpha is not None
    shown = over(picture, ground)
    piece = shown[32, 32]
    lowest, highest = np.minimum(piece, ground), np.maximum(piece, ground)
    assert np.all(shown >= lowest - 1e-4)
    assert np.all(shown <= highest + 1e-4)
    np.testing.assert_allclose(picture.alpha, frame.alpha, atol=1e-6)
    straight = picture.rgb[(frame.alpha > 0.01) & (frame.alpha < 1)]
    np.testing.assert_allclose(
        straight, np.broadcast_to(picture.rgb[32, 32], straight.shape), atol=1e-4
    )


def test_the_shadow_is_merged_or_left_out() -> None:
    frame = make_frame(backdrop=None)
    merged, without = finished(frame), finished(frame, shadow=False)
    shaded = (frame.alpha == 0) & (frame.shadow > 0.3)
    assert merged.alpha is not None
    assert without.alpha is not None
    assert shaded.sum() > 20
    assert merged.alpha[shaded].min() > 0.05
    assert np.all(merged.rgb[shaded] == 0)
    np.testing.assert_allclose(without.alpha, frame.alpha, atol=1e-6)
    assert without.provenance["finish"]["shadow"] == "left out"


def test_pictures_are_lazy_and_tell_progress() -> None:
    made: list[int] = []
    told: list[tuple[str, int, int]] = []

    def make(index: int) -> Frame:
        made.append(index)
        return make_frame(size=16, name=f"view-{index}")

    pictures = finish(Lazy(3, make), progress=lambda *step: told.append(step))
    assert made == []
    assert pictures[0].name == "view-0"
    assert made == [0]
    assert [picture.name for picture in pictures] == ["view-0", "view-1", "view-2"]
    assert made == [0, 1, 2]
    assert told == [("finish", 1, 3), ("finish", 2, 3), ("finish", 3, 3)]


def test_rows_in_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = finished(make_frame(size=33)).rgb
    monkeypatch.setattr("engine.finish.compose._BLOCK", 100)
    np.testing.assert_array_equal(finished(make_frame(size=33)).rgb, whole)


def test_provenance_keeps_what_the_frame_knew() -> None:
    told = finished(make_frame()).provenance
    assert told["trace"]["spp"] == 8
    assert {"look", "exposure_ev", "exposed_by", "white_xyz", "seconds"} <= set(told["finish"])


def test_a_frame_without_a_piece_is_finished_too() -> None:
    frame = make_frame(backdrop=(0.1, 0.1, 0.1))
    frame.features.part[:] = -1
    assert finished(frame).provenance["finish"]["exposure_ev"] == 0


@pytest.mark.parametrize("exposure", [float("nan"), 1e9, "bright", None])
def test_an_exposure_that_is_none_is_refused(exposure: float) -> None:
    with pytest.raises(SceneError, match="exposure"):
        finished(make_frame(size=8), exposure=exposure)
