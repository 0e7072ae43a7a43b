"""The post of an earring and the butterfly that clasps it behind the ear.

Frame: the post runs along -z from the origin, where it is soldered to the front of the earring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.types import FloatArray, Mesh
from scenes.pieces.solids import Solid, drill, join, revolve, sweep

#: Clearance, mm, of the butterfly around the post and in its groove.
FIT = 0.03

# From the groove to the tip of the post, mm: 9.5 mm posts have it about there. Estimated.
_BEHIND = 1.7

_POINTS = 40


@dataclass(frozen=True)
class Post:
    """A post with a friction groove and a round tip.

    length, diameter : mm. neck : mm, diameter in the groove.
    """

    length: float = 9.5
    diameter: float = 0.9
    neck: float = 0.7

    @property
    def groove(self) -> float:
        """z of the groove's middle, mm."""
        return _BEHIND - self.length

    def solid(self) -> Solid:
        """The post, which reaches 0.2 mm into what it is soldered to."""
        r, n = self.diameter / 2.0, self.neck / 2.0
        turn = np.linspace(0.0, np.pi / 2.0, 9)[:-1]
        tip = np.column_stack([r * np.cos(turn), -self.length + r * (1.0 - np.sin(turn))])
        wave = np.linspace(-1.0, 1.0, 13)
        groove = np.column_stack([
            r + (n - r) * (1.0 + np.cos(np.pi * wave)) / 2.0, self.groove + 0.6 * wave
        ])  # fmt: skip
        profile = np.concatenate([tip[::-1], groove, [[r, 0.2]]])
        return revolve(profile, _POINTS)


@dataclass(frozen=True)
class Butterfly:
    """A butterfly, or friction back: one strip, its ends rolled into scrolls that clasp the post.

    post : that it sits on. sheet : thickness of the strip; roll : radius of the scrolls' middle
    line; plate, strip : width of the strip in the middle and in the scrolls; all mm.
    """

    post: Post
    sheet: float = 0.4
    roll: float = 1.05
    plate: float = 4.6
    strip: float = 2.6

    @property
    def front(self) -> float:
        """z of the side that lies on the ear, mm, with the scrolls in the groove."""
        return self.post.groove + self.roll + self.sheet / 2.0

    def mesh(self) -> Mesh:
        """The butterfly on its post."""
        path, width = self._path()
        along = np.gradient(path, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        off = np.column_stack([along[:, 1], -along[:, 0]])
        y, depth = _edge(width, self.sheet)
        x, z = (path[:, k, None] + depth * off[:, k, None] for k in (0, 1))
        strip = sweep(np.stack([x, y, z], axis=-1), closed=False)
        hole = self.post.diameter / 2.0 + FIT
        bore = revolve(
            np.array([[hole, self.front - 2.0 * self.sheet], [hole, self.front + self.sheet]]),
            _POINTS,
        )
        return join([drill([strip], [bore])], [])

    def _path(self) -> tuple[FloatArray, FloatArray]:
        """Middle line of the strip, [N, 2] (x, z) mm, and its width there, [N] mm."""
        centre = self.post.neck / 2.0 + FIT + self.sheet / 2.0 + self.roll
        half = np.linspace(0.0, centre, 25)
        turn = np.linspace(-np.pi / 2.0, 1.42 * np.pi, 56)[1:]
        inward = np.clip(turn / np.pi - 1.0, 0.0, None)
        radius = self.roll * (1.0 - 0.9 * inward)
        scroll = np.column_stack([
            centre + radius * np.cos(turn), self.roll + radius * np.sin(turn)
        ])  # fmt: skip
        one = np.concatenate([np.column_stack([half, np.zeros(25)]), scroll])
        # The ears of the plate are round, the strips leave them at the scrolls.
        round_ = np.sqrt(np.clip(1.0 - (one[:, 0] / (1.18 * centre)) ** 2, 0.0, None))
        wide = np.where(np.arange(len(one)) < 25, self.plate * round_, 0.0)
        wide = np.maximum(wide, self.strip)
        one[:, 1] = self.front - self.sheet / 2.0 - one[:, 1]
        other = one[:0:-1] * [-1.0, 1.0]
        return np.concatenate([other, one]), np.concatenate([wide[:0:-1], wide])


def _edge(width: FloatArray, sheet: float) -> tuple[FloatArray, FloatArray]:
    """Sections of a strip with rounded edges: [N, M] mm across, [1, M] mm from its middle line."""
    turn = np.linspace(-np.pi / 2.0, np.pi / 2.0, 7)
    radius = 0.45 * sheet
    side = np.concatenate([np.ones(7), -np.ones(7)])
    bow = radius * np.concatenate([np.cos(turn) - 1.0, 1.0 - np.cos(turn)])
    flat = sheet / 2.0 - radius
    depth = np.concatenate([
        radius * np.sin(turn) + flat * np.sign(turn), -radius * np.sin(turn) - flat * np.sign(turn)
    ])  # fmt: skip
    return width[:, None] / 2.0 * side + bow, depth[None]
