"""One candidate kept of many: which exit a walk follows when its chain has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi


@dataclass
class Reservoir:
    """Weighted reservoir sampling with one place (Chao 1982).

    Each candidate is kept with a probability in proportion to its weight among all that were
    offered, so that throughput / probability keeps the estimate unbiased without branching. A
    candidate is one event on the way of a walk and leads each of its wavelengths somewhere.

    o, d   : per wavelength, where the candidate starts and leads. β : its throughput. normal : of
             the facet that it has passed. straight, medium : as in `Path`.
    whole  : all wavelengths have the same ray and stay together.
    weight : mean throughput of the candidate that is kept. total : of all that were offered.
    """

    o: list[Any]
    d: list[Any]
    β: Any
    normal: list[Any]
    straight: Any
    medium: Any
    whole: Any
    weight: Any
    total: Any

    @staticmethod
    def empty(width: int, lanes: int) -> Reservoir:
        return Reservoir(
            o=[dr.zeros(mi.Point3f, width) for _ in range(lanes)],
            d=[dr.zeros(mi.Vector3f, width) for _ in range(lanes)],
            β=dr.zeros(mi.Spectrum if lanes > 1 else mi.Color1f, width),
            normal=[dr.zeros(mi.Vector3f, width) for _ in range(lanes)],
            straight=dr.zeros(mi.Bool, width),
            medium=dr.full(mi.Int32, -1, width),
            whole=dr.zeros(mi.Bool, width),
            weight=dr.zeros(mi.Float, width),
            total=dr.zeros(mi.Float, width),
        )

    def offer(
        self,
        o: list[Any],
        d: list[Any],
        β: Any,
        normal: list[Any],
        straight: Any,
        medium: Any,
        whole: Any,
        u: Any,
    ) -> None:
        """Offer a candidate; throughput 0 offers none. u : a random number.

        o, d, normal : one per wavelength, or one for all.
        """
        weight = dr.sum(β) / len(self.o)
        self.total += weight
        take = u * self.total < weight
        for own, given in ((self.o, o), (self.d, d), (self.normal, normal)):
            for i in range(len(own)):
                own[i] = dr.select(take, given[i % len(given)], own[i])
        self.β = dr.select(take, β, self.β)
        self.straight = dr.select(take, straight, self.straight)
        self.medium = dr.select(take, medium, self.medium)
        self.whole = dr.select(take, whole, self.whole)
        self.weight = dr.select(take, weight, self.weight)

    def chosen(self) -> Any:
        """Throughput of the kept candidate over the probability to have been kept."""
        return self.β * (self.total / dr.fmax(self.weight, 1e-30))
