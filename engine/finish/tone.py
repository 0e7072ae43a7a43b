"""The tone curve: linear where the product is, a soft shoulder up to white, colour kept.

Shops need true colours, so mid-tones are reproduced as they are, and only what approaches white
is bent, the idea of the Khronos PBR Neutral tone mapper (Khronos Group 2024,
https://github.com/KhronosGroup/ToneMapping, PBR_Neutral): the curve acts on the largest of R, G, B
and the others follow in proportion, so that gold does not turn lemon as it would with one curve
per channel; what is brighter than the display is mixed with white, little by little.
Different from there: the shoulder reaches 1 at a finite white (a white sweep must end as
#FFFFFF), the mix goes straight through Oklab (blue fire does not turn violet), it grows slowly with
the excess in stops (a flash of pure colour many times white keeps its colour) but is complete where
all three components exceed white (a sparkle on gold is white), and nothing is taken off the blacks
(the tracer knows its own reflections).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from engine.errors import SceneError
from engine.finish import gamut
from engine.types import FloatArray

#: Nothing is brighter: keeps stray infinities out of the arithmetic.
BRIGHTEST = 1e6

#: Values this close to white are white: half a step of 16 bits.
_WHITE_SNAP = 8e-6


@dataclass(frozen=True)
class Look:
    """How light becomes a picture; the numbers are estimated, by eye on gold and on spectra.

    knee         : the curve is the identity up to here and reaches 1 at `white`.
    contrast     : exponent about white; above 1 mid-tones grow darker, white stays.
    desaturation : part of the way to white per square of excess stops.
    richness     : how much more colour muted tones get, as cameras' standard rendering gives them;
                   0 to 1. Greys stay grey, and what is as pure as the display's primaries or
                   purer (fire) is left alone.
    """

    knee: float = 0.9
    contrast: float = 1.0
    desaturation: float = 0.05
    richness: float = 0.0

    @property
    def white(self) -> float:
        """The smallest light that is shown as 1: a parabola of slope 1 at the knee ends there."""
        return 2.0 - self.knee


#: Looks by name. "photo": the contrast and colour of a camera's standard picture; "neutral": true
#: colours; "soft": neutral with a longer shoulder; "crisp": deeper mid-tones.
LOOKS = {
    "photo": Look(contrast=1.1, richness=0.45),
    "neutral": Look(),
    "soft": Look(knee=0.7),
    "crisp": Look(contrast=1.2),
}


def look(name: str) -> Look:
    """A look by name. Raises SceneError with the nearest name."""
    if name not in LOOKS:
        near = difflib.get_close_matches(name, LOOKS, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(LOOKS)}"
        raise SceneError(f"there is no look '{name}': {hint}")
    return LOOKS[name]


def curve(light: FloatArray, look: Look) -> FloatArray:
    """Display value in [0, 1] of neutral light >= 0, [...]; monotone, 1 from `look.white` on."""
    return _shoulder(_contrast(light, look), look)


def _contrast(light: FloatArray, look: Look) -> FloatArray:
    bent: FloatArray = look.white * (light / look.white) ** look.contrast
    return bent


def _shoulder(light: FloatArray, look: Look) -> FloatArray:
    room = look.white - look.knee
    left = np.clip(look.white - light, 0.0, room)
    return np.minimum(light, look.knee) + (1 - look.knee) * (1 - (left / room) ** 2)


def develop(rgb: FloatArray, look: Look) -> FloatArray:
    """Display-referred linear Rec. 709 in [0, 1], [N, 3], of exposed scene light [N, 3].

    rgb : linear Rec. 709 whose white is D65; components may be negative (spectral colours).
    """
    light = np.clip(rgb.max(axis=1), 0.0, BRIGHTEST)
    bent = _contrast(light, look)
    shown = _shoulder(bent, look)
    scale = np.divide(shown, light, out=np.zeros_like(light), where=light > 0)
    lab = gamut.soften(_enrich(rgb * scale[:, None], look.richness))
    keep = _keep_colour(rgb, light, bent, shown, look)
    lab *= keep[:, None]
    lab[:, 0] = np.clip(lab[:, 0] + (1 - keep) * np.cbrt(shown), 0.0, 1.0)
    display = gamut.fit(lab)
    display[display > 1 - _WHITE_SNAP] = 1.0
    return display


def _enrich(rgb: FloatArray, richness: float) -> FloatArray:
    """Move the channels away from the largest, d = (max - c) / max to d (1 + r (1 - d_max)).

    The largest channel, which the tone curve set, and the hue of RGB stay; nothing leaves the
    gamut that was in it, since d (1 + r (1 - d)) is at most 1.
    """
    if richness == 0:
        return rgb
    peak = rgb.max(axis=1, keepdims=True)
    spread = np.divide(
        peak - rgb.min(axis=1, keepdims=True), peak, out=np.ones_like(peak), where=peak > 0
    )
    enriched: FloatArray = peak - (peak - rgb) * (1 + richness * np.clip(1 - spread, 0, 1))
    return enriched


def _keep_colour(
    rgb: FloatArray, light: FloatArray, bent: FloatArray, shown: FloatArray, look: Look
) -> FloatArray:
    """[N] how much of its colour is left to light, 1 below the knee.

    Two things take colour away: how far the largest component lies above what is shown of it, and
    the smallest one when it comes near white too. What is above white in all three is white, as
    on film: a caustic on a white sweep must not be shown darker than the sweep.
    """
    excess = np.log2(1 + np.maximum(bent - shown, 0.0))
    least = np.clip(rgb.min(axis=1), 0.0, light)
    in_ratio = shown * np.divide(least, light, out=np.ones_like(light), where=light > 0)
    weight = np.minimum(_contrast(least, look) / look.white, 1.0) ** 2
    raised = in_ratio + weight * np.maximum(curve(least, look) - in_ratio, 0.0)
    room = shown - in_ratio
    left: FloatArray = np.divide(shown - raised, room, out=np.ones(len(rgb)), where=room > 1e-12)
    kept: FloatArray = left / (1 + look.desaturation * excess**2)
    return kept
