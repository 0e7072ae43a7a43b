"""Files without parts, and parts that hold a whole parcel: connected components become parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.cad.bodies import Body
from engine.cad.facets import looks_cut
from engine.cad.solid import signed_volume
from engine.cad.topology import boundary, compact, components
from engine.types import IntArray, Note

#: Only the largest components of a file without parts are looked at; the rest counts as metal.
MOST_COMPONENTS = 10_000


def split_by_shape(bodies: Sequence[Body]) -> tuple[list[Body], list[Note]]:
    """Components of an unnamed model: each cut stone a part "stone 1" ..., all else "metal"."""
    result: list[Body] = []
    for body in bodies:
        groups = _components(body.faces)
        by_size = sorted(range(len(groups)), key=lambda i: -len(groups[i]))[:MOST_COMPONENTS]
        cut = {i for i in by_size if _is_cut(body, groups[i])}
        stones = [_taken(body, groups[i], "stone") for i in range(len(groups)) if i in cut]
        rest = [groups[i] for i in range(len(groups)) if i not in cut]
        if rest:
            result.append(_taken(body, np.sort(np.concatenate(rest)), "metal"))
        result += stones
    stones = [body for body in result if body.name == "stone"]
    numbered = iter(range(1, len(stones) + 1))
    result = [
        replace(body, name=f"stone {next(numbered)}") if body.name == "stone" else body
        for body in result
    ]
    text = (
        f"The file holds no parts; by their shape {len(stones)} of its connected bodies are "
        "stones, all else is metal."
    )
    return result, [Note("role", text)]


def split_stones(bodies: Sequence[Body]) -> tuple[list[Body], list[Note]]:
    """Stone parts of several closed bodies side by side: each body its own part, numbered."""
    result: list[Body] = []
    notes: list[Note] = []
    taken = {body.name for body in bodies}
    for body in bodies:
        groups = _components(body.faces) if body.role == "stone" and body.closed else []
        if len(groups) < 2 or not all(_stands_alone(body, group) for group in groups):
            result.append(body)
            continue
        names = [f"{body.name} {k}" for k in range(1, len(groups) + 1)]
        if taken & set(names):
            names = [f"{body.name} / {k}" for k in range(1, len(groups) + 1)]
        taken |= set(names)
        result += [_taken(body, g, name) for g, name in zip(groups, names, strict=True)]
        text = f"Part '{body.name}' holds {len(groups)} separate stones, now parts of their own."
        notes.append(Note("role", text, body.name))
    return result, notes


def _components(faces: IntArray) -> list[np.ndarray]:
    """Face indices of each connected component, in the order they begin in the file."""
    _, label = components(faces)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return sorted(groups, key=lambda group: int(group[0]))


def _stands_alone(body: Body, group: np.ndarray) -> bool:
    """Whether a component is closed and outward (not the inside of a hollow one)."""
    faces = body.faces[group]
    used, local = compact(faces)
    return not len(boundary(faces)) and signed_volume(body.vertices[used], local).sum() > 0


def _is_cut(body: Body, group: np.ndarray) -> bool:
    faces = body.faces[group]
    if len(faces) < 8 or len(boundary(faces)):
        return False
    used, local = compact(faces)
    return looks_cut(body.vertices[used], local)


def _taken(body: Body, group: np.ndarray, name: str) -> Body:
    """Some faces of a body as a body of their own."""
    used, faces = compact(body.faces[group])
    rest = len(boundary(faces))
    repairs = replace(body.repairs, open_edges=rest)
    return replace(
        body,
        name=name,
        vertices=body.vertices[used],
        faces=faces,
        closed=rest == 0,
        repairs=repairs,
    )
