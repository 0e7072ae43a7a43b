"""Loops of a body that something may pass through, and whether two of them are linked.

Any closed way on the surface of a body will do: those around its wire bound a disc of metal, which
nothing passes, and count nothing; those around its hole count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from engine.cad.check.surface import LongArray
from engine.cad.solid import face_vectors
from engine.cad.topology import Edges, edges, neighbours, summed
from engine.types import FloatArray, IntArray

#: Loops run this deep below the surface, mm, so that bodies that touch do not confuse them.
SUNK = 0.05
#: Bodies with more holes are filigree; only so many of their loops are looked at.
MOST_LOOPS = 400
#: A rod whose ends are this near to each other, as part of its length, is bent into a link.
LARGEST_OPENING = 0.35
#: Ends of a rod: this part of its length.
_END = 0.12


@dataclass(frozen=True, eq=False)
class Loops:
    """Closed ways through a body, in its mesh's frame.

    closed : [N, 3] mm each; none where the body has no hole. opening : mm between the ends of a
    rod that is bent into a link but not closed; its one loop then leaps over the gap. None where
    there is no gap.
    """

    closed: tuple[FloatArray, ...]
    opening: float | None = None


def find_loops(vertices: FloatArray, faces: IntArray) -> Loops:
    """Loops of a closed, connected surface."""
    table = edges(faces)
    if (table.count != 2).any():
        return Loops(())
    deep = vertices - SUNK * _outward(vertices, faces)
    length = np.linalg.norm(vertices[table.ends[:, 0]] - vertices[table.ends[:, 1]], axis=1)
    graph = _graph(table.ends, length, len(vertices))
    if len(vertices) - len(table.ends) + len(faces) == 2:
        return _bent(vertices, deep, graph)
    away, before = _shortest(graph, 0)
    left = _left_over(faces, table, length, away, before)
    ways = [_way(table.ends[e], before) for e in left[:MOST_LOOPS]]
    return Loops(tuple(deep[way] for way in sorted(ways, key=len, reverse=True)))


def _outward(vertices: FloatArray, faces: IntArray) -> FloatArray:
    """[V, 3] unit normals of a smooth surface."""
    spread = np.tile(face_vectors(vertices, faces), (3, 1))
    total = summed(faces.T.reshape(-1).astype(np.int64), spread, len(vertices))
    size = np.linalg.norm(total, axis=1, keepdims=True)
    normals: FloatArray = total / np.maximum(size, 1e-300)
    return normals


def _graph(ends: LongArray, weight: FloatArray, count: int) -> csr_matrix:
    both = np.concatenate([ends, ends[:, ::-1]])
    return coo_matrix((np.tile(weight, 2), both.T), shape=(count, count)).tocsr()


def _shortest(graph: csr_matrix, start: int) -> tuple[FloatArray, IntArray]:
    """Lengths of the shortest ways from one vertex to all, and the vertex before each."""
    away, before = dijkstra(graph, indices=[start], return_predecessors=True)
    return away[0], before[0].astype(np.int32)


def _left_over(
    faces: IntArray, table: Edges, length: FloatArray, away: FloatArray, before: IntArray
) -> LongArray:
    """Edges that neither a tree of shortest ways nor a tree of the faces between them uses.

    Each closes one of the 2 g loops of a surface with g holes; taking the faces across long ways
    first leaves the short loops (J. Erickson and K. Whittlesey, SODA 2005).
    """
    tree = (before[table.ends[:, 0]] == table.ends[:, 1]) | (
        before[table.ends[:, 1]] == table.ends[:, 0]
    )
    pairs = neighbours(faces, table)
    way = (away[table.ends].sum(axis=1) + length)[pairs.edge]
    free = ~tree[pairs.edge]
    a, b = pairs.faces[free].T
    weight = way[free].max() + 1.0 - way[free]
    # Two faces may share two edges: the matrix would add them up.
    _, first = np.unique(np.minimum(a, b) * len(faces) + np.maximum(a, b), return_index=True)
    graph = coo_matrix((weight[first], (a[first], b[first])), shape=(len(faces),) * 2)
    cotree = minimum_spanning_tree(graph.tocsr()).tocoo()
    used = np.minimum(cotree.row, cotree.col).astype(np.int64) * len(faces)
    used += np.maximum(cotree.row, cotree.col)
    key = np.minimum(a, b) * len(faces) + np.maximum(a, b)
    in_cotree = np.isin(key, used)
    repeated = np.ones(len(key), dtype=bool)
    repeated[first] = False
    return np.asarray(pairs.edge[free][~in_cotree | repeated])


def _way(ends: LongArray, before: IntArray) -> list[int]:
    """Vertices from one end of an edge up the tree and down to the other end."""
    ways = []
    for end in ends:
        way = [int(end)]
        while before[way[-1]] >= 0:
            way.append(int(before[way[-1]]))
        ways.append(way)
    one, two = ways
    while len(one) > 1 and len(two) > 1 and one[-2] == two[-2]:
        one.pop()
        two.pop()
    return one + two[-2::-1]


def _bent(points: FloatArray, deep: FloatArray, graph: csr_matrix) -> Loops:
    """The loop of a rod without a hole whose ends come near each other; none of anything else."""
    away, before = _shortest(graph, int(_shortest(graph, 0)[0].argmax()))
    last = int(away.argmax())
    length = float(away[last])
    back, _ = _shortest(graph, last)
    ends = points[away < _END * length], points[back < _END * length]
    gap = float(np.linalg.norm(ends[0][:, None] - ends[1][None], axis=2).min())
    if gap > LARGEST_OPENING * length:
        return Loops(())
    way = [last]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    return Loops((deep[way],), gap)


def linked(one: Sequence[FloatArray], two: Sequence[FloatArray]) -> bool:
    """Whether some loop [N, 3] of one body passes through some loop of another."""
    return any(_boxes_meet(a, b) and abs(linking_number(a, b)) > 0.5 for a in one for b in two)


def _boxes_meet(a: FloatArray, b: FloatArray) -> bool:
    return bool((a.min(0) <= b.max(0)).all() and (b.min(0) <= a.max(0)).all())


def linking_number(one: FloatArray, two: FloatArray) -> float:
    """How often the closed way one passes through two, signed; whole up to rounding.

    Gauss's integral over straight pieces: the solid angles of two triangles for each pair, by the
    formula of A. van Oosterom and J. Strackee (1983).
    """
    p, q = one[:, None], two[None]
    after_p, after_q = np.roll(one, -1, axis=0)[:, None], np.roll(two, -1, axis=0)[None]
    a, b, c, d = q - p, q - after_p, after_q - after_p, after_q - p
    volume = _dot(a, np.cross(b, c))
    la, lb, lc, ld = (np.sqrt(_dot(v, v)) for v in (a, b, c, d))
    ab, bc, ca, ad, dc = _dot(a, b), _dot(b, c), _dot(c, a), _dot(a, d), _dot(d, c)
    first = la * lb * lc + ab * lc + bc * la + ca * lb
    second = la * ld * lc + ad * lc + dc * la + ca * ld
    angle = np.arctan2(volume, first) + np.arctan2(volume, second)
    return float(angle.sum() / (2.0 * np.pi))


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    product: FloatArray = np.einsum("...i,...i->...", a, b)
    return product
