"""Plain cuts - old European, single, rose, baguette, radiant, Asscher: facets and proportions."""

from collections.abc import Callable

import numpy as np
import pytest
import trimesh

from engine.cad.cuts import Cut, carat, polygons
from engine.cad.cuts.baguette import baguette
from engine.cad.cuts.old_european import old_european
from engine.cad.cuts.radiant import radiant
from engine.cad.cuts.rose import rose
from engine.cad.cuts.single import single
from engine.cad.cuts.step import asscher
from engine.errors import GeometryError, SceneError
from engine.types import FloatArray

CUTS: dict[str, tuple[Callable[[], Cut], dict[str, int], int]] = {
    "old European": (
        old_european,
        {"table": 1, "star": 8, "crown main": 8, "upper half": 16, "girdle": 64,
         "pavilion main": 8, "lower half": 16, "culet": 1},
        8,
    ),
    "single": (single, {"table": 1, "crown main": 8, "girdle": 32, "pavilion main": 8}, 8),
    "rose": (rose, {"star": 6, "tooth": 6, "pair": 12, "girdle": 48, "base": 1}, 6),
    "oval rose": (
        lambda: rose(ratio=1.4, girdle=0.05),
        {"star": 6, "tooth": 6, "pair": 12, "girdle": 48, "base": 1},
        2,
    ),
    "radiant": (
        radiant,
        {"table": 1, "star": 8, "kite": 8, "upper girdle": 8, "girdle": 8, "pavilion side": 4,
         "pavilion fan": 24, "pavilion main": 4},
        2,
    ),
    "square radiant": (
        lambda: radiant(ratio=1.0),
        {"table": 1, "star": 8, "kite": 8, "upper girdle": 8, "girdle": 8, "pavilion side": 4,
         "pavilion fan": 24, "pavilion main": 4},
        4,
    ),
    "Asscher": (
        asscher,
        {"table": 1, "lower crown": 8, "middle crown": 8, "upper crown": 8, "girdle": 8,
         "upper pavilion": 8, "middle pavilion": 8, "lower pavilion": 8},
        4,
    ),
    "baguette": (
        baguette,
        {"table": 1, "lower crown": 4, "upper crown": 4, "girdle": 4, "upper pavilion": 4,
         "lower pavilion": 4},
        2,
    ),
    "tapered baguette": (
        lambda: baguette(taper=0.6),
        {"table": 1, "lower crown": 4, "upper crown": 4, "girdle": 4, "upper pavilion": 4,
         "lower pavilion": 4},
        1,
    ),
}  # fmt: skip


@pytest.fixture(params=CUTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def distance(planes: FloatArray, motion: FloatArray) -> float:
    """How far a motion takes the planes from themselves."""
    apart = np.linalg.norm(planes[:, None] - (planes @ motion.T)[None], axis=2)
    return float(apart.min(axis=1).max())


def test_facets(name: str) -> None:
    build, facets, _ = CUTS[name]
    assert build().kinds() == facets


def test_closed_convex_and_without_slivers(name: str) -> None:
    cut = CUTS[name][0]()
    mesh = cut.mesh()
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    assert solid.is_watertight
    assert solid.is_convex
    assert solid.euler_number == 2
    assert solid.edges_unique_length.min() > 0.005
    assert min(map(len, polygons(cut)[1])) >= 3


def test_symmetry(name: str) -> None:
    build, _, turns = CUTS[name]
    cut = build()
    planes = np.column_stack([cut.normals, cut.offsets])
    c, s = np.cos(2 * np.pi / turns), np.sin(2 * np.pi / turns)
    turn, mirror = np.eye(4), np.diag([-1.0, 1.0, 1.0, 1.0])
    turn[:2, :2] = [[c, -s], [s, c]]
    assert distance(planes, turn) < 1e-9
    assert distance(planes, mirror) < 1e-9


def test_a_tapered_baguette_is_narrow_at_one_end() -> None:
    outline = baguette(width=3.0, ratio=2.0, taper=0.5).girdle().outline
    assert outline[:, 1].max() == pytest.approx(3.0)
    for end, width in ((3.0, 3.0), (-3.0, 1.5)):
        assert np.ptp(outline[np.isclose(outline[:, 1], end), 0]) == pytest.approx(width)


def test_the_long_sides_of_a_baguette_have_the_angles_that_are_asked_for() -> None:
    cut = baguette(crown_deg=(40.0, 25.0), pavilion_deg=(50.0, 42.0))
    up = dict(zip(cut.facets, cut.normals[:, 2], strict=True))
    for facet, angle in (("lower crown 1", 40.0), ("upper crown 1", 25.0),
                         ("upper pavilion 1", 130.0), ("lower pavilion 1", 138.0)):  # fmt: skip
        assert np.degrees(np.arccos(up[facet])) == pytest.approx(angle)


def test_the_old_european_meets_the_laboratory_s_criteria() -> None:
    """Table at most 53 %, crown at least 40 degrees, lower halves at most 60 %, a culet."""
    cut = old_european(1.0)
    vertices, loops = polygons(cut)
    table = np.hypot(*vertices[loops[cut.facets.index("table")], :2].T)
    assert 2.0 * table.max() <= 0.53
    main = cut.normals[cut.facets.index("crown main 1")]
    assert np.degrees(np.arccos(main[2])) >= 40.0 - 1e-9
    half = vertices[loops[cut.facets.index("lower half 1")], :2]
    between = np.array([np.cos(np.pi / 8), np.sin(np.pi / 8)])
    assert 1.0 - (half @ between).min() / 0.5 <= 0.60
    culet = np.hypot(*vertices[loops[cut.facets.index("culet")], :2].T)
    assert 2.0 * culet.max() > 0.05


def test_facets_of_the_radiant_meet_point_to_point() -> None:
    """Kites have four corners, and every other facet of the crown but the table three."""
    cut = radiant()
    corners = {"table": 8, "star": 3, "kite": 4, "upper girdle": 3, "girdle": 4,
               "pavilion side": 3, "pavilion fan": 3, "pavilion main": 3}  # fmt: skip
    for facet, loop in zip(cut.facets, polygons(cut)[1], strict=True):
        assert len(loop) == corners[facet.rstrip("0123456789 ")], facet


def test_the_pavilion_of_an_asscher_ends_in_a_point() -> None:
    cut = asscher()
    vertices, loops = polygons(cut)
    lowest = int(vertices[:, 2].argmin())
    assert np.hypot(*vertices[lowest, :2]) < 1e-9
    assert sum(lowest in loop for loop in loops) == 8


def test_heights_of_the_rose() -> None:
    cut = rose(width=4.0, height=0.5, girdle=0.02, crown=0.6, star=0.7)
    vertices = polygons(cut)[0]
    low, high = vertices[:, 2].min(), vertices[:, 2].max()
    assert high - low == pytest.approx(4.0 * 0.52)
    ring = np.isclose(np.hypot(vertices[:, 0], vertices[:, 1]), 1.2)
    assert ring.sum() == 6
    assert vertices[ring, 2] - 0.04 == pytest.approx(np.full(6, 0.7 * 2.0))


def test_melee_of_a_millimetre_weighs_half_a_point() -> None:
    """Trade charts give 1.0 mm round melee 0.005 ct; single cuts are a little lighter."""
    assert 0.003 < carat(single(1.0), 3.52) < 0.0055


@pytest.mark.parametrize("build", [old_european, single, rose, baguette, radiant, asscher])
def test_proportions_that_fit_are_solids_and_others_are_refused(build: Callable[..., Cut]) -> None:
    rng = np.random.default_rng(5)
    fields = {
        old_european: {"table": (0.4, 0.6), "crown_deg": (32, 44), "lower_half": (0.5, 0.8)},
        single: {"table": (0.4, 0.8), "crown_deg": (15, 50), "pavilion_deg": (30, 55)},
        rose: {"height": (0.15, 0.6), "crown": (0.4, 0.8), "star": (0.45, 0.9)},
        baguette: {"table": (0.4, 0.8), "taper": (0.4, 1.0), "keel": (0.1, 0.8), "ratio": (1.2, 5)},
        radiant: {"table": (0.5, 0.78), "ratio": (1.0, 2.0), "corner": (0.06, 0.25)},
        asscher: {"table": (0.4, 0.8), "corner": (0.1, 0.25), "girdle": (0.01, 0.1)},
    }[build]
    made = 0
    for _ in range(40):
        chosen = {key: float(rng.uniform(*span)) for key, span in fields.items()}
        try:
            mesh = build(**chosen).mesh()
        except GeometryError:
            continue
        made += 1
        assert trimesh.Trimesh(mesh.vertices, mesh.faces, process=False).is_volume
    assert made >= 8


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: old_european(table=0.9), "table is 0.9"),
        (lambda: single(sides=20), "sides modulo 8"),
        (lambda: single(girdle=0.5), "girdle is 0.5"),
        (lambda: rose(ratio=3.0), "length to width is 3"),
        (lambda: rose(star=0.1), "star is 0.1"),
        (lambda: radiant(corner=0.5), "corner is 0.5"),
        (lambda: asscher(ratio=1.3), "length to width is 1.3"),
        (lambda: baguette(taper=1.5), "taper is 1.5"),
        (lambda: baguette(pavilion_deg=(49.0, 10.0)), "pavilion step 2 is 10"),
    ],
)
def test_proportions_out_of_range_are_named(build: Callable[[], Cut], word: str) -> None:
    with pytest.raises(SceneError, match=word):
        build()


def test_facets_that_do_not_fit_are_named() -> None:
    with pytest.raises(GeometryError, match="rose cut: "):
        rose(height=0.5, crown=0.4, star=0.45)
