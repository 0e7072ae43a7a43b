"""One candidate kept of many: which exit a walk follows when its chain has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.trace.backend import dr, mi


@dataclass
class Reservoir:
    """Weighted reservoir sampling with one place (Chao 1982) for each wavelength of a walk.

    Each candidate is kept with a probability in proportion to its throughput among all that were
    offered; so the kept one stands for the throughput of all, and the estimate stays unbiased
    without branching. The wavelengths decide by the same random number: most of the time they keep
    the same candidate, and each always carries its full share, so that the choice does not tint.

    o, d   : where the candidate starts and leads. normal : of the facet that it has passed.
    straight, medium, within : as in `Path`. whole : all wavelengths of the candidate have the same
    ray, and may stay together. All of these are lists, one entry per wavelength.
    total  : throughput of all candidates that were offered.
    """

    o: list[Any]
    d: list[Any]
    normal: list[Any]
    straight: list[Any]
    medium: list[Any]
    whole: list[Any]
    within: list[list[Any]]
    total: Any

    @staticmethod
    def empty(width: int, lanes: int, within: list[Any]) -> Reservoir:
        """within : a state like those that are to be kept."""
        each = range(lanes)
        return Reservoir(
            o=[dr.zeros(mi.Point3f, width) for _ in each],
            d=[dr.zeros(mi.Vector3f, width) for _ in each],
            normal=[dr.zeros(mi.Vector3f, width) for _ in each],
            straight=[dr.zeros(mi.Bool, width) for _ in each],
            medium=[dr.full(mi.Int32, -1, width) for _ in each],
            whole=[dr.zeros(mi.Bool, width) for _ in each],
            within=[[dr.zeros(type(v), width) for v in within] for _ in each],
            total=dr.zeros(mi.Spectrum if lanes > 1 else mi.Color1f, width),
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
        within: list[list[Any]],
        u: Any,
    ) -> None:
        """Offer a candidate; throughput 0 offers none. u : a random number.

        o, d, normal, within : one per wavelength, or one for all.
        """
        self.total += β
        for i in range(len(self.o)):
            take = u * self.total[i] < β[i]
            self.o[i] = dr.select(take, o[i % len(o)], self.o[i])
            self.d[i] = dr.select(take, d[i % len(d)], self.d[i])
            self.normal[i] = dr.select(take, normal[i % len(normal)], self.normal[i])
            self.straight[i] = dr.select(take, straight, self.straight[i])
            self.medium[i] = dr.select(take, medium, self.medium[i])
            self.whole[i] = dr.select(take, whole, self.whole[i])
            for j, value in enumerate(within[i % len(within)]):
                self.within[i][j] = dr.select(take, value, self.within[i][j])

    def together(self) -> Any:
        """Whether all wavelengths have kept a candidate on which they stay together.

        A bundle is offered at most one such candidate (what a facet or the ground mirrors, at the
        vertex where the bundle ends), so that it is the same for all.
        """
        together = self.whole[0] & (self.total[0] > 0)
        for i in range(1, len(self.o)):
            together &= self.whole[i] | ~(self.total[i] > 0)
        return together
