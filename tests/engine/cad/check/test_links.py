"""Chains, and parts that nothing holds: each fault is planted and found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.cad.check import Finding, check
from engine.cad.check.loops import find_loops, linking_number
from engine.cad.load import load
from engine.cad.write import write
from engine.types import FloatArray, Mesh, Piece
from scenes.pieces.assembly import Body
from scenes.pieces.solids import Solid, join, sweep, tube
from tests.engine.cad.check import planted

#: Radius of a link to the middle of its wire, and of the wire, mm; distance of links of a chain.
LINK, WIRE, PITCH = 1.5, 0.4, 2.12


def link(gap: float = 0.0) -> Mesh:
    """A round link in the plane z = 0, open by `gap` mm at +y."""
    half = 0.5 * gap / LINK
    turn = np.linspace(half, 2.0 * np.pi - half, 49)[: -1 if gap == 0.0 else None]
    path = LINK * np.column_stack([np.sin(turn), np.cos(turn), np.zeros(len(turn))])
    up = np.broadcast_to([0.0, 0.0, 1.0], path.shape)
    made = tube(path, np.full(len(path), WIRE), up, closed=gap == 0.0, points=16)
    return join([made], [])


def quarter(x: float, turned: bool, y: float = 0.0) -> FloatArray:
    """[4, 4] to a place on x; every second link is turned by a quarter around it."""
    move = np.eye(4)
    if turned:
        move[:3, :3] = [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
    move[:3, 3] = [x, y, 0.0]
    return move


def chain(count: int = 9, jump: int | None = None, by: float = 1.8) -> list[Body]:
    """Links along x; from link number `jump` on they are moved by `by` mm, out of the others."""
    mesh = link()
    places = [k * PITCH + (by if jump is not None and k >= jump else 0.0) for k in range(count)]
    return [
        Body(f"link {k + 1}", mesh, quarter(x, k % 2 == 1), "chain") for k, x in enumerate(places)
    ]


def only(piece: Piece) -> Finding:
    """The one finding of a piece."""
    report = check(piece)
    assert len(report.findings) == 1, [f.text for f in report.findings]
    return report.findings[0]


def test_a_chain_is_clean() -> None:
    assert check(planted.of_metal(*chain())).findings == ()


def test_two_neighbours_that_are_not_linked() -> None:
    found = only(planted.of_metal(*chain(jump=5)))
    assert (found.kind, found.severity, found.parts) == (
        "unlinked-links",
        "error",
        ("link 5", "link 6"),
    )
    assert found.at is not None
    assert found.at[0] == pytest.approx(4.5 * PITCH + 0.9)


def test_links_that_only_touch_are_not_linked() -> None:
    """The outsides meet: metal touches, but nothing holds."""
    away = 2.0 * (LINK + WIRE) - PITCH - 0.01
    assert only(planted.of_metal(*chain(jump=4, by=away))).parts == ("link 4", "link 5")


def test_a_closed_chain_with_a_missing_link() -> None:
    mesh, count = link(), 14
    turn = 2.0 * np.pi / count

    def around() -> Piece:
        radius = PITCH / (2.0 * np.sin(turn / 2.0))
        bodies = []
        for k in range(count):
            spin = np.eye(4)
            c, s = np.cos(k * turn), np.sin(k * turn)
            spin[:2, :2] = [[c, -s], [s, c]]
            place = quarter(0.0, k % 2 == 1, y=-radius)
            bodies.append(Body(f"link {k + 1}", mesh, spin @ place, "chain"))
        return planted.of_metal(*bodies)

    bracelet = around()
    assert check(bracelet).findings == ()
    open_ = replace(bracelet, parts=tuple(p for p in bracelet.parts if p.name != "link 4"))
    assert only(open_).parts == ("link 3", "link 5")


@pytest.mark.parametrize("which", [0, 4])
def test_an_open_link(which: int) -> None:
    bodies = chain()
    # Turned so that the opening lies to the side, as after a pull.
    aside = bodies[which].transform
    bodies[which] = replace(bodies[which], mesh=link(gap=0.5), transform=aside)
    found = only(planted.of_metal(*bodies))
    assert (found.kind, found.severity, found.parts) == (
        "open-link",
        "error",
        (f"link {which + 1}",),
    )
    assert found.value == pytest.approx(0.5 * (LINK - WIRE) / LINK, abs=0.06)


def test_a_cut_that_solder_closes_is_no_opening() -> None:
    bodies = chain()
    bodies[4] = replace(bodies[4], mesh=link(gap=0.02))
    assert check(planted.of_metal(*bodies)).findings == ()


def test_a_part_in_the_air() -> None:
    bodies = [Body("body", join([planted.block((-5, -5, 0), (5, 5, 2))], []))]
    crumb = join([planted.block((-1, -1, 0), (1, 1, 1))], [])
    for height, count in ((2.04, 0), (2.2, 1)):
        piece = planted.of_metal(*bodies, Body("loop", crumb, planted.shifted(z=height)))
        found = check(piece).findings
        assert [f.kind for f in found] == ["detached-part"] * count
    assert found[0].parts == ("loop",)
    assert found[0].value == pytest.approx(0.2, abs=0.01)


def test_what_rests_on_the_ground_is_another_piece() -> None:
    body = join([planted.block((-1, -1, 0), (1, 1, 1))], [])
    pair = [Body("left", body), Body("right", body, planted.shifted(x=9.0))]
    assert check(planted.of_metal(*pair)).findings == ()


def test_a_shell_of_a_part_may_be_detached_too(tmp_path: Path) -> None:
    """One STL, everything in one mesh."""
    piece = planted.with_metal(planted.clean_solitaire(), "loop", link(), planted.shifted(z=33.0))
    path = tmp_path / "ring.stl"
    write(piece, path)
    found = only(load(path))
    assert (found.kind, found.parts) == ("detached-part", ("metal",))
    assert "body 2 of the 2 in 'metal'" in found.text


def test_a_crumb_is_a_warning() -> None:
    crumb = join([planted.block((0, 0, 0), (0.1, 0.1, 0.1))], [])
    piece = planted.with_metal(planted.clean_solitaire(), "crumb", crumb, planted.shifted(z=33.0))
    found = only(piece)
    assert (found.kind, found.severity) == ("detached-part", "warning")


def test_a_hollow_body_is_one_body() -> None:
    outside, inside = (planted.block((-r, -r, -r), (r, r, r)) for r in (3.0, 2.0))
    faces = np.concatenate([outside.faces, inside.faces[:, ::-1] + 8]).astype(np.int32)
    hollow = Mesh(np.concatenate([outside.vertices, inside.vertices]), faces)
    assert check(planted.of_metal(Body("hollow", hollow))).findings == ()


def test_a_chain_in_one_mesh(tmp_path: Path) -> None:
    clean, broken = tmp_path / "clean.stl", tmp_path / "broken.stl"
    write(planted.of_metal(*chain()), clean)
    write(planted.of_metal(*chain(jump=5)), broken)
    assert check(load(clean)).findings == ()
    found = only(load(broken))
    assert found.kind == "unlinked-links"
    assert found.parts == ("metal", "metal")


def test_linking_numbers() -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn), 0.0 * turn])
    upright = ring[:, [0, 2, 1]] + [1.0, 0.0, 0.0]
    assert abs(linking_number(ring, upright)) == pytest.approx(1.0)
    assert linking_number(ring, ring[:, [0, 2, 1]] + [2.5, 0.0, 0.0]) == pytest.approx(
        0.0, abs=1e-9
    )
    twice = np.column_stack(
        [0.3 * np.cos(2 * turn) + 1.0, 0.1 * np.sin(turn), 0.3 * np.sin(2 * turn)]
    )
    assert abs(linking_number(ring, twice)) == pytest.approx(2.0)


@pytest.mark.parametrize("holes", [0, 1, 2, 3])
def test_a_body_has_two_loops_for_every_hole(holes: int) -> None:
    plate = planted.block((-1, -1, 0), (4 * holes + 1, 5, 1))
    drills = [planted.block((4 * k, 0, -1), (4 * k + 3, 3, 2)) for k in range(holes)]
    mesh = join([plate], drills)
    found = find_loops(*_welded(mesh))
    assert len(found.closed) == 2 * holes


def _welded(mesh: Mesh) -> tuple[FloatArray, np.ndarray]:
    from engine.cad.check.survey import welded

    return welded(mesh)


def test_a_sheet_is_no_link() -> None:
    ball = sweep(
        np.array([[[np.cos(a), np.sin(a), z] for a in (0, 2, 4)] for z in (0.0, 1.0)]), False
    )
    assert find_loops(ball.vertices, ball.faces).closed == ()
    assert isinstance(ball, Solid)


def test_a_link_beside_the_wire_of_its_neighbour_is_not_in_it() -> None:
    """Their boxes overlap: the small one stands on the inside of the large one."""
    bodies = chain(6)
    last = bodies[-1].transform[0, 3]
    lost = quarter(last + 0.2, False, y=0.0)
    lost[2, 3] = 2.0 * WIRE + 0.6
    bodies.append(Body("link 7", link(), lost, "chain"))
    report = check(planted.of_metal(*bodies))
    assert [(f.kind, set(f.parts)) for f in report.findings] == [
        ("unlinked-links", {"link 6", "link 7"})
    ]
