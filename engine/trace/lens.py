"""Primary rays of a pinhole or thin lens, its pupil a disk or a polygon of blades."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.backend import dr, mi
from engine.types import Camera


@dataclass(frozen=True)
class Blades:
    """A diaphragm of straight blades; opaque device values, so one kernel serves any number.

    half : π / n, half the angle that one of n edges takes up. middle : angle of the middle of an
    edge, from right towards down. reach : its distance from the centre. slope : tan(half) / half.
    """

    half: Any
    middle: Any
    reach: Any
    slope: Any

    @staticmethod
    def create(count: int, turn_deg: float) -> Blades:
        half = math.pi / count
        slope = math.tan(half) / half
        middle = math.radians(turn_deg) - math.pi / 2 + half  # a corner is up
        values = (half, middle, 1 / math.sqrt(slope), slope)
        return Blades(*(dr.opaque(mi.Float, value) for value in values))

    def within(self, disk: Any) -> Any:
        """A point of the unit disk, moved into the regular polygon of the same area.

        The sector (r, θ), |θ| <= α, becomes the triangle of one edge at x = `reach` r and
        y = x θ tan α / α: dx dy = r dr dθ everywhere, so even points stay even, and neighbouring
        sectors meet at the corners, so near points stay near.
        """
        r = dr.norm(disk)
        φ = dr.atan2(disk.y, disk.x) - self.middle
        turned = 2 * self.half * dr.round(φ / (2 * self.half))
        sin, cos = dr.sincos(self.middle + turned)
        x = r * self.reach
        y = x * (φ - turned) * self.slope
        return mi.Point2f(x * cos - y * sin, x * sin + y * cos)


@dataclass(frozen=True)
class Optic:
    """A camera as opaque device values: a new view reuses the compiled kernel.

    origin, right, down, forward : vectors; right and down span the image plane at distance 1,
    scaled to half its width and height. blades : None for a round pupil.
    """

    origin: Any
    right: Any
    down: Any
    forward: Any
    aperture: Any
    focus: Any
    blades: Blades | None
    width: Any
    height: Any

    @staticmethod
    def create(camera: Camera) -> Optic:
        bladed = camera.blades > 0 and camera.aperture_mm > 0
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
            blades=Blades.create(camera.blades, camera.blade_turn_deg) if bladed else None,
            width=dr.opaque(mi.Float, width),
            height=dr.opaque(mi.Float, height),
        )

    def ray(self, x: Any, y: Any, lens: Any) -> Any:
        """Ray through image position (x, y) in pixels; `lens` [2] picks the point on the pupil."""
        sx = 2 * x / self.width - 1
        sy = 2 * y / self.height - 1
        d = self.forward + sx * self.right + sy * self.down
        # A plane of focus at distance f along the axis: every ray of a pixel meets there.
        pupil = mi.warp.square_to_uniform_disk_concentric(lens)
        if self.blades is not None:
            pupil = self.blades.within(pupil)
        offset = pupil * self.aperture
        shift = offset.x * dr.normalize(self.right) + offset.y * dr.normalize(self.down)
        return mi.Ray3f(mi.Point3f(self.origin + shift), dr.normalize(d - shift / self.focus))


def _opaque(v: Any) -> Any:
    return mi.Vector3f(*(dr.opaque(mi.Float, float(c)) for c in v))
