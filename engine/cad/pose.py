"""Standing a piece up: ring on its shank, stone table up, pendant as it hangs.

- Ring: finger axis along y, head up. The head is where the stones' weight lies off the axis (its
  exact direction from the table of the centre stone), else where the metal's surface does, else
  what the file calls up. Of the two ways round, the one that keeps the file's x most to the right.
- Loose stone: table up, long side of the outline along x, the culet on the ground.
- Pendant, earring (by a word in the file, or by an eye at one end): long side vertical, bail or
  lighter end up, thin side to the viewer, stones in front. An ear stud (its table across its
  long side) shows its table to the viewer.
- Anything else, chains and bracelets too, keeps what its file calls up.
- A file that says that its piece stands, and has it so, is left as it is.
Every other piece then rests on z = 0 with its bounding box centred in x and y.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.cad.bodies import Body
from engine.cad.facets import facets
from engine.cad.finger import Finger, find_finger
from engine.cad.scale import INSIDE_MM
from engine.cad.silhouette import sample
from engine.cad.solid import moments
from engine.cad.statement import NOTHING, Statement
from engine.cad.upright import (
    BAIL_UP,
    SNAP_DEG,
    across,
    hanging,
    has_bail,
    snapped,
    stone_right,
    stone_up,
)
from engine.errors import SceneError
from engine.types import FloatArray, IntArray, Kind, Note

#: A finger axis this close to an axis of the file was meant to lie on it, degrees.
SNAP_AXIS_DEG = 1.0
#: Stones, then metal, show a head when they lie off the axis by this share of its radius.
STONES_OFF, METAL_OFF = 0.05, 0.02
#: A stone is the centre stone where no other has this share of its volume.
ONE_CENTRE = 0.8
#: An earring is a stud, its post to the back, when its table faces this near to its long side.
STUD_DEG = 30.0
#: Inside diameters of bangles, mm: what a hand goes through and no finger fills (estimated).
BANGLE_MM = (45.0, 85.0)
#: What stands in its file touches the plane through the origin within this, mm.
RESTING_MM = 0.01
#: Weights that choose between the two ways round by where the file's x, y, z go.
_RIGHT = np.array([1.0, 0.6, 0.4])

_AXES = {
    f"{sign}{name}": direction * np.eye(3)[i]
    for sign, direction in (("", 1.0), ("-", -1.0))
    for i, name in enumerate("xyz")
}


@dataclass(frozen=True, eq=False)
class Pose:
    """How to stand a piece up.

    rotation : [3, 3] from file axes to the piece's. inside_mm : diameter of the finger hole.
    fixed    : whether the piece stays where it is in its file.
    """

    rotation: FloatArray
    kind: Kind
    inside_mm: float | None
    notes: tuple[Note, ...]
    fixed: bool = False


def find_pose(
    bodies: Sequence[Body],
    file_up: str,
    *,
    up: str | None,
    turn: bool,
    named: Kind | None,
    stated: Statement = NOTHING,
) -> Pose:
    """The pose of `bodies` (file axes, mm).

    file_up : "y" or "z", what the format means by up. up : the file's axis that a person wants
    up. turn : False only turns the file's up axis to z. named : kind that the file's words say.
    stated : what the file says of itself; it counts more than words.
    Raises `SceneError` for an axis that is none.
    """
    if up is not None and up not in _AXES:
        raise SceneError(f"'{up}' is no axis; use one of {', '.join(sorted(_AXES))}")
    kind, finger = _kind(bodies, stated.kind or named, sure=stated.kind is not None)
    inside = None if finger is None else 2.0 * finger.radius
    rising, front = _AXES[up or file_up], _AXES["-y" if file_up == "z" else "z"]
    front = across(front, rising)
    if stated.standing and up in (None, file_up) and _stands(bodies, rising):
        note = Note("posed", f"The {_noun(kind)} stands in its file as it should.")
        return Pose(_frame(rising, front), kind, inside, (note,), fixed=True)
    if not turn:
        text = (
            f"The file's orientation is kept, its {up or file_up} axis up; the piece was only "
            "centred and set on the ground."
        )
        return Pose(_frame(rising, front), kind, inside, (Note("posed", text),))
    if finger is not None:
        rotation, text = _ring(bodies, finger, rising, fixed=up is not None)
    elif kind == "stone" and len(bodies) == 1 and up is None:
        rotation, text = _stone(bodies[0], rising, front)
    elif kind in ("pendant", "earring") and up is None:
        rotation, text = _hanging(bodies, rising, front, kind)
    else:
        rotation = _frame(rising, front)
        text = f"The {_noun(kind)} keeps its file's {up or file_up} axis up."
    return Pose(rotation, kind, inside, (Note("posed", text),))


def _stands(bodies: Sequence[Body], rising: FloatArray) -> bool:
    """Whether the piece rests on the plane through the origin, and over the origin."""
    low = np.min([body.vertices.min(axis=0) for body in bodies], axis=0)
    high = np.max([body.vertices.max(axis=0) for body in bodies], axis=0)
    lowest = min(float((body.vertices @ rising).min()) for body in bodies)
    return abs(lowest) <= RESTING_MM and bool(np.all((low <= RESTING_MM) & (high >= -RESTING_MM)))


def to_ground(bodies: Iterable[Body], pose: Pose) -> FloatArray:
    """[4, 4] motion: turned, then centred in x and y with its lowest point on z = 0, unless the
    pose is fixed: then only turned."""
    rotation = pose.rotation
    turned = [body.vertices @ rotation.T for body in bodies]
    low = np.min([v.min(axis=0) for v in turned], axis=0)
    high = np.max([v.max(axis=0) for v in turned], axis=0)
    motion = np.eye(4)
    motion[:3, :3] = rotation
    if pose.fixed:
        return motion
    motion[:3, 3] = -0.5 * (low + high)
    motion[2, 3] = -low[2]
    return motion


def _kind(bodies: Sequence[Body], named: Kind | None, sure: bool) -> tuple[Kind, Finger | None]:
    """What kind of piece it is, and its finger hole if it is a ring.

    named : what words, or the file itself, say. sure : whether it is the file itself.
    """
    if sure and named is not None and named != "ring":
        return named, None
    if all(body.role == "stone" for body in bodies):
        return "stone", None
    if named in ("pendant", "earring", "bracelet"):
        return named, None
    vertices, faces = _joined([b for b in bodies if b.role == "metal"] or list(bodies))
    finger = find_finger(vertices, faces)
    if finger is not None and named != "ring":
        inside = 2.0 * finger.radius
        if named == "necklace" and not INSIDE_MM[0] <= inside <= INSIDE_MM[1]:
            return named, None
        if BANGLE_MM[0] <= inside <= BANGLE_MM[1]:
            return "bracelet", None
    if finger is not None:
        return "ring", finger
    if named == "necklace" or sure:
        return named or "other", None
    return ("pendant" if has_bail(sample(*_joined(bodies))) else "other"), None


def _joined(bodies: Sequence[Body]) -> tuple[FloatArray, IntArray]:
    starts = np.cumsum([0] + [len(body.vertices) for body in bodies[:-1]])
    faces = [body.faces + start for body, start in zip(bodies, starts, strict=True)]
    return np.concatenate([b.vertices for b in bodies]), np.concatenate(faces).astype(np.int32)


def _frame(up: FloatArray, front: FloatArray) -> FloatArray:
    """[3, 3] rotation that brings `up` to z and `front` to -y."""
    return np.stack([np.cross(-front, up), -front, up])


def _stone_weight(bodies: Sequence[Body]) -> tuple[FloatArray, float] | None:
    """Centroid and volume of all stones, weighted by volume; None without stones."""
    stones = [
        (m.centroid, abs(m.volume))
        for body in bodies
        if body.role in ("stone", "pearl")
        for m in (moments(body.vertices, body.faces),)
    ]
    total = sum(volume for _, volume in stones)
    if total <= 0:
        return None
    return np.sum([centre * volume for centre, volume in stones], axis=0) / total, total


def _ring(
    bodies: Sequence[Body], finger: Finger, rising: FloatArray, fixed: bool
) -> tuple[FloatArray, str]:
    axis = snapped(finger.axis, None, SNAP_AXIS_DEG)
    if fixed and abs(axis @ rising) > 0.87:
        head, reason = _head(bodies, finger, axis, rising)
        text = f"The ring lies on its side, as asked, its head ({reason}) to the front."
        return _frame(rising, across(head, rising)), text
    if fixed:
        head, reason = rising, "as asked"
        axis = across(axis, rising)
    else:
        head, reason = _head(bodies, finger, axis, rising)
    right = np.cross(axis, head)
    axis = axis if right @ _RIGHT >= 0 else -axis
    text = (
        f"The ring stands with its finger axis ({name_axis(axis)} of the file) along y and its "
        f"head ({name_axis(head)} of the file, {reason}) up."
    )
    return _frame(head, -axis), text


def _head(
    bodies: Sequence[Body], finger: Finger, axis: FloatArray, rising: FloatArray
) -> tuple[FloatArray, str]:
    """Direction from the axis to the head, and what showed it."""
    stones = _stone_weight(bodies)
    metal = moments(*_joined(bodies)).centroid
    for centre, least, reason in (
        (None if stones is None else stones[0], STONES_OFF, "where the stones are"),
        (metal, METAL_OFF, "where most metal is"),
    ):
        if centre is not None:
            off = centre - finger.centre
            off = off - (off @ axis) * axis
            if np.linalg.norm(off) > least * finger.radius:
                head = off / np.linalg.norm(off)
                # Melee need not be spread evenly about the head: the table tells it better.
                table = _centre_table(bodies)
                square = head if table is None else across(table, axis)
                if table is not None and square @ head > np.cos(np.radians(SNAP_DEG)):
                    return snapped(square, axis, SNAP_AXIS_DEG), reason
                return snapped(head, axis), reason
    wish = rising if abs(rising @ axis) < 0.9 else _AXES["y"]
    return snapped(across(wish, axis), axis), "up as in the file, as the band is even"


def _centre_table(bodies: Sequence[Body]) -> FloatArray | None:
    """[3] direction in which the table of the one centre stone faces; None without such a stone."""
    stones = [body for body in bodies if body.role == "stone"]
    volume = [abs(moments(stone.vertices, stone.faces).volume) for stone in stones]
    if not stones or sum(v > ONE_CENTRE * max(volume) for v in volume) != 1:
        return None
    centre = stones[int(np.argmax(volume))]
    table: FloatArray = facets(centre.vertices, centre.faces).normals[0]
    return table


def _stone(body: Body, rising: FloatArray, front: FloatArray) -> tuple[FloatArray, str]:
    table = stone_up(body.vertices, body.faces, rising)
    if table is None:
        text = f"The stone has no table to tell its top; {name_axis(rising)} of the file is up."
        return _frame(rising, front), text
    up = snapped(table, None, SNAP_AXIS_DEG)
    right = stone_right(body.vertices, up, np.cross(-front, rising))
    text = f"The stone's table ({name_axis(up)} of the file) faces up, its culet on the ground."
    return _frame(up, np.cross(right, up)), text


def _hanging(
    bodies: Sequence[Body], rising: FloatArray, front: FloatArray, kind: Kind
) -> tuple[FloatArray, str]:
    stones = _stone_weight(bodies)
    cloud = sample(*_joined(bodies))
    up, face, reason = hanging(cloud, None if stones is None else stones[0], rising, front)
    table = _centre_table(bodies) if kind == "earring" else None
    if table is not None and reason != BAIL_UP and abs(table @ up) > np.cos(np.radians(STUD_DEG)):
        face = snapped(table, None, SNAP_AXIS_DEG)
        up = across(rising if abs(face @ rising) < 0.9 else front, face)
        text = f"The ear stud's table ({name_axis(face)} of the file) faces the viewer."
        return _frame(up, face), text
    text = (
        f"The {kind} hangs upright: {name_axis(up)} of the file is up ({reason}), "
        f"{name_axis(face)} faces the viewer."
    )
    return _frame(up, face), text


def name_axis(direction: FloatArray) -> str:
    """A direction in words: "-y", or "9.8 degrees off z".

    >>> name_axis(np.array([0.0, -1.0, 0.0]))
    '-y'
    """
    name = max(_AXES, key=lambda n: float(_AXES[n] @ direction))
    off = float(np.degrees(np.arccos(np.clip(_AXES[name] @ direction, -1.0, 1.0))))
    return name if off < 0.05 else f"{off:.1f} degrees off {name}"


def _noun(kind: Kind) -> str:
    return {"stone": "stones", "other": "piece"}.get(kind, kind)
