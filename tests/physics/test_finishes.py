"""Finishes of metal: no energy is made or lost, and every way of looking sees the same surface."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import materials
from engine import trace
from engine.scene import Ground, Scene
from engine.types import Piece
from tests.engine.trace.pieces import ball, band, brilliant, furnace, scene, studio
from tests.physics.statistics import assert_frames_agree
from tests.physics.test_furnace import mirror
from tests.physics.test_furnace import radiance as furnace_radiance
from tests.physics.walks import aimed

#: α along and across, and where light comes from (polar angle's cosine, azimuth).
LOBES = [(0.17, 0.17), (0.45, 0.45), (0.07, 0.28)]
FROM = [(0.95, 0.3), (0.5, 1.2), (0.15, 0.6)]
COUNT = 1 << 19
#: Furnace: what may be missing. Only what bent normals send into the metal is, most of it near the
#: outline; the rest is noise of a thousandth.
MISSING = 0.005


def direction(cosine: float, azimuth: float) -> Any:
    from engine.trace.backend import mi

    sine = float(np.sqrt(1 - cosine**2))
    return mi.Vector3f(sine * float(np.cos(azimuth)), sine * float(np.sin(azimuth)), cosine)


def parts(along: float, across: float, wi: Any) -> tuple[Any, Any]:
    """α, and the lobe of what bounces more than once off a metal that loses nothing."""
    from engine.trace.backend import mi
    from engine.trace.multiple import Multiple
    from engine.trace.roughness import Roughness

    rough = Roughness.create([(along, across)], [True], along_x())
    one = mi.Color1f(1.0)
    on = Multiple(rough, mi.UInt32(0), wi, mi.Color1f(0.0), one, mi.Bool(True))
    return rough.at(mi.UInt32(0), mi.Bool(True)), on


def along_x() -> Any:
    from engine.trace.brush import Brush

    piece = band()
    return Brush.create(piece, [materials.finish("brushed:1,0,0")])


@pytest.mark.parametrize("α", LOBES)
@pytest.mark.parametrize("where", FROM)
def test_one_bounce_and_the_others_send_everything_back(
    α: tuple[float, float], where: tuple[float, float]
) -> None:
    """Sampling agrees with evaluation, and what both say adds up to one."""
    from engine.trace import microfacet
    from engine.trace.backend import dr, mi

    wi = direction(*where)
    rough, more = parts(*α, wi)
    rng = mi.PCG32(size=COUNT)
    u = mi.Point2f(rng.next_float32(), rng.next_float32())
    m = microfacet.visible_normal(wi, rough, u)
    wo = mi.reflect(wi, m)
    density = microfacet.density(wi, m, rough)
    weight = microfacet.reflection(wi, wo, m, rough) / dr.fmax(density, 1e-20)
    once = dr.mean(dr.select(wo.z > 0, weight, 0))
    down = mi.warp.square_to_cosine_hemisphere(u)
    again = dr.mean(more.eval(down)[0] * dr.pi / dr.fmax(down.z, 1e-6))
    assert float((once + again)[0]) == pytest.approx(1.0, abs=0.004)
    assert float(again[0]) == pytest.approx(float(more.lost[0]), abs=0.003)

    # The same lobe by directions from all over the hemisphere.
    wo = mi.warp.square_to_uniform_hemisphere(u)
    m = dr.normalize(wi + wo)
    evaluated = dr.mean(microfacet.reflection(wi, wo, m, rough)) * dr.two_pi
    share = dr.mean(microfacet.density(wi, m, rough)) * dr.two_pi
    sampled = dr.mean(
        dr.select(mi.reflect(wi, microfacet.visible_normal(wi, rough, u)).z > 0, 1.0, 0.0)
    )
    assert float(evaluated[0]) == pytest.approx(float(once[0]), abs=0.03)
    assert float(share[0]) == pytest.approx(float(sampled[0]), abs=0.03)


@pytest.mark.parametrize("α", LOBES)
def test_both_lobes_are_the_same_seen_from_the_light(α: tuple[float, float]) -> None:
    from engine.trace import microfacet
    from engine.trace.backend import dr

    a, b = direction(0.7, 0.4), direction(0.35, 2.6)
    (rough, at_a), (_, at_b) = parts(*α, a), parts(*α, b)
    m = dr.normalize(a + b)
    forth = microfacet.reflection(a, b, m, rough) / b.z
    back = microfacet.reflection(b, a, m, rough) / a.z
    assert float(forth[0]) == pytest.approx(float(back[0]), rel=1e-4)
    assert float((at_a.eval(b)[0] / b.z)[0]) == pytest.approx(
        float((at_b.eval(a)[0] / a.z)[0]), rel=1e-4
    )


@pytest.mark.parametrize("estimator", ["chain", "reference"])
@pytest.mark.parametrize(
    "text", ["polished", "satin", "matte", "sandblasted", "brushed", "brushed:radial", "worn:1"]
)
def test_a_metal_that_loses_nothing_vanishes_in_a_furnace(
    text: str, estimator: str, tmp_path: Path
) -> None:
    what = scene(
        band(),
        {"band": mirror(tmp_path)},
        studio=furnace(),
        finishes={"band": materials.finish(text)},
    )
    found = furnace_radiance(what, estimator, rays=6000, depth=300)
    lost = 1 - found.mean()
    assert -0.003 < lost < MISSING


def ring(text: str, **changes: Any) -> Scene:
    return scene(
        band(), {"band": "gold-18k-yellow"}, finishes={"band": materials.finish(text)}, **changes
    )


@pytest.mark.parametrize("text", ["brushed", "worn:0.8"])
def test_chain_and_reference_agree(text: str) -> None:
    what = ring(text, size=(144, 144))
    chain = trace(what, spp=8, seed=11, device="cpu")[0]
    reference = trace(what, spp=16, seed=12, estimator="reference", device="cpu")[0]
    assert_frames_agree(chain, reference, 12)


def normals(what: Scene, o: Any, d: Any) -> Any:
    """Shading normals [N, 3] that rays see."""
    from engine.trace.backend import mi
    from engine.trace.compile import compile_scene
    from engine.trace.hit import nearest

    met = nearest(compile_scene(what), mi.Ray3f(mi.Point3f(o.T), mi.Vector3f(d.T)), mi.Bool(True))
    return np.array(met.si.sh_frame.n).T, np.array(met.si.p).T


FIXED = ["polished", "brushed", "brushed:radial", "worn:1", "sandblasted"]


@pytest.mark.parametrize("text", FIXED)
def test_every_view_sees_the_same_scratch(text: str) -> None:
    """Points of the surface, looked at from two sides: their normals are alike, and bent."""
    what = ring(text)
    rays = aimed(what.piece, 4000)
    seen, p = normals(what, rays.o, rays.d)
    plain, _ = normals(ring("mirror"), rays.o, rays.d)
    out = (seen * rays.d).sum(axis=1) < 0
    away = p + 5 * plain + np.random.default_rng(3).normal(size=p.shape)
    d = (p - away) / np.linalg.norm(p - away, axis=1, keepdims=True)
    again, q = normals(what, away, d)
    same = out & (np.linalg.norm(p - q, axis=1) < 2e-5)
    assert same.sum() > 1500
    turned = np.linalg.norm(seen - plain, axis=1)[same]
    apart = np.linalg.norm(seen - again, axis=1)[same]
    # Rounding of a hundredth of a micron moves the point a little across a groove.
    assert np.quantile(apart, 0.95) < 0.02 * max(turned.std(), 0.003) + 2e-4
    assert 5e-4 < np.sqrt(np.square(turned).mean()) < 0.25

    seeded, _ = normals(ring(f"{text}#1"), rays.o, rays.d)
    assert np.linalg.norm(seeded - seen, axis=1).mean() > 5e-4


def test_a_polished_surface_waves_by_a_few_thousandths() -> None:
    rays = aimed(ring("mirror").piece, 4000)
    seen, _ = normals(ring("polished"), rays.o, rays.d)
    plain, _ = normals(ring("mirror"), rays.o, rays.d)
    slope = np.sqrt(np.square(seen - plain).sum(axis=1).mean())
    assert 0.002 < slope < 0.008


def test_stones_pearls_and_mirrors_have_no_relief() -> None:
    from engine.trace.compile import compile_scene

    assert compile_scene(scene(brilliant(), {"stone": "diamond"})).relief is None
    assert compile_scene(scene(ball(), {"pearl": "pearl-white"})).relief is None
    assert compile_scene(ring("mirror")).relief is None
    polished = compile_scene(ring("polished"))
    assert polished.relief is not None
    assert polished.relief.present == {"waves"}
    assert not polished.roughness.rough
    assert polished.roughness.brush is None


@pytest.mark.parametrize(("way", "axis"), [("1,0,0", 0), ("0,0,1", 2), ("along", 0)])
def test_lines_run_where_the_brush_went(way: str, axis: int) -> None:
    """At the side of a ring that faces the camera: its lobe is narrow along the lines."""
    from engine.trace.backend import mi
    from engine.trace.compile import compile_scene

    compiled = compile_scene(replace(ring(f"brushed:{way}"), piece=as_ring(band())))
    front = mi.Point3f(0.0, -0.8, 0.8)  # of the band, below its middle
    frame = compiled.roughness.frame(front, mi.Normal3f(0, -1, 0), mi.UInt32(0), mi.Bool(True))
    assert abs(float(frame.s[axis][0])) == pytest.approx(1, abs=1e-3)
    α = compiled.roughness.at(mi.UInt32(0), mi.Bool(True))
    assert float(α.x[0]) < 0.5 * float(α.y[0])


def as_ring(piece: Piece) -> Piece:
    return replace(piece, kind="ring", inside_mm=15.0)


def test_a_highlight_is_drawn_out_across_the_brush() -> None:
    """A small lamp in a black room over brushed balls: the highlight's two widths."""
    lamp = {"shape": "disc", "name": "lamp", "azimuth_deg": 0.0, "elevation_deg": 20.0,
            "radius_deg": 4.0, "radiance": 50.0, "key": True}  # fmt: skip
    gold = replace(ball(), parts=(replace(ball().parts[0], role="metal"),))
    widths = {}
    for way in ("1,0,0", "0,0,1"):
        what = scene(
            gold,
            {"pearl": "silver-925"},
            studio=studio(lamp),
            finishes={"pearl": materials.finish(f"brushed:{way}")},
            ground=Ground("none", 0.0),
        )
        light = trace(what, spp=16, seed=3, device="cpu")[0].xyz[..., 1].clip(0, 2)
        widths[way] = [spread(light.sum(axis=i)) for i in (0, 1)]
    assert widths["1,0,0"][1] > 1.25 * widths["1,0,0"][0]
    assert widths["0,0,1"][0] > 1.25 * widths["0,0,1"][1]


def spread(profile: Any) -> float:
    """Standard deviation of a profile of light about its middle, pixels."""
    at = np.arange(len(profile))
    mean = (profile * at).sum() / profile.sum()
    return float(np.sqrt((profile * (at - mean) ** 2).sum() / profile.sum()))
