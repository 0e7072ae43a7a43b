"""Thin walls, wrong sizes, open and reversed surfaces: planted and found, near misses not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.cad.check import Finding, check
from engine.cad.load import load
from engine.cad.write import write
from engine.types import LoadOptions, Mesh, Piece
from scenes.pieces.assembly import Body
from scenes.pieces.solids import Solid, drill, join, revolve
from tests.engine.cad.check import planted


def only(piece: Piece) -> Finding:
    """The one finding of a piece."""
    report = check(piece)
    assert len(report.findings) == 1, [f.text for f in report.findings]
    return report.findings[0]


def band(wall: float, width: float = 4.0, inside: float = 17.2) -> Piece:
    """A plain band, its finger axis along z."""
    outer, inner = (
        revolve(np.array([[r, -h], [r, h]]), 96)
        for r, h in ((inside / 2 + wall, width / 2), (inside / 2, width))
    )
    made = drill([outer], [inner])
    return replace(planted.of_metal(Body("band", join([made], [])), kind="ring"), inside_mm=inside)


@pytest.mark.parametrize(
    ("wall", "severity"), [(1.0, None), (0.75, None), (0.6, "warning"), (0.3, "error")]
)
def test_the_wall_of_a_band(wall: float, severity: str | None) -> None:
    if severity is None:
        assert check(band(wall)).findings == ()
        return
    found = only(band(wall))
    assert (found.kind, found.severity, found.parts) == ("thin-wall", severity, ("band",))
    assert found.value == pytest.approx(wall, abs=0.03)
    assert found.at is not None
    assert np.hypot(*found.at[:2]) == pytest.approx(8.6 + wall / 2, abs=wall / 2 + 0.02)


def test_a_thin_wire_is_no_wall() -> None:
    assert check(band(0.5, width=0.6)).findings == ()


def test_a_dent_makes_a_wall_thin_in_one_place() -> None:
    whole = planted.block((-6, -6, 0), (6, 6, 2))
    for depth, count in ((1.0, 0), (1.5, 1)):
        dent = planted.block((-1.5, -1.5, 2 - depth), (1.5, 1.5, 3))
        piece = planted.of_metal(Body("plate", join([whole], [dent])), kind="ring")
        found = check(piece).findings
        assert [f.kind for f in found] == ["thin-wall"] * count
    assert found[0].value == pytest.approx(0.5, abs=0.03)
    assert found[0].at is not None
    assert np.abs(found[0].at[:2]).max() < 1.6


def test_metal_beside_a_stone_is_the_setters() -> None:
    """The collar of a bezel is burnished thin; the same collar without a stone is a wall."""
    collar = drill(
        [revolve(np.array([[2.9, -1.0], [2.9, 1.0]]), 96)],
        [revolve(np.array([[2.55, -2.0], [2.55, 2.0]]), 96)],
    )
    empty = planted.of_metal(Body("collar", join([collar], [])), kind="ring")
    assert only(empty).kind == "thin-wall"
    stone = planted.stones(np.eye(4))
    part = replace(stone.parts[0], mesh=1)
    set_ = replace(empty, meshes=(*empty.meshes, *stone.meshes), parts=(*empty.parts, part))
    assert "thin-wall" not in {f.kind for f in check(set_).findings}


@pytest.mark.parametrize(
    ("inside", "wrong"), [(11.9, True), (12.1, False), (25.9, False), (26.1, True)]
)
def test_a_ring_that_fits_no_finger(inside: float, wrong: bool) -> None:
    found = check(band(1.5, inside=inside)).findings
    assert [f.kind for f in found] == ["wrong-scale"] * wrong
    assert not wrong or "--ring-size 54" in found[0].text


def test_inches_read_as_millimetres(tmp_path: Path) -> None:
    piece = planted.clean_solitaire()
    small = replace(
        piece, meshes=tuple(replace(m, vertices=m.vertices / 25.4) for m in piece.meshes),
        parts=tuple(replace(p, transform=_scaled(p.transform, 1 / 25.4)) for p in piece.parts),
    )  # fmt: skip
    path = tmp_path / "ring.stl"
    write(small, path)
    kinds = {f.kind for f in check(load(path)).findings}
    assert kinds == {"wrong-scale"}  # and nothing that follows from it
    assert "--unit inch" in check(load(path)).findings[0].text
    assert check(load(path, LoadOptions(unit="inch"))).findings == ()


def _scaled(place: np.ndarray, factor: float) -> np.ndarray:
    moved = place.copy()
    moved[:3, 3] *= factor
    return moved


def two_stones(second: float) -> Piece:
    """A stone of 5 mm and one beside it, `second` times as large."""
    pair = planted.stones(np.eye(4), planted.shifted(x=3.0 + 3.0 * second))
    small = replace(pair.meshes[0], vertices=pair.meshes[0].vertices * second)
    parts = (pair.parts[0], replace(pair.parts[1], mesh=1))
    return replace(pair, meshes=(pair.meshes[0], small), parts=parts)


def test_a_stone_too_small_and_one_too_large() -> None:
    assert check(two_stones(0.12)).findings == ()
    found = only(two_stones(0.004))
    assert (found.kind, found.severity, found.parts) == ("wrong-scale", "error", ("stone 2",))
    assert found.value == pytest.approx(0.02)
    assert only(two_stones(40.0)).kind == "wrong-scale"


def test_a_chain_of_three_metres() -> None:
    bar = join([planted.block((0, 0, 0), (3000, 5, 5))], [])
    assert only(planted.of_metal(Body("bar", bar))).kind == "wrong-scale"


def _open(mesh: Mesh) -> Mesh:
    return replace(mesh, faces=mesh.faces[1:], closed=False)


def test_open_surfaces() -> None:
    block = join([planted.block((-5, -5, 0), (5, 5, 2))], [])
    found = only(planted.of_metal(Body("block", _open(block))))
    assert (found.kind, found.severity, found.parts) == ("open-metal", "warning", ("block",))
    stone = planted.stones(np.eye(4))
    found = only(replace(stone, meshes=(_open(stone.meshes[0]),)))
    assert (found.kind, found.severity, found.parts) == ("open-stone", "error", ("stone 1",))


def test_a_surface_inside_out() -> None:
    solid: Solid = planted.block((-5, -5, 0), (5, 5, 2))
    block = Mesh(solid.vertices, solid.faces[:, ::-1].copy())
    found = only(planted.of_metal(Body("block", block)))
    assert (found.kind, found.severity) == ("inside-out", "warning")


@pytest.mark.skipif("CULET_CAD_DIR" not in os.environ, reason="CULET_CAD_DIR is not set")
def test_what_is_wrong_with_a_real_ring() -> None:
    """Its eternity row runs on under the head, which buries three stones and reaches the centre
    stone's culet; the halo's plate and the prongs are not cut for their stones."""
    piece = load(Path(os.environ["CULET_CAD_DIR"]) / "ring-with-melee.3dm")
    report = check(piece)
    by_kind: dict[str, set[str]] = {}
    for finding in report.findings:
        by_kind.setdefault(finding.kind, set()).update(finding.parts)
    halo = {f"Gem 02.{k:03d}" for k in range(1, 17)}
    assert by_kind == {
        "wrong-scale": set(),
        "stones-cut": {"Gem 01.001", "Gem"},
        "metal-in-stone": {"Gem", "Gem 01.001", "Gem 01.002", "Gem 01.044", *halo},
    }
    sized = load(Path(os.environ["CULET_CAD_DIR"]) / "ring-with-melee.3dm",
                 LoadOptions(ring_size="54"))  # fmt: skip
    assert {f.kind for f in check(sized).findings} == {"stones-cut", "metal-in-stone"}
