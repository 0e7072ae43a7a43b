"""The state of a walk between two vertices."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields
from typing import Any

from engine.trace.backend import dr, mi
from engine.trace.reservoir import Reservoir
from engine.trace.sequence import ROUNDS


@dataclass
class Path:
    """Where walks are and what they carry, one entry per walk.

    A walk that leaves the camera is a *bundle*: four wavelengths along one ray. Facets send these
    apart, so what leaves a stone goes on as *single* walks of one wavelength each. Both are the
    same to the code: `lanes` wavelengths along one ray.

    slot    : where the walk's first wavelength is booked; see `Ledger`.
    L       : radiance found so far, per wavelength. β : throughput.
    o, d    : the ray to follow next.
    λ       : wavelengths, nm. spectra : of the sky's layers at these. floor : the ground's known
              radiance at these.
    medium  : material row of the stone that the walk is in, -1 outside. normal : of the facet
              through which it left the last stone, zero if it did not.
    within  : in scenes with `Crystals`, that stone's part, and the wave that the walk is, K and
              `plus` (see `waves`); K = 0 where it is none in particular. Else nothing.
    hits    : internal hits in the present curved stone. depth : vertices so far.
    pdf     : density of the last direction; negative: no other technique finds it; 0: the sky
              there has been found by a connection.
    based   : the ground's known radiance along this ray has been added.
    straight: no ground since the diffuse one that the camera sees.
    trapped : energy that was cut off, mean of the wavelengths.
    kept    : the candidate that is followed when the chain has ended.
    parted  : the walk has ended, and what it kept goes on as single walks.
    """

    slot: Any
    L: Any
    β: Any
    o: Any
    d: Any
    λ: Any
    spectra: list[Any]
    floor: Any
    medium: Any
    normal: Any
    within: list[Any]
    hits: Any
    depth: Any
    pdf: Any
    based: Any
    straight: Any
    trapped: Any
    kept: Reservoir
    parted: Any
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
        sample: Any,
        within: list[Any],
    ) -> Path:
        """Bundles that leave the camera along `ray`. sample : which one each belongs to."""
        width = dr.width(ray.o)
        return Path(
            slot=4 * sample,
            L=dr.zeros(mi.Spectrum, width),
            β=dr.full(mi.Spectrum, 1, width),
            o=mi.Point3f(ray.o),
            d=mi.Vector3f(ray.d),
            λ=mi.Spectrum(λ),
            spectra=spectra,
            floor=mi.Spectrum(floor),
            medium=dr.full(mi.Int32, -1, width),
            normal=dr.zeros(mi.Vector3f, width),
            within=within,
            hits=dr.zeros(mi.UInt32, width),
            depth=dr.zeros(mi.UInt32, width),
            pdf=dr.full(mi.Float, -1, width),
            based=dr.full(mi.Bool, True, width),
            straight=dr.zeros(mi.Bool, width),
            trapped=dr.zeros(mi.Float, width),
            kept=Reservoir.empty(width, 4, within),
            parted=dr.zeros(mi.Bool, width),
            rng=rng,
            active=mi.Bool(active),
        )

    @property
    def lanes(self) -> int:
        """Wavelengths that each walk carries: 4 or 1."""
        return dr.size_v(self.λ)  # type: ignore[no-any-return]

    @property
    def bundle(self) -> bool:
        """Whether the walks are bundles."""
        return self.lanes > 1

    def mean(self, β: Any) -> Any:
        """Mean of the throughput β over the walk's wavelengths."""
        return dr.sum(β) / self.lanes

    def rows(self, index: Any) -> Path:
        """The walks at `index`, as walks of their own."""
        return Path(**{f.name: _rows(getattr(self, f.name), index) for f in fields(Path)})

    @staticmethod
    def joined(paths: list[Path]) -> Path:
        """All walks of several paths."""
        if len(paths) == 1:
            return paths[0]
        for path in paths:
            path.evaluate()  # all at once, before each array is asked for
        # `dr.concat` would do, but its kernels are compiled anew for every size.
        begin = [0, *itertools.accumulate(dr.width(path.slot) for path in paths)]
        index = dr.arange(mi.UInt32, begin[-1])
        starts = [dr.opaque(mi.UInt32, at) for at in begin]
        places = [
            (index - starts[i], (index >= starts[i]) & (index < starts[i + 1]))
            for i in range(len(paths))
        ]
        columns = {f.name: [getattr(path, f.name) for path in paths] for f in fields(Path)}
        out = Path(**{name: _joined(column, places) for name, column in columns.items()})
        out.evaluate()
        return out

    def evaluate(self) -> None:
        """Compute what is pending."""
        dr.eval(*(getattr(self, f.name) for f in fields(Path)))

    def singles(self) -> Path | None:
        """What bundles that have parted kept, as single walks: one per wavelength that is left."""
        found = []
        for lane in range(self.lanes):
            index = dr.compress(self.parted & (self.kept.total[lane] > 0))
            if dr.width(index) > 0:
                found.append(self._single(lane, index))
        return Path.joined(found) if found else None

    def _single(self, lane: int, index: Any) -> Path:
        """One wavelength of the kept candidates at `index`."""
        kept, width = self.kept, dr.width(index)
        return Path(
            slot=_rows(self.slot, index) + lane,
            L=dr.zeros(mi.Color1f, width),
            β=mi.Color1f(_rows(kept.total[lane], index)),
            o=_rows(kept.o[lane], index),
            d=_rows(kept.d[lane], index),
            λ=mi.Color1f(_rows(self.λ[lane], index)),
            spectra=[_rows(self.spectra[lane], index)],
            floor=mi.Color1f(_rows(self.floor[lane], index)),
            medium=_rows(kept.medium[lane], index),
            normal=_rows(kept.normal[lane], index),
            within=_rows(kept.within[lane], index),
            hits=dr.zeros(mi.UInt32, width),
            depth=_rows(self.depth, index),
            pdf=dr.full(mi.Float, -1, width),
            based=dr.zeros(mi.Bool, width),
            straight=_rows(kept.straight[lane], index),
            trapped=dr.zeros(mi.Float, width),
            kept=Reservoir.empty(width, 1, self.within),
            parted=dr.zeros(mi.Bool, width),
            rng=_other(_rows(self.rng, index), lane),
            active=dr.full(mi.Bool, True, width),
        )


def _other(rng: Any, lane: int) -> Any:
    """Another place of a generator's stream for each wavelength: independent walks err less."""
    low, high = mi.UInt32(rng.state), mi.UInt32(rng.state >> 32)
    state = mi.sample_tea_32(low ^ mi.UInt32(lane), high, ROUNDS)
    rng.state = (mi.UInt64(state[0]) << 32) | mi.UInt64(state[1])
    return rng


def _rows(value: Any, index: Any) -> Any:
    return _joined([value], [(index, True)])


def _joined(values: list[Any], places: list[tuple[Any, Any]]) -> Any:
    """Entries of several states. places : which entry of each, and where it is the one to take."""
    first = values[0]
    if isinstance(first, list):
        return [_joined([v[i] for v in values], places) for i in range(len(first))]
    if isinstance(first, Reservoir):
        columns = {f.name: [getattr(v, f.name) for v in values] for f in fields(first)}
        return Reservoir(**{name: _joined(column, places) for name, column in columns.items()})
    if isinstance(first, mi.PCG32):
        out = mi.PCG32(size=dr.width(places[0][0]))
        out.state = _joined([v.state for v in values], places)
        out.inc = _joined([v.inc for v in values], places)
        return out
    found = dr.gather(type(first), first, *places[0])
    for value, (index, here) in zip(values[1:], places[1:], strict=True):
        found = dr.select(here, dr.gather(type(first), value, index, here), found)
    return found
