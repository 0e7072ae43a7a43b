"""One candidate kept of many: which exit a walk follows when its chain has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi


@dataclass
class Reservoir:
    """Weighted reservoir sampling with one place (Chao 1982).

    Each candidate is kept with a probability in proportion to its weight among all that were
    offered, so that throughput / probability keeps the estimate unbiased without branching.

    o, d   : where the candidate starts and leads. β : its throughput. The rest is as in `Path`.
    weight : of the candidate that is kept. total : of all that were offered.
    """

    o: Any
    d: Any
    β: Any
    hero: Any
    single: Any
    straight: Any
    medium: Any
    normal: Any
    weight: Any
    total: Any

    @staticmethod
    def empty(width: int) -> Reservoir:
        return Reservoir(
            o=dr.zeros(mi.Point3f, width),
            d=dr.zeros(mi.Vector3f, width),
            β=dr.zeros(mi.Spectrum, width),
            hero=dr.zeros(mi.Spectrum, width),
            single=dr.zeros(mi.Bool, width),
            straight=dr.zeros(mi.Bool, width),
            medium=dr.full(mi.Int32, -1, width),
            normal=dr.zeros(mi.Vector3f, width),
            weight=dr.zeros(mi.Float, width),
            total=dr.zeros(mi.Float, width),
        )

    def offer(
        self,
        o: Any,
        d: Any,
        β: Any,
        hero: Any,
        single: Any,
        straight: Any,
        medium: Any,
        normal: Any,
        weight: Any,
        u: Any,
    ) -> None:
        """Offer a candidate; weight 0 offers none. u : a random number."""
        self.total += weight
        take = u * self.total < weight
        self.o = dr.select(take, o, self.o)
        self.d = dr.select(take, d, self.d)
        self.β = dr.select(take, β, self.β)
        self.hero = dr.select(take, hero, self.hero)
        self.single = dr.select(take, single, self.single)
        self.straight = dr.select(take, straight, self.straight)
        self.medium = dr.select(take, medium, self.medium)
        self.normal = dr.select(take, normal, self.normal)
        self.weight = dr.select(take, weight, self.weight)

    def chosen(self) -> Any:
        """Throughput of the kept candidate over the probability to have been kept."""
        return self.β * (self.total / dr.fmax(self.weight, 1e-30))
