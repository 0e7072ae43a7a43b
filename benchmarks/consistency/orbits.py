"""The scenes and the orbits that are looked at, and how their views are traced."""

from __future__ import annotations

from engine.scene import Scene, View, orbit

SCENES = ("solitaire-white", "bezel-sapphire", "pave-band")
#: Name -> views, degrees of the whole arc.
ORBITS = {"1 degree": (24, 24.0), "10 degrees": (36, 360.0)}
SPP, SEED = 8, 1


def views_of(scene: Scene, count: int, arc_deg: float) -> tuple[View, ...]:
    """An orbit that begins with the scene's own view."""
    own = scene.view
    return orbit(count, own.elevation_deg, start_deg=own.azimuth_deg, arc_deg=arc_deg)
