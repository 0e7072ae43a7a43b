"""How a piece comes to rest on the ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import ConvexHull

from engine.cad.cuts import volume
from engine.types import FloatArray, Mesh, Role
from scenes.pieces.assembly import Body, Placed
from scenes.pieces.motion import shift, turn

#: Density, g/cm^3, for where the weight lies: 18 karat gold, a stone between diamond and sapphire,
#: a pearl. Rounded: estimated.
_DENSITY: dict[Role, float] = {"metal": 15.5, "stone": 3.7, "pearl": 2.7}

#: What lies this close to the ground, mm, carries.
_CONTACT = 2e-3

Thing = Body | Placed


def settle(things: Sequence[Thing]) -> FloatArray:
    """[4, 4] that lays a rigid piece on z = 0 where it stays, turned as little as possible.

    The ground touches the convex hull; a face of the hull carries where the centre of gravity lies
    over it. The vertical axis keeps its azimuth.
    """
    points = np.concatenate([_place(_mesh(thing).vertices, thing.transform)
                             for thing in things])  # fmt: skip
    middle = gravity(things)
    hull = ConvexHull(points)
    corners = points[hull.vertices]
    for plane in hull.equations[np.argsort(hull.equations[:, 2])]:
        normal = plane[:3]
        carrying = corners[corners @ normal + plane[3] > -_CONTACT]
        if _over(middle, carrying, normal):
            lay = _down(normal)
            return shift(z=-float(_place(corners, lay)[:, 2].min())) @ lay
    raise AssertionError("a solid has a face on which it rests")


def gravity(things: Sequence[Thing]) -> FloatArray:
    """The centre of gravity of what is put together, [3] mm."""
    masses, places = zip(*(_weighed(thing) for thing in things), strict=True)
    return np.asarray(np.average(np.array(places), axis=0, weights=np.array(masses)))


def weight(things: Sequence[Thing]) -> float:
    """Of all together, in grams, in 18 karat gold."""
    return sum(_weighed(thing)[0] for thing in things)


def _weighed(thing: Thing) -> tuple[float, FloatArray]:
    """Grams and centre of gravity."""
    mesh = _mesh(thing)
    role = "metal" if isinstance(thing, Body) else thing.role
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
    part = np.einsum("ij,ij->i", a, np.cross(b, c))
    middle = (part @ (a + b + c)) / (4.0 * part.sum())
    return volume(mesh) * _DENSITY[role] * 1e-3, _place(middle, thing.transform)


def _mesh(thing: Thing) -> Mesh:
    return thing.mesh if isinstance(thing, Body) else thing.cut.mesh()


def _place(points: FloatArray, move: FloatArray) -> FloatArray:
    return np.asarray(points @ move[:3, :3].T + move[:3, 3])


def _over(middle: FloatArray, carrying: FloatArray, normal: FloatArray) -> bool:
    """Whether a point lies over the convex hull of `carrying`, seen along `normal`."""
    across = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal))])
    flat = np.column_stack([across, np.cross(normal, across)])
    hull = ConvexHull((carrying - middle) @ flat)
    return bool((hull.equations[:, 2] < 0.0).all())


def _down(normal: FloatArray) -> FloatArray:
    """[4, 4]: the smallest turn that takes a unit vector to -z."""
    axis = np.cross(normal, [0.0, 0.0, -1.0])
    if np.linalg.norm(axis) < 1e-12:
        return np.eye(4) if normal[2] < 0.0 else turn([1.0, 0.0, 0.0], np.pi)
    return turn(axis, float(np.arctan2(np.linalg.norm(axis), -normal[2])))
