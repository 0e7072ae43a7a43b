"""How much light the picture takes, and which white it balances: once, for all views."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.errors import SceneError
from engine.finish.tone import Look
from engine.optics import D65_WHITE, XYZ_TO_REC709, adapt
from engine.types import FloatArray, Frame, Vec3

#: A sweep is shown this much above the curve's white, so that a little noise stays white.
HEADROOM = 1.03

#: The piece's median is shown no brighter than this, and 95 % of it no brighter than that
#: (estimated: by eye on polished gold and on stones in a dark field).
_MEDIAN, _BRIGHT = 0.5, 1.5

#: On a white sweep the piece may pull the exposure this far down and up, in EV: the ground that it
#: reflects is white in the picture too, and brighter platinum would drown in it.
_PULL_EV = (-0.35, 0.0)

#: A ground is a white sweep when it is this bright beside a white diffuser that faces the key
#: light, and differs from it by no more than this in u'v'.
_SWEEP_Y, _SWEEP_UV = 0.3, 0.03

#: Exposures in EV that make sense; beyond them something is wrong with the numbers.
MOST_EV = 30.0


@dataclass(frozen=True)
class Exposure:
    """The light of all views.

    ev    : scene light is multiplied by 2^ev; at 0 a white diffuser facing the key light is 1.
    white : XYZ, Y = 1, that becomes a neutral grey.
    by    : "piece", "sweep" (by the piece, within bounds given by the sweep) or "hand".
    """

    ev: float
    white: Vec3
    by: str

    @property
    def gain(self) -> float:
        return float(2.0**self.ev)

    def matrix(self) -> FloatArray:
        """[3, 3] scene XYZ to exposed, balanced, linear Rec. 709."""
        return self.gain * XYZ_TO_REC709 @ adapt(np.array(self.white), D65_WHITE)


def expose(frame: Frame, look: Look, ev: float | None = None) -> Exposure:
    """Meter a frame, or take `ev` as given. Raises SceneError for an `ev` that is no exposure.

    The ground is `frame.backdrop`; where the backdrop is transparent, the tracer may note the XYZ
    of the ground that caught the shadow as `frame.provenance["trace"]["ground"]`, so that a piece
    cut out is exposed like the same piece on its sweep.
    """
    ground = _ground(frame)
    sweep = ground is not None and not frame.toned and is_white(ground, frame.white)
    white = ground if ground is not None and sweep else np.array(frame.white, np.float64)
    neutral = tuple(float(v) for v in white / white[1])
    if ev is not None:
        if not abs(ev) <= MOST_EV:
            raise SceneError(f"an exposure of {ev} EV makes no sense: choose -30 to 30, or auto")
        return Exposure(float(ev), (neutral[0], neutral[1], neutral[2]), "hand")
    found = _piece_ev(frame)
    if sweep:
        base = np.log2(HEADROOM * look.white / white[1])
        found = base if found is None else base + np.clip(found - base, *_PULL_EV)
    bounded = float(np.clip(0.0 if found is None else found, -MOST_EV, MOST_EV))
    return Exposure(bounded, (neutral[0], neutral[1], neutral[2]), "sweep" if sweep else "piece")


def is_white(ground: FloatArray, white: Vec3) -> bool:
    """Whether a ground of that XYZ is a white sweep under a studio of that white."""
    bright = bool(ground[1] >= _SWEEP_Y * white[1])
    return bright and float(np.hypot(*(_uv(ground) - _uv(np.array(white))))) <= _SWEEP_UV


def _ground(frame: Frame) -> FloatArray | None:
    if frame.backdrop is not None:
        return np.array(frame.backdrop, np.float64)
    noted = frame.provenance.get("trace", {}).get("ground")
    return None if noted is None else np.array(noted, np.float64)


def _uv(xyz: FloatArray) -> FloatArray:
    """CIE 1976 u', v' of XYZ."""
    uv: FloatArray = np.array([4.0, 9.0]) * xyz[:2] / (xyz @ np.array([1.0, 15.0, 3.0]))
    return uv


def _piece_ev(frame: Frame) -> float | None:
    """EV by the luminances of the piece; None where no piece, or no light, is seen."""
    covered = (frame.features.part >= 0) & (frame.alpha > 0.5)
    seen = frame.xyz[..., 1][covered].astype(np.float64)
    if frame.backdrop is None:
        seen /= frame.alpha[covered]
    seen = seen[np.isfinite(seen)]
    if seen.size == 0:
        return None
    median, bright = np.percentile(seen, [50.0, 95.0])
    if bright <= 0:
        return None
    by_bright = np.log2(_BRIGHT / bright)
    return float(by_bright if median <= 0 else min(by_bright, np.log2(_MEDIAN / median)))
