"""Facets of stones that show things double, for walks that take one branch: one wave at a time.

Light in such a stone has a state `wave`: K and `plus` (see `waves`). Of light that is in no single
wave K is 0, and `plus` says into which of the two it falls next. In scenes where nothing is doubled
the state is an empty list, and what is not doubled passes through these functions as it came.
"""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.compile import Compiled
from engine.trace.hit import Hit


class DoubledFacet:
    """Light along d at a facet that it meets; ns is its normal on the side that the light is on.

    double : whether the facet is one of a stone that doubles. front : whether it is met from
    outside. K, plus, n : the wave that enters, or that is in the stone, and its index. cos_i : of
    its angle to the normal, on the light's side. one, other, share : the plus wave and the minus
    wave into which the facet mirrors it from inside, and the share of the first.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(
        self, scene: Compiled, met: Hit, d: Any, ns: Any, front: Any, wave: list[Any], λ: Any
    ) -> None:
        assert scene.crystals is not None
        stone = scene.crystals.stones(met.part, met.material, mi.Color1f(λ), met.piece)[0]
        self.waves, self.double, self.front = stone.waves, stone.double, front
        self.N = -mi.Vector3f(ns)
        K, self.plus = wave
        inside = dr.select(dr.squared_norm(K) > 0, K, d * self.waves.index(d, self.plus))
        self.K = mi.Vector3f(dr.select(front, self.waves.enter(d, self.N, self.plus), inside))
        self.n = dr.norm(self.K)
        self.p = dr.dot(self.K, self.N)
        self.cos_i = dr.select(front, dr.dot(d, self.N), self.p / self.n)
        self.one, self.other, self.share = self.waves.mirror(self.K, self.plus, self.N)

    def through(self, cos_t: Any) -> Any:
        """Direction of the light beyond the facet. cos_t : of its angle to the normal in air."""
        out = self.K + (cos_t - self.p) * self.N
        return mi.Vector3f(dr.select(self.front, self.waves.ray(self.K, self.plus), out))


def number(wave: list[Any], rng: Any) -> Any:
    """A random number, where the state needs any."""
    return rng.next_float32() if wave else None


def unknown(scene: Compiled) -> list[Any]:
    """The state of light that is in no single wave."""
    return [mi.Vector3f(0), mi.Bool(False)] if scene.doubling is not None else []


def fallen(
    scene: Compiled, met: Hit, d: Any, wave: list[Any], own: Any, λ: Any, u: Any
) -> list[Any]:
    """The state at what is met along d: light in none of the waves falls into one, by the number u,
    at the first facet that it meets from inside. own : it is in no stone but the one it meets."""
    if not wave:
        return wave
    assert scene.crystals is not None
    K, plus = wave
    nowhere = dr.squared_norm(K) == 0
    plus = dr.select(nowhere, u < 0.5, plus)
    stone = scene.crystals.stones(met.part, met.material, mi.Color1f(λ), met.piece)[0]
    falls = nowhere & own & stone.double & (dr.dot(d, met.si.n) > 0)
    return [mi.Vector3f(dr.select(falls, d * stone.waves.index(d, plus), K)), plus]


def facet_of(
    scene: Compiled, met: Hit, d: Any, ns: Any, front: Any, wave: list[Any], λ: Any
) -> DoubledFacet | None:
    """The facet that is met, in scenes where anything is doubled."""
    return DoubledFacet(scene, met, d, ns, front, wave, λ) if wave else None


def incidence(facet: DoubledFacet | None, cos_i: Any, η: Any) -> tuple[Any, Any]:
    """Cosine of the angle to the normal and relative index, of the wave."""
    if facet is None:
        return cos_i, η
    own = dr.select(facet.front, facet.n, dr.rcp(facet.n))
    return dr.select(facet.double, facet.cos_i, cos_i), dr.select(facet.double, own, η)


def turned(facet: DoubledFacet | None, rng: Any) -> Any:
    """Whether light that is mirrored inside goes on as the plus wave."""
    return None if facet is None else rng.next_float32() < facet.share


def onward(
    facet: DoubledFacet | None, reflect: Any, cos_t: Any, out: Any, to_one: Any
) -> tuple[Any, list[Any]]:
    """Direction and state beyond the facet. out : direction where nothing is doubled. to_one :
    whether of two mirrored waves the plus wave is followed."""
    if facet is None:
        return out, []
    K = mi.Vector3f(dr.select(to_one, facet.one, facet.other))
    stays = facet.double & reflect & ~facet.front
    enters = facet.double & ~reflect & facet.front
    d = dr.select(facet.double & ~reflect, facet.through(cos_t), out)
    d = dr.select(stays, facet.waves.ray(K, to_one), d)
    # Whatever else it meets, it leaves in no single wave.
    K = dr.select(stays, K, dr.select(enters, facet.K, 0))
    return mi.Vector3f(d), [mi.Vector3f(K), dr.select(stays, to_one, facet.plus)]


def settled(
    facet: DoubledFacet | None,
    d: Any,
    normal: Any,
    passed: Any,
    fused: Any,
    before: list[Any],
    out: Any,
    wave: list[Any],
) -> tuple[Any, list[Any]]:
    """Direction and state where stones touch. passed : light stays in the one that it was in, as
    it was `before`. fused : it has left one through a facet of this normal, into another one."""
    if facet is None:
        return out, []
    inwards = facet.waves.enter(d, normal, facet.plus)
    fused &= facet.double
    K = dr.select(passed, before[0], dr.select(fused, inwards, wave[0]))
    plus = dr.select(passed, before[1], dr.select(fused, facet.plus, wave[1]))
    out = dr.select(fused & ~passed, facet.waves.ray(inwards, facet.plus), out)
    return mi.Vector3f(out), [mi.Vector3f(K), plus]
