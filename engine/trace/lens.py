"""Primary rays of a pinhole or thin lens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi
from engine.types import Camera


@dataclass(frozen=True)
class Optic:
    """A camera as opaque device values: a new view reuses the compiled kernel.

    origin, right, down, forward : vectors; right and down span the image plane at distance 1,
    scaled to half its width and height.
    """

    origin: Any
    right: Any
    down: Any
    forward: Any
    aperture: Any
    focus: Any
    width: Any
    height: Any

    @staticmethod
    def create(camera: Camera) -> Optic:
        position = np.asarray(camera.position)
        forward = np.asarray(camera.target) - position
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, np.asarray(camera.up))
        right = right / np.linalg.norm(right)
        down = np.cross(forward, right)
        width, height = camera.size
        half = np.tan(np.radians(camera.fov_deg) / 2) / max(width, height)
        return Optic(
            origin=_opaque(position),
            right=_opaque(right * half * width),
            down=_opaque(down * half * height),
            forward=_opaque(forward),
            aperture=dr.opaque(mi.Float, camera.aperture_mm),
            focus=dr.opaque(mi.Float, camera.focus_mm),
            width=dr.opaque(mi.Float, width),
            height=dr.opaque(mi.Float, height),
        )

    def ray(self, x: Any, y: Any, lens: Any) -> Any:
        """Ray through image position (x, y) in pixels; `lens` [2] picks the point on the pupil."""
        sx = 2 * x / self.width - 1
        sy = 2 * y / self.height - 1
        d = self.forward + sx * self.right + sy * self.down
        # A plane of focus at distance f along the axis: every ray of a pixel meets there.
        offset = mi.warp.square_to_uniform_disk_concentric(lens) * self.aperture
        shift = offset.x * dr.normalize(self.right) + offset.y * dr.normalize(self.down)
        return mi.Ray3f(mi.Point3f(self.origin + shift), dr.normalize(d - shift / self.focus))


def _opaque(v: Any) -> Any:
    return mi.Vector3f(*(dr.opaque(mi.Float, float(c)) for c in v))
