"""The last step of every reader: parts with sound indices, unique names and bounded sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from engine.cad.readers.source import (
    MAX_PARTS,
    MAX_TRIANGLES,
    Blob,
    Content,
    Indices,
    printable,
    skipped,
)
from engine.types import FloatArray, IntArray


def compact(vertices: FloatArray, indices: Indices) -> tuple[FloatArray, IntArray]:
    """Only the vertices that are used, in their old order, and the indices into them.

    vertices : [V, 3]. indices : any shape, all in [0, V).

    A few triangles of a part must not keep a huge shared vertex list alive.
    """
    if indices.size * 4 < len(vertices):
        used, local = np.unique(indices, return_inverse=True)
        return vertices[used], local.reshape(indices.shape).astype(np.int32)
    mask = np.zeros(len(vertices), dtype=bool)
    mask[indices] = True
    if mask.all():
        return vertices, indices.astype(np.int32)
    return vertices[mask], (np.cumsum(mask) - 1)[indices].astype(np.int32)


def check_indices(blob: Blob, part: str, faces: Indices, count: int) -> None:
    """Raise FileError unless all of `faces` lie in [0, count)."""
    if faces.size and (faces.min() < 0 or faces.max() >= count):
        raise blob.error(
            "a face names a vertex that does not exist; export the file again.", part=part
        )


def tidy(blob: Blob, content: Content) -> Content:
    """`content` without empty parts and with unique names.

    Raises FileError where there are no triangles, too many, or indices that lead nowhere.
    """
    full = [part for part in content.parts if len(part.faces)]
    for part in full:
        check_indices(blob, part.name, part.faces, len(part.vertices))
    check_total(blob, len(full), sum(len(part.faces) for part in full))
    if not full:
        raise blob.error(
            "it holds no triangles; export the piece as a mesh (and check that objects are "
            "visible and selected)."
        )
    empty = len(content.parts) - len(full)
    notes = skipped(empty, "part without triangles", "parts without triangles", "nothing is lost")
    names = unique(part.name for part in full)
    parts = tuple(
        replace(
            part,
            name=name,
            layer=printable(part.layer),
            material=printable(part.material or "") or None,
        )
        for part, name in zip(full, names, strict=True)
    )
    return replace(content, parts=parts, notes=content.notes + notes)


def check_total(blob: Blob, parts: int, triangles: int) -> None:
    """Raise FileError when the parts, instances counted each, are more than are read."""
    if triangles > MAX_TRIANGLES:
        raise blob.error(
            f"with all instances it has {triangles} triangles, more than the {MAX_TRIANGLES} that "
            "are read; export with coarser meshes or fewer copies."
        )
    if parts > MAX_PARTS:
        raise blob.error(
            f"with all instances it has more than the {MAX_PARTS} parts that are read; join some "
            "objects or leave copies out."
        )


def unique(names: Iterable[str]) -> list[str]:
    """Names for people, each one once: those that repeat are numbered .001, .002, ...

    >>> unique(["shank", "gem", "gem"])
    ['shank', 'gem.001', 'gem.002']
    """
    cleaned = [printable(name) or "part" for name in names]
    often = Counter(cleaned)
    taken = {name for name, count in often.items() if count == 1}
    numbers: Counter[str] = Counter()
    result = []
    for name in cleaned:
        chosen = name
        while often[name] > 1 and (chosen == name or chosen in taken):
            numbers[name] += 1
            chosen = f"{name}.{numbers[name]:03d}"
        taken.add(chosen)
        result.append(chosen)
    return result


def placed(
    vertices: FloatArray, faces: IntArray, matrix: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Vertices and faces under an affine motion; a mirror turns the faces round.

    vertices : [V, 3]. faces : [F, 3]. matrix : [4, 4], columns are images of the axes.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        moved = vertices @ matrix[:3, :3].T + matrix[:3, 3]
        mirrored = np.linalg.det(matrix[:3, :3]) < 0
    return moved, np.ascontiguousarray(faces[:, ::-1]) if mirrored else faces
