"""The state of a walk between two vertices."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.reservoir import Reservoir


@dataclass
class Path:
    """Where walks are and what they carry, one entry per walk.

    slot    : the sample that the walk belongs to.
    L       : radiance found so far, at the four wavelengths. β : throughput.
    o, d    : the ray to follow next.
    λ       : wavelengths, nm. spectra : of the sky's layers at these. floor : the ground's known
              radiance at these.
    hero    : marks the wavelength that decides directions in stones. single : only the hero is
              left, the walk has been refracted.
    medium  : material row of the stone that the walk is in, -1 outside. normal : of the facet
              through which it left the last stone, zero if it did not.
    hits    : internal hits in the present curved stone. depth : vertices so far.
    pdf     : density of the last direction; negative: no other technique finds it; 0: the sky
              there has been found by a connection.
    based   : the ground's known radiance along this ray has been added.
    straight: no ground since the diffuse one that the camera sees.
    trapped : energy that was cut off, mean of the wavelengths.
    kept    : the candidate that is followed when the chain has ended.
    """

    slot: Any
    L: Any
    β: Any
    o: Any
    d: Any
    λ: Any
    spectra: list[Any]
    floor: Any
    hero: Any
    single: Any
    medium: Any
    normal: Any
    hits: Any
    depth: Any
    pdf: Any
    based: Any
    straight: Any
    trapped: Any
    kept: Reservoir
    rng: Any
    active: Any

    @staticmethod
    def start(
        ray: Any,
        λ: Any,
        spectra: list[Any],
        floor: Any,
        rng: Any,
        active: Any,
        slot: Any = None,
    ) -> Path:
        """Walks that leave the camera along `ray`."""
        width = dr.width(ray.o)
        return Path(
            slot=dr.arange(mi.UInt32, width) if slot is None else slot,
            L=dr.zeros(mi.Spectrum, width),
            β=dr.full(mi.Spectrum, 1, width),
            o=mi.Point3f(ray.o),
            d=mi.Vector3f(ray.d),
            λ=mi.Spectrum(λ),
            spectra=spectra,
            floor=mi.Spectrum(floor),
            hero=dr.repeat(mi.Spectrum(1, 0, 0, 0), width),
            single=dr.zeros(mi.Bool, width),
            medium=dr.full(mi.Int32, -1, width),
            normal=dr.zeros(mi.Vector3f, width),
            hits=dr.zeros(mi.UInt32, width),
            depth=dr.zeros(mi.UInt32, width),
            pdf=dr.full(mi.Float, -1, width),
            based=dr.full(mi.Bool, True, width),
            straight=dr.zeros(mi.Bool, width),
            trapped=dr.zeros(mi.Float, width),
            kept=Reservoir.empty(width),
            rng=rng,
            active=mi.Bool(active),
        )

    def rows(self, index: Any) -> Path:
        """The walks at `index`, as walks of their own."""
        return Path(**{f.name: _rows(getattr(self, f.name), index) for f in fields(Path)})

    @staticmethod
    def joined(paths: list[Path]) -> Path:
        """All walks of several paths."""
        return Path(**{f.name: _joined([getattr(p, f.name) for p in paths]) for f in fields(Path)})

    def evaluate(self) -> None:
        """Compute what is pending."""
        dr.eval(*(getattr(self, f.name) for f in fields(Path)))


def _rows(value: Any, index: Any) -> Any:
    if isinstance(value, list):
        return [_rows(item, index) for item in value]
    if isinstance(value, Reservoir):
        return Reservoir(**{f.name: _rows(getattr(value, f.name), index) for f in fields(value)})
    if isinstance(value, mi.PCG32):
        out = mi.PCG32(size=dr.width(index))
        out.state = dr.gather(mi.UInt64, value.state, index)
        out.inc = dr.gather(mi.UInt64, value.inc, index)
        return out
    return dr.gather(type(value), value, index)


def _joined(values: list[Any]) -> Any:
    first = values[0]
    if len(values) == 1:
        return first
    if isinstance(first, list):
        return [_joined([v[i] for v in values]) for i in range(len(first))]
    if isinstance(first, Reservoir):
        names = [f.name for f in fields(first)]
        return Reservoir(**{name: _joined([getattr(v, name) for v in values]) for name in names})
    if isinstance(first, mi.PCG32):
        out = mi.PCG32(size=sum(dr.width(v.state) for v in values))
        out.state = dr.concat([v.state for v in values])
        out.inc = dr.concat([v.inc for v in values])
        return out
    if dr.depth_v(first) == 1:
        return dr.concat(values)
    return type(first)(*(dr.concat([v[i] for v in values]) for i in range(len(first))))
