"""Still lifes of one material: what shows what, and that it stands as it should."""

import numpy as np
import pytest

import materials
from scenes.swatches import Still, Swatch, ordered, still_life, still_of

STILLS: tuple[Still, ...] = ("metal", "faceted", "domed", "opaque", "pearls")


@pytest.mark.parametrize("still", STILLS)
def test_everything_rests_on_the_ground_and_apart(still: Still) -> None:
    piece = still_life(still)
    assert len(piece.parts) == len({part.name for part in piece.parts}) >= 1
    boxes = []
    for part in piece.parts:
        assert piece.meshes[part.mesh].closed
        vertices = piece.vertices(part)
        assert vertices[:, 2].min() == pytest.approx(0.0, abs=1e-6)
        boxes.append(vertices)
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            near = np.linalg.norm(a[::7, None] - b[None, ::7], axis=2).min()
            assert near > 0.1


def test_blocks_have_crisp_edges_and_spheres_are_round() -> None:
    piece = still_life("metal")
    sphere, block = (piece.meshes[part.mesh] for part in piece.parts)
    assert sphere.normals is not None
    np.testing.assert_allclose(sphere.normals, sphere.vertices / 4.2, atol=1e-6)
    assert block.normals is None
    a, b, c = (block.vertices[block.faces[:, i]] for i in range(3))
    facing = np.cross(b - a, c - a)
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    assert len(np.unique(facing.round(3), axis=0)) == 6 + 12 + 8


def test_each_kind_has_its_still_life() -> None:
    def named(name: str, label: str) -> Still:
        return still_of(materials.load("ruby").model_copy(update={"name": name, "label": label}))

    assert still_of(materials.load("silver-925")) == "metal"
    assert still_of(materials.load("pearl-white")) == "pearls"
    assert still_of(materials.load("neutral-grey")) == "opaque"
    assert named("ruby", "Ruby") == "faceted"
    assert named("opal-black", "Opal, black") == "domed"
    assert named("cats-eye", "Cat's-eye") == "domed"


def test_one_geometry_for_each_kind() -> None:
    order = ordered(["ruby", "silver-925", "emerald", "platinum-950"])
    assert order == ["ruby", "emerald", "silver-925", "platinum-950"]
    ruby, emerald = (Swatch.of(name).scene((32, 24)) for name in order[:2])
    assert ruby.piece is emerald.piece
    assert set(ruby.materials.values()) == {"ruby"}
    assert Swatch.of("ruby").lines == ("Ruby", "ruby")
