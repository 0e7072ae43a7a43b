"""What a pixel's centre shows past the facets and mirrors that it sees first: features, no picture.

The denoiser's usual features stop at the first surface, which tells nothing about a stone: what is
seen in it lies behind a chain of facets. Along one ray at one wavelength that chain is
deterministic, so these features have no noise at all. Stones that show things double are followed
along their mean index, half-way between the two images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.trace.backend import constant, dr, mi
from engine.trace.batch import vector_image
from engine.trace.compile import GEM, METAL, Compiled
from engine.trace.crystal import Stone
from engine.trace.hit import Hit, Strike, mirrored, nearest, oriented
from engine.trace.interior import Interior, left
from engine.trace.polytope import NONE, Locator
from engine.trace.walk import offset

#: Wavelength of the chain, nm: Fraunhofer's d line, at which indices are quoted.
D_LINE = 587.6
#: Internal hits that compete for the strongest exit; nine tenths of what leaves a brilliant does so
#: within eight.
MOST_HITS = 8
#: Roughness (GGX α) up to which metal is a mirror to look behind.
MIRROR = 0.15


@dataclass
class _Exits:
    """The exits of chains so far.

    energy, o, d, sequence : share of the light in the strongest one, its ray, and the hash of the
    facets up to it. total : energy of all. spread : Σ e ln e.
    """

    energy: Any
    o: Any
    d: Any
    sequence: Any
    total: Any
    spread: Any

    def note(self, e: Any, o: Any, d: Any, sequence: Any) -> None:
        """One more exit; e = 0 is none."""
        stronger = e > self.energy
        self.energy = dr.select(stronger, e, self.energy)
        self.o = mi.Point3f(dr.select(stronger, o, self.o))
        self.d = mi.Vector3f(dr.select(stronger, d, self.d))
        self.sequence = dr.select(stronger, sequence, self.sequence)
        self.total += e
        self.spread += dr.select(e > 0, e * dr.log(dr.fmax(e, 1e-30)), 0)


#: Names of the features; see `engine.types.Behind`.
BEHIND = ("exit", "entropy", "sequence", "albedo", "normal")


@dataclass(frozen=True)
class Seen:
    """The features as device arrays."""

    exit: Any
    entropy: Any
    sequence: Any
    albedo: Any
    normal: Any

    def images(self, shape: tuple[int, int]) -> dict[str, Any]:
        """As images, by "behind " and their names."""
        dr.eval(*(getattr(self, name) for name in BEHIND))
        return {f"behind {name}": _image(getattr(self, name), shape) for name in BEHIND}


def _image(value: Any, shape: tuple[int, int]) -> Any:
    """[H, W], or [H, W, 3] of a vector."""
    if dr.depth_v(value) == 1:
        return np.array(value).reshape(shape)
    return vector_image(value, shape)


def behind(scene: Compiled, ray: Any, struck: Strike) -> Seen:
    """Features behind the first surface along `ray`, which meets the piece at `struck`."""
    met = nearest(scene, ray, mi.Bool(True), struck)
    front, ng, ns, _ = oriented(met.si, ray.d)
    reflected = mirrored(ray.d, ns)
    rough = scene.roughness.mean(met.part, met.piece)
    metal = met.piece & (met.kind == METAL) & (rough <= MIRROR)
    stone = met.piece & (met.kind == GEM) & front
    stone &= dr.gather(mi.Bool, scene.facets.flat, met.part, stone)
    p = mi.Point3f(met.si.p)
    exits = _Exits(
        mi.Float(0), mi.Point3f(p), mi.Vector3f(0), mi.UInt32(0), mi.Float(0), mi.Float(0)
    )
    exits.note(dr.select(metal, mi.Float(1), 0), offset(p, ng, reflected), reflected, mi.UInt32(0))
    _follow(Interior(scene, False), ray, met, stone, ng, ns, reflected, exits)
    passed = exits.energy > 0
    seen = nearest(scene, mi.Ray3f(exits.o, exits.d), passed)
    albedo, normal = _surface(scene, seen, exits.o, exits.d)
    own_albedo, own_normal = _surface(scene, met, ray.o, ray.d)
    entropy = dr.log(dr.fmax(exits.total, 1e-30)) - exits.spread / dr.fmax(exits.total, 1e-30)
    return Seen(
        exit=dr.select(passed, exits.d, 0),
        entropy=dr.select(passed, dr.fmax(entropy, 0), 0),
        sequence=exits.sequence,
        albedo=dr.select(passed, albedo, own_albedo),
        normal=dr.select(passed, normal, own_normal),
    )


def _follow(
    interior: Interior,
    ray: Any,
    met: Hit,
    stone: Any,
    ng: Any,
    ns: Any,
    reflected: Any,
    exits: _Exits,
) -> None:
    """Note the first reflection of stones and what leaves them after it."""
    scene = interior.scene
    λ, p = mi.Color1f(D_LINE), mi.Point3f(met.si.p)
    n, _, a, _ = scene.optics.eval(met.material, λ, stone)
    n, a = n[0], a[0]
    R, o, w = interior.enter(ray.d, p, ng, ns, n)
    facet = dr.gather(mi.UInt32, scene.facets.of_face, met.strike.triangle, stone)
    entry = _hashed(mi.UInt32(2166136261), facet)
    exits.note(dr.select(stone, R, 0), offset(p, ng, reflected), reflected, entry)
    β = dr.select(stone, 1 - R, 0)
    crystal = interior.crystal(met.part, met.material, λ, stone)
    _chain(interior, o, w, β, n, a, crystal, met.part, entry, exits, stone)


@dr.syntax
def _chain(
    interior: Interior,
    o: Any,
    w: Any,
    β: Any,
    n: Any,
    a: Any,
    crystal: Stone | None,
    part: Any,
    sequence: Any,
    exits: _Exits,
    stone: Any,
) -> None:
    """Note what leaves a stone at each facet that light of throughput β meets in it."""
    convex = stone & dr.gather(mi.Bool, interior.scene.facets.convex, part, stone)
    locator = Locator(interior.scene.polytopes, interior.scene.facets.first, part, convex)
    hits = mi.UInt32(0)
    going = mi.Bool(stone)
    while going:
        plane = locator.exit(o, w, mi.UInt32(NONE), going & convex)
        m = interior.met(plane, o, w, part, going)
        s = interior.step(m, o, w, n)
        sequence = dr.select(m.own, _hashed(sequence, m.facet), sequence)
        β *= left(crystal, a, o, w, s.t)
        out = dr.select(m.own, β * (1 - s.R), dr.select(m.stopped, β, 0))
        exits.note(out, s.exit_o, s.exit, sequence)
        β = dr.select(m.own, β * s.R, dr.select(m.passed, β, 0))
        o, w = mi.Point3f(s.o), mi.Vector3f(s.w)
        hits += 1
        going &= (β > 0) & (hits < MOST_HITS)


def _surface(scene: Compiled, met: Hit, o: Any, d: Any) -> tuple[Any, Any]:
    """Albedo (XYZ under the studio's white) and normal of what a ray from o along d meets.

    The sky counts as white, and as facing the ray.
    """
    n = mi.Vector3f(met.si.sh_frame.n)
    n = dr.select(dr.dot(n, d) < 0, n, -n)
    white = constant(scene.white)
    albedo = dr.gather(mi.Vector3f, scene.optics.albedo, met.material, met.piece)
    ground = scene.ground.seen_albedo(o + d * met.t_ground, scene.white)
    albedo = dr.select(met.piece, albedo, dr.select(met.ground, ground, white))
    normal = dr.select(met.piece, n, dr.select(met.ground, mi.Vector3f(0, 0, 1), -d))
    return albedo, normal


def _hashed(sequence: Any, facet: Any) -> Any:
    """FNV-1a, a word at a time (G. Fowler, L. C. Noll, K.-P. Vo, RFC draft "The FNV Non-
    Cryptographic Hash Algorithm")."""
    return (sequence ^ facet) * mi.UInt32(16777619)
