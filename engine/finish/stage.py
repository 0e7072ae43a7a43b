"""The stage `finish`: frames in, pictures out."""

from __future__ import annotations

import time
from functools import cache
from typing import Any, Literal

from engine.errors import SceneError
from engine.finish import tone
from engine.finish.compose import develop_frame
from engine.finish.exposure import Exposure, expose
from engine.lazy import Lazy
from engine.types import Frame, Frames, Picture, Pictures, Progress


def finish(
    frames: Frames,
    *,
    exposure: float | Literal["auto"] | Exposure = "auto",
    look: str = "photo",
    shadow: bool = True,
    progress: Progress | None = None,
) -> Pictures:
    """Pictures of the frames: exposed, white balanced, tone and gamut mapped. Lazy.

        finish(frames)                    # metered on the first frame, the same for all
        finish(frames, exposure=0.5)      # a fixed exposure for a whole line of pieces
        finish(frames, look="neutral")    # colours as measured
        finish(frames, shadow=False)      # cut out: without the shadow

    exposure : EV; 0 shows a white diffuser that faces the key light as 1. "auto" meters the piece
               on the first frame and writes the EV that it found into the provenance. What
               `meter` returns exposes other views of the same scene alike.
    look     : "photo", "neutral", "soft" or "crisp" (see `engine.finish.tone`).
    shadow   : merge the shadow, as black, into pictures with a transparent backdrop.
    progress : called as progress("finish", done, total).

    A bright neutral backdrop ends as pure white, whatever the exposure. Raises SceneError for an
    unknown look or an exposure that is none.
    """
    chosen = tone.look(look)
    if not isinstance(exposure, Exposure):
        _fixed_ev(exposure)

    @cache
    def light() -> Exposure:
        # What is known already needs no frame.
        return exposure if isinstance(exposure, Exposure) else meter(frames[0], exposure, look)

    def make(index: int) -> Picture:
        frame = frames[index]
        settings = light()
        start = time.perf_counter()
        rgb, alpha = develop_frame(frame, settings, chosen, shadow)
        done = {"look": look, **_told(settings, frame, shadow)}
        done["seconds"] = round(time.perf_counter() - start, 3)
        if progress is not None:
            progress("finish", index + 1, len(frames))
        provenance = {**frame.provenance, "finish": done}
        return Picture(rgb, alpha, frame, frame.camera.name, provenance)

    return Lazy(len(frames), make)


def meter(
    frame: Frame, exposure: float | Literal["auto"] | Exposure = "auto", look: str = "photo"
) -> Exposure:
    """The light that `finish` takes where `frame` is the first one; raises as it does."""
    if isinstance(exposure, Exposure):
        return exposure
    return expose(frame, tone.look(look), _fixed_ev(exposure))


def _fixed_ev(exposure: float | str) -> float | None:
    if exposure == "auto":
        return None
    try:
        return float(exposure)
    except (TypeError, ValueError):
        raise SceneError(f"exposure '{exposure}' is neither a number in EV nor 'auto'") from None


def _told(settings: Exposure, frame: Frame, shadow: bool) -> dict[str, Any]:
    """What the provenance says of the exposure."""
    told: dict[str, Any] = {
        "exposure_ev": round(settings.ev, 4),
        "exposed_by": settings.by,
        "white_xyz": [round(v, 5) for v in settings.white],
    }
    if frame.backdrop is None:
        told["shadow"] = "merged" if shadow else "left out"
    return told
