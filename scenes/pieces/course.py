"""How things on a string lie on the ground: rigid chords between joints, along a closed curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray

#: Times that Newton's method may step to close a course; it takes three to six.
_STEPS = 50


@dataclass(frozen=True)
class Sway:
    """How a laid chain strays from a circle: waves of its heading over one round.

    waves : (number of the wave from 2 up, amplitude in radians, phase in radians) each; the phase
    is 0 where the front of the loop is to be the sharpest.
    """

    waves: tuple[tuple[int, float, float], ...] = ()

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Sway:
        """As a hand lays a chain: longer than wide, a little uneven."""
        long = float(rng.uniform(0.15, 0.42)), float(rng.uniform(0.0, 2.0 * np.pi))
        egg = float(rng.uniform(0.0, 0.12)), float(rng.uniform(0.0, 2.0 * np.pi))
        uneven = float(rng.uniform(0.0, 0.05)), float(rng.uniform(0.0, 2.0 * np.pi))
        return cls(((2, *long), (3, *egg), (4, *uneven)))

    def scaled(self, part: float) -> Sway:
        """The same waves, `part` times as high."""
        return Sway(tuple((k, part * a, phase) for k, a, phase in self.waves))

    def heading(self, part: FloatArray) -> FloatArray:
        """Heading, rad, after each `part` of the round [N], in 0 to 1; 0 at the front."""
        turn = 2.0 * np.pi * part
        return turn + sum(
            (a * np.sin(k * turn + phase) for k, a, phase in self.waves), np.zeros_like(turn)
        )


def loop(chords: FloatArray, sway: Sway, front: float) -> tuple[FloatArray, FloatArray]:
    """Joints and headings of a closed course in the plane.

    chords : [N] mm, lengths between joints. front : mm along the course that lies foremost, at -y.
    Returns [N, 2] mm, the joint before each chord, the middle of all at the origin, and [N]
    headings, rad from +x, that grow by a full turn.
    """
    along = np.cumsum(chords) - chords / 2.0
    part = (along - front) / chords.sum()
    plain = sway.heading(part)
    wave = np.stack([np.cos(2.0 * np.pi * part), np.sin(2.0 * np.pi * part)])
    add = np.zeros(2)
    for _ in range(_STEPS):  # a first wave of the heading is what opens and closes a course
        heading = plain + add @ wave
        point = chords * np.stack([np.cos(heading), np.sin(heading)])
        open_by = point.sum(axis=1)
        if np.linalg.norm(open_by) < 1e-10 * chords.sum():
            break
        slope = chords * np.stack([-np.sin(heading), np.cos(heading)])
        add -= np.linalg.solve(slope @ wave.T, open_by)
    after = np.cumsum(point, axis=1).T
    joints = after - point.T
    return joints - (joints.min(axis=0) + joints.max(axis=0)) / 2.0, heading


def stood(heading: float, pitch: float, roll: float) -> FloatArray:
    """Rotation [3, 3]: x along a heading that climbs by `pitch`, turned about it by `roll`; rad."""
    c, s = np.cos(heading), np.sin(heading)
    along = np.array([np.cos(pitch) * c, np.cos(pitch) * s, np.sin(pitch)])
    side = np.array([-s, c, 0.0])
    up = np.cross(along, side)
    return np.column_stack([
        along, np.cos(roll) * side + np.sin(roll) * up, np.cos(roll) * up - np.sin(roll) * side
    ])  # fmt: skip
