"""Where the finger goes through a ring that stands: its axis is y."""

from __future__ import annotations

import numpy as np

from engine.types import FloatArray, Piece

#: How far from the middle plane metal counts as that on which the ring stands, mm.
BELOW_MM = 1.0


def finger_centre(piece: Piece) -> FloatArray | None:
    """A point of the finger's axis, [3] mm; None for what is no ring.

    The hole begins where the shank below it ends.
    """
    metal = [piece.vertices(part) for part in piece.parts if part.role == "metal"]
    if piece.kind != "ring" or piece.inside_mm is None or not metal:
        return None
    v = np.concatenate(metal)
    middle = v.min(axis=0) / 2 + v.max(axis=0) / 2
    low = float(v[:, 2].min())
    shank = v[(np.abs(v[:, 0] - middle[0]) < BELOW_MM) & (v[:, 2] < low + piece.inside_mm / 2)]
    top = float(shank[:, 2].max())
    return np.array([middle[0], middle[1], top + piece.inside_mm / 2])
