"""One ring in five formats is one ring: the same masks, normals and picture.

Rationale: a CAD operator exports whatever the shop's system takes; the picture may not depend on
it. STL and PLY hold no parts, so masks are compared by role; where parts are kept, by part too.
Expected: role masks agree to an intersection over union of 0.999, normals within 0.5 degrees, and
256-spp pictures differ from the 3DM one no more than two seeds of it differ.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import engine
from engine.scene import Scene, compose
from engine.types import Frame
from scenes.pieces import build

FORMATS = ("stl", "obj", "ply", "glb")
Mask = npt.NDArray[np.bool_]


def load(path: Path) -> Scene:
    """The scene of the ring in that file."""
    return compose(engine.load(path), metal="gold-18k-yellow", stone="diamond", size=(128, 128))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A solitaire, written in every format."""
    where = tmp_path_factory.mktemp("ring")
    piece = build("solitaire")
    for suffix in ("3dm", *FORMATS):
        engine.write(piece, where / f"ring.{suffix}")
    return where


@pytest.fixture(scope="module")
def base(folder: Path) -> tuple[Scene, Frame, Frame]:
    """The ring from Rhino 3DM, traced with two seeds."""
    scene = load(folder / "ring.3dm")
    one, two = (engine.trace(scene, spp=256, seed=seed, device="cpu")[0] for seed in (1, 2))
    return scene, one, two


def role_mask(scene: Scene, frame: Frame, role: str) -> Mask:
    """Pixels whose centre sees a part of that role."""
    wanted = [i for i, part in enumerate(scene.piece.parts) if part.role == role]
    return np.isin(frame.features.part, wanted)


def overlap(a: Mask, b: Mask) -> float:
    """Intersection over union."""
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_ring_in_every_format(
    suffix: str, folder: Path, base: tuple[Scene, Frame, Frame]
) -> None:
    reference, one, two = base
    scene = load(folder / f"ring.{suffix}")
    frame = engine.trace(scene, spp=256, seed=1, device="cpu")[0]

    for role in ("stone", "metal"):
        ours, theirs = role_mask(scene, frame, role), role_mask(reference, one, role)
        assert theirs.sum() > 200
        assert overlap(ours, theirs) >= 0.999

    seen = (frame.alpha > 0.999) & (one.alpha > 0.999)
    a, b = frame.features.normal[seen], one.features.normal[seen]
    cosine = (a * b).sum(-1) / np.maximum(
        np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-9
    )
    assert np.degrees(np.arccos(np.clip(np.percentile(cosine, 0.1), -1, 1))) < 0.5

    noise = np.square(one.xyz - two.xyz).mean()
    assert np.square(frame.xyz - one.xyz).mean() <= noise


def test_two_rings_are_not_the_same(folder: Path, base: tuple[Scene, Frame, Frame]) -> None:
    """The measure bites: a ring one size larger differs."""
    reference, one, two = base
    path = engine.write(build("solitaire", size=56.0), folder / "larger.3dm")
    scene = load(path)
    frame = engine.trace(scene, spp=32, seed=1, device="cpu")[0]
    masks = role_mask(scene, frame, "metal"), role_mask(reference, one, "metal")
    assert overlap(*masks) < 0.99
    assert np.square(frame.xyz - one.xyz).mean() > np.square(one.xyz - two.xyz).mean()
