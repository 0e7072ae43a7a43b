"""Rounded edges: the shading normal near a convex edge of metal turns as on a fillet.

A fillet of radius r between two faces whose normals lie φ apart touches each of them r tan(φ/2)
away from their edge. Across this strip the normal goes from the one face's to the other's. Only the
normal turns: the outline keeps its corner, which at some hundredths of a millimetre nobody sees.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.trace.backend import dr, mi, table
from engine.trace.creases import Creases


class Edges:
    """`Creases` as the kernels read them.

    first : [F + 1]. rows : [E * 12] flattened: start, reach; way along, one over its square; other
    normal, angle φ between the two. present : whether there is any.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(self, found: Creases) -> None:
        square = np.maximum(np.einsum("ij,ij->i", found.along, found.along), 1e-30)
        angle = 2 * np.arctan(found.reach)
        rows = np.column_stack(
            [found.start, found.reach, found.along, 1 / square, found.other, angle]
        )
        self.present = bool(len(square))
        self.first = mi.UInt32(found.first.astype(np.uint32))
        # Dr.Jit does not gather from an empty array, not even under a mask of nothing.
        self.rows = table(np.concatenate([rows, np.zeros((1, 12))]))

    @dr.syntax
    def rounded(self, triangle: Any, p: Any, n: Any, radius: Any, active: Any) -> Any:
        """The normal n at p, turned towards what lies across the edges near by.

        radius : of the fillet, mm; 0 leaves the edge sharp.
        """
        k = dr.gather(mi.UInt32, self.first, triangle, active)
        end = dr.gather(mi.UInt32, self.first, triangle + 1, active)
        turn = mi.Vector3f(0)
        total = mi.Float(0)
        going = active & (k < end) & (radius > 0)
        while going:
            a = dr.gather(mi.Vector4f, self.rows, 3 * k, going)
            b = dr.gather(mi.Vector4f, self.rows, 3 * k + 1, going)
            c = dr.gather(mi.Vector4f, self.rows, 3 * k + 2, going)
            along = mi.Vector3f(b.x, b.y, b.z)
            x = mi.Vector3f(p) - mi.Vector3f(a.x, a.y, a.z)
            t = dr.clip(dr.dot(x, along) * b.w, 0, 1)
            near = dr.fmax(1 - dr.norm(x - t * along) / dr.fmax(radius * a.w, 1e-9), 0)
            # On the arc between the normals, halfway at the edge itself.
            here, there = dr.sin((1 - 0.5 * near) * c.w), dr.sin(0.5 * near * c.w)
            share = there / dr.fmax(here + there, 1e-9)
            # The nearest piece of an edge counts, not all that join there.
            weight = dr.square(dr.square(dr.square(near)))
            turn += weight * share * (mi.Vector3f(c.x, c.y, c.z) - mi.Vector3f(n))
            total += weight
            k += 1
            going &= k < end
        return mi.Normal3f(dr.normalize(mi.Vector3f(n) + turn / dr.fmax(total, 1e-20)))
