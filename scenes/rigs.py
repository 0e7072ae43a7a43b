"""Random light rigs: plausible studios that nobody built, one from each state of a generator.

What is drawn is what a photographer would set up: a room or a tent, one key light, fills and
strips, black cards between them, and small lamps where there is to be fire. Of each rig no more
than three colours of light are drawn. Numbers are estimated: by eye, around the studios that ship.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from engine.errors import SceneError
from engine.scene import Card, Disc, Dome, GroundHint, Light, Rectangle, Studio

RigType = Literal["softboxes", "pinpoints", "window", "ring-light"]

#: What `random_rig` draws: a type may be held out of a training set as a whole.
RIG_TYPES: tuple[RigType, ...] = get_args(RigType)

#: Lights that are sold as lamps, beside any colour temperature.
_LAMPS = ("A", "D50", "D55", "D65", "LED-B3", "LED-B4", "LED-B5", "LED-V2")

Rng = np.random.Generator


def random_rig(rng: Rng, rig: RigType | None = None) -> Studio:
    """A rig of that type, or of any; the same state of `rng` gives the same rig.

    Its name tells the type: "random softboxes". Raises SceneError for an unknown type.
    """
    if rig is None:
        rig = RIG_TYPES[int(rng.integers(len(RIG_TYPES)))]
    if rig not in RIG_TYPES:
        raise SceneError(f"unknown type of rig {rig!r}; choose one of {', '.join(RIG_TYPES)}")
    lights = {
        "softboxes": _softboxes,
        "pinpoints": _pinpoints,
        "window": _window,
        "ring-light": _ring_light,
    }[rig](rng)
    return Studio(
        name=f"random {rig}",
        title=f"A random rig: {rig}",
        ground=_ground(rng, dark=rig == "pinpoints"),
        light=tuple(lights),
    )


def _softboxes(rng: Rng) -> list[Light]:
    """A room or a tent, one to four softboxes and strips, cards between them."""
    main, other = _spectrum(rng), _spectrum(rng)
    lights: list[Light] = [_dome(rng, main, _between(rng, 0.15, 1.1))]
    side = _side(rng)
    lights.append(_key(rng, main, side * _between(rng, 25, 100), _between(rng, 35, 75)))
    for number in range(int(rng.integers(0, 4))):
        azimuth = -side * _between(rng, 40, 175)
        lights.append(_fill(rng, f"fill {number + 1}", other, azimuth))
    return lights + _cards(rng, int(rng.integers(2, 6)))


def _pinpoints(rng: Rng) -> list[Light]:
    """A dark room, many small lamps, and a weak fill and a strip for the metal."""
    lamps, fill = _spectrum(rng), _spectrum(rng)
    lights: list[Light] = [_dome(rng, fill, _between(rng, 0.02, 0.08))]
    for number, azimuth in enumerate((180.0, _side(rng) * _between(rng, 60, 110))):
        softbox = _fill(rng, f"fill {number + 1}", fill, azimuth)
        lights.append(softbox.model_copy(update={"radiance": _between(rng, 0.4, 1.6)}))
    for number in range(int(rng.integers(6, 25))):
        radius = _between(rng, 0.5, 2.0)
        azimuth, elevation = _between(rng, -180, 180), _between(rng, 20, 82)
        if abs(azimuth) > 160 and elevation < 40:  # there a table would mirror it
            elevation += 30
        lights.append(
            Disc(
                shape="disc",
                name="key" if number == 0 else f"lamp {number}",
                key=number == 0,
                azimuth_deg=azimuth,
                elevation_deg=max(elevation, 40) if number == 0 else elevation,
                radius_deg=radius,
                radiance=_between(rng, 80, 200) / radius,
                soft=0.2,
                spectrum=lamps,
            )
        )
    return lights


def _window(rng: Rng) -> list[Light]:
    """One window with its bars, a dim room, a bright wall opposite and a light behind."""
    sky, room = _between(rng, 5000, 9000), _spectrum(rng)
    side = _side(rng)
    azimuth, elevation = side * _between(rng, 60, 130), _between(rng, 22, 42)
    width, height = _between(rng, 35, 75), _between(rng, 40, 70)
    lights: list[Light] = [
        _dome(rng, room, _between(rng, 0.15, 0.4)),
        Rectangle(
            shape="rectangle",
            name="window",
            key=True,
            azimuth_deg=azimuth,
            elevation_deg=elevation,
            width_deg=width,
            height_deg=height,
            radiance=_between(rng, 3, 6),
            corner=_between(rng, 0.4, 1),
            soft=0.05,
            spectrum=round(sky, -2),
        ),
    ]
    bar = Card(
        shape="card", name="bar", elevation_deg=elevation, width_deg=3, height_deg=height + 2
    )
    for number in range(int(rng.integers(0, 3))):
        apart = _between(rng, -0.3, 0.3) * width
        lights.append(
            bar.model_copy(update={"name": f"bar {number + 1}", "azimuth_deg": azimuth + apart})
        )
    wall = _fill(rng, "wall", room, -side * _between(rng, 70, 110))
    lights.append(wall.model_copy(update={"radiance": _between(rng, 0.4, 1.0)}))
    back = _fill(rng, "far light", round(sky, -2), _between(rng, 150, 210))
    lights.append(back.model_copy(update={"radiance": _between(rng, 0.8, 2.0)}))
    return lights + _cards(rng, int(rng.integers(1, 4)))


def _ring_light(rng: Rng) -> list[Light]:
    """A ring of light round the lens, in a dim room, with a softer light from behind."""
    lamp, room = _spectrum(rng), _spectrum(rng)
    elevation, radius = _between(rng, 15, 45), _between(rng, 12, 24)
    opening = 2 * radius * _between(rng, 0.45, 0.7)
    return [
        _dome(rng, room, _between(rng, 0.15, 0.5)),
        Disc(
            shape="disc",
            name="ring",
            key=True,
            elevation_deg=elevation,
            radius_deg=radius,
            radiance=_between(rng, 6, 14),
            soft=0.1,
            spectrum=lamp,
        ),
        Card(
            shape="card",
            name="lens",
            elevation_deg=elevation,
            width_deg=opening,
            height_deg=opening,
            round=True,
            transmission=0.1,
        ),
        _fill(rng, "back", room, _between(rng, 140, 220)),
        *_cards(rng, int(rng.integers(1, 5))),
    ]


def _key(rng: Rng, spectrum: str | float, azimuth: float, elevation: float) -> Rectangle:
    return Rectangle(
        shape="rectangle",
        name="key",
        key=True,
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        width_deg=_between(rng, 30, 95),
        height_deg=_between(rng, 28, 75),
        roll_deg=_between(rng, -20, 20),
        radiance=_between(rng, 2.2, 6),
        corner=_between(rng, 0.2, 1),
        soft=_between(rng, 0.05, 0.4),
        spectrum=spectrum,
    )


def _fill(rng: Rng, name: str, spectrum: str | float, azimuth: float) -> Rectangle:
    """A strip or a broad fill."""
    strip = rng.random() < 0.5
    return Rectangle(
        shape="rectangle",
        name=name,
        azimuth_deg=azimuth,
        elevation_deg=_between(rng, 20, 60),
        width_deg=_between(rng, 8, 22) if strip else _between(rng, 40, 90),
        height_deg=_between(rng, 45, 75) if strip else _between(rng, 25, 50),
        radiance=_between(rng, 1.5, 4) if strip else _between(rng, 0.5, 2),
        corner=_between(rng, 0, 0.8),
        soft=_between(rng, 0.1, 0.7),
        spectrum=spectrum,
    )


def _dome(rng: Rng, spectrum: str | float, radiance: float) -> Dome:
    return Dome(
        shape="dome",
        name="room",
        azimuth_deg=180,
        elevation_deg=_between(rng, 45, 90),
        radiance=radiance,
        far=_between(rng, 0.05, 0.4),
        power=_between(rng, 1, 2.5),
        below=_between(rng, 0.2, 0.4),
        spectrum=spectrum,
    )


def _cards(rng: Rng, count: int) -> list[Light]:
    """Black cards at either side of the camera, where they cast no shadow into a table."""
    return [
        Card(
            shape="card",
            name=f"card {number + 1}",
            azimuth_deg=_side(rng) * _between(rng, 40, 150),
            elevation_deg=_between(rng, 10, 45),
            width_deg=_between(rng, 12, 32),
            height_deg=_between(rng, 40, 75),
            soft=_between(rng, 0.05, 0.3),
            transmission=_between(rng, 0.01, 0.08),
        )
        for number in range(count)
    ]


def _ground(rng: Rng, dark: bool) -> GroundHint:
    """White, grey or coloured, even or graduated; or dark acrylic."""
    if rng.random() < (0.5 if dark else 0.15):
        return GroundHint(kind="mirror", albedo=_between(rng, 0.01, 0.1))
    if not dark and rng.random() < 0.4:
        return GroundHint(kind="sweep", albedo=_between(rng, 0.8, 0.92))
    tint = rng.uniform(0.4, 1.0, size=3)
    red, green, blue = (round(float(v), 3) for v in tint / tint.max())
    return GroundHint(
        kind="sweep",
        albedo=_between(rng, 0.04, 0.15) if dark else _between(rng, 0.1, 0.7),
        colour=(red, green, blue),
        fade=("none", "back", "round")[int(rng.integers(3))],
        fade_from=_between(rng, -0.5, 0.5),
        fade_to=_between(rng, 2, 6),
        fade_level=_between(rng, 0.05, 0.5),
    )


def _spectrum(rng: Rng) -> str | float:
    """A lamp by name or by its temperature."""
    if rng.random() < 0.6:
        return _LAMPS[int(rng.integers(len(_LAMPS)))]
    return float(round(_between(rng, 2700, 7500), -2))


def _side(rng: Rng) -> int:
    """-1 (left of the camera) or 1."""
    return 1 if rng.random() < 0.5 else -1


def _between(rng: Rng, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 3)
