"""Instances: equal meshes are found however they are numbered and set, others stay apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.cad.instances import Instance, group, kabsch
from tests.engine.cad import shapes
from tests.engine.cad.shapes import Solid


def rotation(seed: int) -> np.ndarray:
    return Rotation.random(rng=seed).as_matrix()


def renumbered(solid: Solid, seed: int) -> Solid:
    vertices, faces = solid
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(vertices))
    back = np.argsort(order).astype(np.int32)
    return vertices[order], back[faces][rng.permutation(len(faces))]


def grouped(*solids: Solid) -> list[Instance]:
    return group(solids, [""] * len(solids))


def lands(model: Solid, instance: Instance, target: Solid) -> float:
    """Largest distance from a moved vertex of the model to the nearest one of the target."""
    moved = model[0] @ instance.motion[:3, :3].T + instance.motion[:3, 3]
    return float(np.linalg.norm(moved[:, None] - target[0][None], axis=2).min(axis=1).max())


@pytest.mark.parametrize("solid", [shapes.gem(), shapes.octahedron(), shapes.box(1, 2, 3)])
@pytest.mark.parametrize("shuffled", [False, True])
def test_turned_copies_share_one_mesh(solid: Solid, shuffled: bool) -> None:
    copies = [shapes.turned(solid, rotation(k), (k, 2.0 * k, -k)) for k in range(1, 6)]
    if shuffled:
        copies = [renumbered(copy, k) for k, copy in enumerate(copies)]
    found = grouped(solid, *copies)
    assert [instance.model for instance in found] == [0] * 6
    for copy, instance in zip(copies, found[1:], strict=True):
        assert np.linalg.det(instance.motion[:3, :3]) == pytest.approx(1.0)
        assert lands(solid, instance, copy) < 1e-9


def test_mirror_images_of_a_chiral_mesh_stay_apart() -> None:
    corners = np.array([[0, 0, 0], [3, 0, 0], [0, 2, 0], [0, 0, 1], [1.0, 1.5, 0.9]])
    chiral = shapes.hull(corners)
    mirrored = shapes.turned(chiral, np.diag([-1.0, 1.0, 1.0]), (5, 0, 0))
    assert [i.model for i in grouped(chiral, mirrored)] == [0, 1]
    assert [i.model for i in grouped(chiral, renumbered(mirrored, 3))] == [0, 1]


def test_the_best_motion_onto_a_mirror_image_does_not_mirror() -> None:
    points = np.random.default_rng(0).normal(size=(9, 3))
    motion = kabsch(points, points * [1.0, 1.0, -1.0])
    assert np.linalg.det(motion[:3, :3]) == pytest.approx(1.0)
    turn = rotation(5)
    motion = kabsch(points, points @ turn.T + 4.0)
    assert motion[:3, :3] == pytest.approx(turn)
    assert motion[:3, 3] == pytest.approx(4.0)


def test_sizes_shapes_and_keys_keep_meshes_apart() -> None:
    gem = shapes.gem(3.0)
    assert [i.model for i in grouped(gem, shapes.gem(3.1))] == [0, 1]
    assert [i.model for i in grouped(gem, shapes.gem(3.0, stretch=1.05))] == [0, 1]
    assert [i.model for i in group([gem, gem], ["flat", "smooth"])] == [0, 1]


def test_tolerance_is_a_thousandth_of_the_size() -> None:
    vertices, faces = shapes.gem(3.0)
    size = float(np.linalg.norm(np.ptp(vertices, axis=0)))
    for shift, model in ((0.5e-3, 0), (3e-3, 1)):
        bent = vertices.copy()
        bent[0, 2] += shift * size
        assert grouped((vertices, faces), (bent, faces))[1].model == model


def test_two_thousand_stones_are_two_meshes() -> None:
    small, large = shapes.gem(1.3), shapes.gem(1.5)
    rotations = Rotation.random(2000, rng=0).as_matrix()
    stones = [
        shapes.turned(small if k % 3 else large, r, (k, 0, 0)) for k, r in enumerate(rotations)
    ]
    assert {i.model for i in grouped(*stones)} == {0, 1}
