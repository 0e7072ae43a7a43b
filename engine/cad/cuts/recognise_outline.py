"""The outline of a stone seen from above: how long and wide, with which corners, of which shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, QhullError

from engine.types import FloatArray

#: Rays from the middle that find the outline.
RAYS = 720
#: How far the axis of a curved outline may lie off that of its least box: quarters of a degree.
NEARBY = 48
#: What lies nearer to the line between its neighbours, as part of the breadth, is no corner.
STRAIGHT = 2e-3
#: A corner turns by more; a girdle of twelve flats by 30 degrees at each.
CORNER_DEG = 33.0
#: A side that bulges less than this part of its length is straight.
BULGE = 0.015
#: Longer than this times its width a stone is not round.
LONGER = 1.03
#: The part of its box that an outline without corners fills, at least, to be a cushion: an ellipse
#: fills .785, one of sixteen flats .796.
CUSHION = 0.815
#: The part of its box that a marquise fills at most: two arcs fill .72 at most.
MARQUISE = 0.745
#: The part of its box that is more than a cushion's.
FULL = 0.96
#: An outline that differs by more from itself turned by half a turn, as part of its radius, is that
#: of a pear, a heart, a triangle or a trapezoid.
EVEN = 0.01
#: The part of its convex outline that a heart does not fill, at least.
CLEFT = 0.008
#: Corners of 90 degrees and parallel sides, give or take; a tapered stone's differ by more.
SQUARE_DEG = 1.0


@dataclass(frozen=True, eq=False)
class Outline:
    """What the outline looks like.

    shape  : "round", "oval", "cushion", "square", "rectangle", "cut-cornered", "octagon",
    "trapezoid", "pear", "marquise", "heart", "triangle" or "other".
    width, length : mm; of a round the least and the largest diameter.
    turn   : rad, from x to the direction of the length. area : mm2.
    sides  : [N] azimuths of the straight sides' outward normals, rad, from x.
    corner : what a cut corner takes from a side, as part of the width; 0 without cut corners.
    """

    shape: str
    width: float
    length: float
    turn: float
    area: float
    sides: FloatArray
    corner: float


def outline(rim: FloatArray) -> Outline | None:
    """The outline whose edges are among `rim`, [S, 2, 2] mm; None where they enclose nothing."""
    points = rim.reshape(-1, 2)
    try:
        hull = points[ConvexHull(points).vertices]
    except QhullError:
        return None
    plain = _simple(hull)
    sharp = np.flatnonzero(_turns(plain) > np.radians(CORNER_DEG))
    sides, straight = _sides(plain, sharp)
    radius = _radius(rim, hull)
    area = _area(_polar(radius))
    cleft = 1.0 - area / _area(hull)
    odd = _oddness(radius)
    if cleft > CLEFT or (odd > EVEN and len(sharp) in (1, 3)):
        turn = _mirror(radius)
    elif len(sharp) == 2:
        x, y = plain[sharp[1]] - plain[sharp[0]]
        turn = float(np.arctan2(y, x))
    else:
        turn = _box(hull) if straight else _mirror(radius, _box(hull))
    width, length = _extent(hull, turn)
    seen = _Seen(plain[sharp], sides, straight, width, length, area, odd)
    shape = seen.shape()
    if cleft > CLEFT:
        shape = "heart" if len(sharp) == 1 else "other"
    if shape == "round":
        width, length = _calipers(hull)
    return Outline(shape, width, length, turn, area, sides, seen.corner())


@dataclass(frozen=True, eq=False)
class _Seen:
    """What was seen of a convex outline.

    corners : [K, 2] mm. sides : [K] azimuths of the outward normals of what is between them, rad.
    straight: whether all these are. width, length, area : mm, mm2.
    odd     : how much the outline differs from itself turned by half a turn, as part of its radius.
    """

    corners: FloatArray
    sides: FloatArray
    straight: bool
    width: float
    length: float
    area: float
    odd: float

    def shape(self) -> str:
        count = len(self.corners)
        if self.odd > EVEN:
            if count == 4 and self.straight and self._parallel():
                return "trapezoid"
            return {1: "pear", 3: "triangle"}.get(count, "other")
        if count == 2 and self._filled() < MARQUISE:
            return "marquise" if self._lengths()[0] > 0.98 * self.length else "other"
        if count < 4:  # the ends of an oval of few flats look like tips
            return self._rounded()
        if count not in (4, 8):
            return "other"
        if not self.straight:
            return "cushion"
        return self._square() if count == 4 else self._cut_cornered()

    def corner(self) -> float:
        cut = len(self.corners) == 8
        return float(self._lengths().min() / np.sqrt(2.0) / self.width) if cut else 0.0

    def _filled(self) -> float:
        return self.area / (self.width * self.length)

    def _long(self) -> bool:
        return self.length > LONGER * self.width

    def _lengths(self) -> FloatArray:
        return np.asarray(np.linalg.norm(np.roll(self.corners, -1, axis=0) - self.corners, axis=1))

    def _turns(self) -> FloatArray:
        """[K] from each side to the next, degrees."""
        step = np.roll(self.sides, -1) - self.sides
        return np.asarray(np.abs(np.degrees((step + np.pi) % (2.0 * np.pi) - np.pi)))

    def _rounded(self) -> str:
        if self._filled() >= CUSHION:
            return "cushion" if self._filled() < FULL else "other"
        if self._filled() < MARQUISE:
            return "other"
        return "oval" if self._long() else "round"

    def _square(self) -> str:
        if np.abs(self._turns() - 90.0).max() > SQUARE_DEG:
            return "other"
        return "rectangle" if self._long() else "square"

    def _cut_cornered(self) -> str:
        lengths = self._lengths()
        if lengths.max() < 1.12 * lengths.min() and not self._long():
            return "octagon"
        across = self._turns() + np.roll(self._turns(), -1)  # to the next side but one
        return "cut-cornered" if np.abs(across - 90.0).max() < 2 * SQUARE_DEG else "other"

    def _parallel(self) -> bool:
        """Whether two of four sides are."""
        across = self._turns() + np.roll(self._turns(), -1)
        return bool(np.abs(across - 180.0).min() < SQUARE_DEG)


def _simple(hull: FloatArray) -> FloatArray:
    """The convex polygon without what is no corner but noise or one more cut of an edge."""
    points = hull
    least = STRAIGHT * float(np.ptp(hull, axis=0).mean())
    while len(points) > 3:
        before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
        along = after - before
        out = np.abs(_cross(along, points - before)) / np.linalg.norm(along, axis=1)
        if out.min() > least:
            break
        points = np.delete(points, int(out.argmin()), axis=0)
    return points


def _turns(points: FloatArray) -> FloatArray:
    """[N] by how much a convex polygon turns at each corner, rad."""
    ahead = np.roll(points, -1, axis=0) - points
    behind = np.roll(ahead, 1, axis=0)
    return np.asarray(np.arctan2(_cross(behind, ahead), np.einsum("ij,ij->i", behind, ahead)))


def _sides(points: FloatArray, sharp: npt.NDArray[np.intp]) -> tuple[FloatArray, bool]:
    """[N] azimuths of the normals of the sides between corners, rad; whether all are straight."""
    azimuths, straight = [], []
    for i, j in zip(sharp, np.roll(sharp, -1), strict=True):
        run = np.roll(points, -i, axis=0)[: (j - i) % len(points) + 1]
        chord = run[-1] - run[0]
        length = float(np.linalg.norm(chord))
        bulge = np.abs(_cross(np.broadcast_to(chord, run.shape), run - run[0])).max()
        straight.append(len(run) > 1 and length > 0.0 and bulge < BULGE * length**2)
        azimuths.append(np.arctan2(-chord[0], chord[1]))
    return np.array(azimuths), bool(straight) and all(straight)


def _radius(rim: FloatArray, hull: FloatArray) -> FloatArray:
    """[RAYS] distance from the hull's middle to the outline."""
    centre = _centroid(hull)
    turn = 2.0 * np.pi * np.arange(RAYS) / RAYS
    towards = np.column_stack([np.cos(turn), np.sin(turn)])
    far = _reached(rim - centre, towards)
    closed = np.stack([hull, np.roll(hull, -1, axis=0)], axis=1) - centre
    return np.where(far > 0.0, far, _reached(closed, towards))


def _reached(segments: FloatArray, towards: FloatArray) -> FloatArray:
    """[R] distance of the farthest of [S, 2, 2] segments along each ray from 0; 0 for none."""
    start, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    far = np.zeros(len(towards))
    for first in range(0, len(start), 2000):
        a, e = start[first : first + 2000], along[first : first + 2000]
        steep = towards[:, :1] * e[:, 1] - towards[:, 1:] * e[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = _cross(a, e) / steep
            place = (a[:, 0] * towards[:, 1:] - a[:, 1] * towards[:, :1]) / steep
        met = (place >= -1e-9) & (place <= 1.0 + 1e-9) & np.isfinite(distance)
        far = np.maximum(far, np.where(met, distance, 0.0).max(axis=1, initial=0.0))
    return far


def _mirror(radius: FloatArray, near: float | None = None) -> float:
    """The axis across which the outline is most nearly its own mirror image, rad, tip ahead.

    near : where it must lie nearby, as a round or square outline has several.
    """
    rays = np.arange(RAYS)
    twice = rays
    if near is not None:
        twice = round(near / np.pi * RAYS) + np.arange(-NEARBY, NEARBY + 1)
    errors = [np.abs(radius - radius[(t - rays) % RAYS]).sum() for t in twice]
    axis = int(twice[int(np.argmin(errors))])
    ahead, behind = (radius[(axis // 2 + back) % RAYS] for back in (0, RAYS // 2))
    turned = near is None and ahead < behind
    return float((axis / RAYS + turned) * np.pi)


def _box(hull: FloatArray) -> float:
    """Direction of the longer side of the least box, rad."""
    side = np.roll(hull, -1, axis=0) - hull
    turns = np.concatenate([np.arctan2(side[:, 1], side[:, 0]), np.arange(0, 180) * np.pi / 360])
    best = min(turns, key=lambda turn: np.prod(_extent(hull, turn)))
    finer = best + np.radians(np.linspace(-0.3, 0.3, 25))
    best = min([best, *finer], key=lambda turn: np.prod(_extent(hull, turn)) * (1 + 1e-9))
    width, length = _extent(hull, best)
    return float(best + np.pi / 2.0 if width > length else best)


def _extent(hull: FloatArray, turn: float) -> tuple[float, float]:
    """Extent across and along a direction, mm."""
    c, s = np.cos(turn), np.sin(turn)
    return float(np.ptp(hull @ [-s, c])), float(np.ptp(hull @ [c, s]))


def _calipers(hull: FloatArray) -> tuple[float, float]:
    """Least and largest diameter, mm."""
    turn = np.pi * np.arange(720) / 720
    wide = np.ptp(hull @ np.stack([np.cos(turn), np.sin(turn)]), axis=0)
    return float(wide.min()), float(wide.max())


def _oddness(radius: FloatArray) -> float:
    """How much an outline differs from itself turned by half a turn, as part of its radius."""
    return float(np.abs(radius - np.roll(radius, RAYS // 2)).mean() / radius.mean())


def _polar(radius: FloatArray) -> FloatArray:
    turn = 2.0 * np.pi * np.arange(len(radius)) / len(radius)
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


def _area(points: FloatArray) -> float:
    return float(_cross(points, np.roll(points, -1, axis=0)).sum() / 2.0)


def _centroid(points: FloatArray) -> FloatArray:
    after = np.roll(points, -1, axis=0)
    weight = _cross(points, after)
    return np.asarray(((points + after) * weight[:, None]).sum(axis=0) / (3.0 * weight.sum()))


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """[N] cross product of rows of plane vectors."""
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
