"""Who touches whom in a triangle mesh: edges, neighbours, components, boundary.

Everything is vectorised over [F, 3] face arrays; vertices count as the same only where they have
the same index, so weld first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from engine.types import FloatArray, IntArray

LongArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Edges:
    """The undirected edges of a mesh.

    ends    : [E, 2] vertex indices, the lower first.
    count   : [E] how many face sides lie on the edge; 2 in a clean closed mesh.
    index   : [3F] edge of each face side; side k of face f stands at k*F + f and runs from
              corner k to corner k + 1.
    forward : [3F] whether the side runs from the lower to the higher vertex.
    """

    ends: LongArray
    count: LongArray
    index: LongArray
    forward: BoolArray

    @property
    def net(self) -> LongArray:
        """[E] sides running forward minus sides running backward; 0 where the surface is closed."""
        signs = np.where(self.forward, 1, -1)
        return np.bincount(self.index, signs, minlength=len(self.ends)).astype(np.int64)


def edges(faces: IntArray) -> Edges:
    """The edges of `faces` ([F, 3])."""
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    low, high = sides.min(axis=1), sides.max(axis=1)
    stride = int(sides.max(initial=0)) + 1
    key, index, count = np.unique(low * stride + high, return_inverse=True, return_counts=True)
    ends = np.stack([key // stride, key % stride], axis=1)
    return Edges(ends, count.astype(np.int64), index.reshape(-1), sides[:, 0] == low)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs of faces that share an edge with nobody else.

    faces : [M, 2] face indices. edge : [M] index of the shared edge. twisted : [M] whether both
    run along the edge in the same direction, so that one of them is turned over.
    """

    faces: LongArray
    edge: LongArray
    twisted: BoolArray


def neighbours(faces: IntArray, table: Edges | None = None) -> Neighbours:
    """Faces next to each other across edges that exactly two faces share."""
    table = edges(faces) if table is None else table
    order = np.argsort(table.index, kind="stable")
    order = order[table.count[table.index[order]] == 2].reshape(-1, 2)
    twisted = table.forward[order[:, 0]] == table.forward[order[:, 1]]
    return Neighbours(order % len(faces), table.index[order[:, 0]], twisted)


def components(faces: IntArray) -> tuple[int, LongArray]:
    """Connected components across edges that exactly two faces share: count and [F] labels."""
    return linked(len(faces), neighbours(faces).faces)


def linked(count: int, pairs: LongArray) -> tuple[int, LongArray]:
    """Connected components of `count` nodes under the [M, 2] links `pairs`: count and labels."""
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    found, labels = connected_components(graph, directed=False)
    return int(found), labels.astype(np.int64)


def summed(label: LongArray, values: FloatArray, count: int) -> FloatArray:
    """Sums of `values` ([N] or [N, K]) over each of `count` labels: [count] or [count, K]."""
    if values.ndim == 1:
        return np.bincount(label, values, minlength=count).astype(np.float64)
    return np.stack([summed(label, column, count) for column in values.T], axis=1)


def boundary(faces: IntArray, table: Edges | None = None) -> LongArray:
    """Sides that would close the surface, [B, 2] directed from and to; empty when it is closed.

    A closed surface runs along every edge as often forward as backward; what is missing always
    forms closed loops, also at edges that three or five faces share.
    """
    table = edges(faces) if table is None else table
    net = table.net
    missing = np.flatnonzero(net)
    turned = np.where(
        (net[missing] > 0)[:, None], table.ends[missing][:, ::-1], table.ends[missing]
    )
    return np.repeat(turned, np.abs(net[missing]), axis=0)


def compact(faces: IntArray) -> tuple[LongArray, IntArray]:
    """Drop unused vertices: indices of those kept (ascending) and the renumbered faces."""
    kept, index = np.unique(faces, return_inverse=True)
    return kept.astype(np.int64), index.reshape(-1, 3).astype(np.int32)
