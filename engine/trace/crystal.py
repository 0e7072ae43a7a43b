"""Crystals of a scene: tables of their principal indices and absorptions, and where they stand;
what else colours or dims light on its way through a stone goes with them.

Doubling is traced in flat-faceted stones whose birefringence shows (`engine.optics.DOUBLING`): only
the edges of facets tell the two images apart, so a cabochon keeps the mean index, as weakly
birefringent stones do. Where light is in no single wave, it is weakened as the mean of both waves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import optics
from engine.cad.clarity import grade_of
from engine.cad.stone_frame import stone_frame
from engine.optics.dispersion import LINE_D
from engine.optics.tabulate import absorption_on_grid
from engine.trace.backend import dr, mi, table
from engine.trace.inclusions import Bodies, Inclusions
from engine.trace.spectrum import look_up
from engine.trace.waves import Waves
from engine.trace.zones import Zones
from engine.types import FloatArray, Piece, Vec3
from materials import Material

ALONG_TABLE: Vec3 = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Crystals:
    """The stones of a scene, if any of them is doubling, pleochroic, zoned or included.

    index, absorption : [M * 471 * 3] flattened, along the principal axes by increasing index.
    frame   : [P * 9] flattened unit vectors along these axes, in the piece's frame.
    double  : [P] whether a part shows things double.
    second  : [M * 471] flattened absorption of the second zones. zones, inclusions : None where
    there are none.
    doubling, pleochroic : whether any part does, or has a colour that depends on direction.
    """

    index: Any
    absorption: Any
    frame: Any
    double: Any
    second: Any
    zones: Zones | None
    inclusions: Inclusions | None
    doubling: bool
    pleochroic: bool

    @property
    def coloured(self) -> bool:
        """Whether absorption per mm is not all that dims light in every part."""
        return self.pleochroic or self.zones is not None or self.inclusions is not None

    @staticmethod
    def create(
        piece: Piece,
        library: Sequence[Material],
        row: Sequence[int],
        axes: Mapping[str, Vec3],
        clarity: Mapping[str, str],
    ) -> Crystals | None:
        """library : materials of the scene. row : [P] which of them each part is of. axes, clarity
        : see `Scene`. None where no part needs it."""
        found = [optics.crystal_table(m) for m in library]
        double = [
            (t := found[r]) is not None and t.doubles and piece.meshes[part.mesh].normals is None
            for r, part in zip(row, piece.parts, strict=True)
        ]
        pleochroic = any(t is not None and t.pleochroic for t in found)
        made_of = [library[r] for r in row]
        included = [not grade_of(clarity, part.name).flawless for part in piece.parts]
        zoned = [m.zoning is not None for m in made_of]
        if not pleochroic and not any(double + zoned + included):
            return None
        order = [_order(t) for t in found]
        needed = [
            m.crystal is not None or z or i
            for m, z, i in zip(made_of, zoned, included, strict=True)
        ]
        frames, stones = _frames(piece, needed, axes)
        return Crystals(
            index=table([_principal(m, t, "n")[o].T for m, t, o in _zip(library, found, order)]),
            absorption=table(
                [_principal(m, t, "absorption")[o].T for m, t, o in _zip(library, found, order)]
            ),
            frame=table([frame[order[r]] for frame, r in zip(frames, row, strict=True)]),
            double=mi.Bool(double),
            second=table([_second(m) for m in library]),
            zones=Zones.create(piece, made_of, frames, [stone[0] for stone in stones]),
            inclusions=Inclusions.create(piece, made_of, frames, stones, clarity),
            doubling=any(double),
            pleochroic=pleochroic,
        )

    def nowhere(self, width: int) -> list[Any]:
        """State of light that is in no stone; see `Path.within`."""
        part = dr.zeros(mi.UInt32, width)
        if not self.doubling:
            return [part]
        return [part, dr.zeros(mi.Vector3f, width), dr.zeros(mi.Bool, width)]

    def inside(self, part: Any) -> list[Any]:
        """State of light that is in the stone `part`, but in no single wave."""
        return [part, mi.Vector3f(0), mi.Bool(False)] if self.doubling else [part]

    def stones(self, part: Any, row: Any, λ: Any, active: Any) -> list[Stone]:
        """The stone `part` at each of the wavelengths λ. row : its material."""
        axes = [dr.gather(mi.Vector3f, self.frame, 3 * part + i, active) for i in range(3)]
        double = active & dr.gather(mi.Bool, self.double, part, active)
        bodies = None if self.inclusions is None else Bodies(self.inclusions, part, active)
        found = []
        for lane in range(dr.size_v(λ)):
            index = look_up(mi.Vector3f, self.index, λ[lane], row, active)
            a = look_up(mi.Vector3f, self.absorption, λ[lane], row, active)
            waves = Waves(axes, index, double)
            zone = None
            if self.zones is not None:
                second = look_up(mi.Float, self.second, λ[lane], row, active)
                zone = Zone(self.zones, part, second, active)
            found.append(Stone(waves, double, a, self.pleochroic, zone, bodies))
        return found


class Zone:
    """The second colour of a stone at one wavelength; a plain class, as `Stone` is.

    a : absorption per mm.
    """

    def __init__(self, zones: Zones, part: Any, a: Any, active: Any) -> None:
        self.zones, self.part, self.a, self.active = zones, part, a, active

    def split(self, o: Any, w: Any, t: Any) -> tuple[Any, Any]:
        """Of t mm from o along w, those in the first colour, and optical depth of the others."""
        t = dr.select(self.active, t, 0)
        far = self.zones.second(self.part, o, w, t, self.active)
        return t - far, self.a * far


class Stone:
    """One stone at one wavelength.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(
        self,
        waves: Waves,
        double: Any,
        a: Any,
        pleochroic: bool,
        zone: Zone | None,
        bodies: Bodies | None,
    ) -> None:
        self.waves, self.double, self.a, self.pleochroic = waves, double, a, pleochroic
        self.zone, self.bodies = zone, bodies

    def left(self, o: Any, w: Any, t: Any, wave: list[Any] | None) -> Any:
        """What is left of light after t mm from o along w.

        wave : K and `plus`, where it goes as a single wave; K = 0 is none.
        """
        dimmed = None if self.bodies is None else dr.exp(-self.bodies.depth(o, w, t))
        left = self._clear(o, w, t, wave)
        return left if dimmed is None else left * dimmed

    def _clear(self, o: Any, w: Any, t: Any, wave: list[Any] | None) -> Any:
        """As `left`, without the inclusions."""
        if self.zone is None:
            return self._first(w, t, wave)
        t, depth = self.zone.split(o, w, t)
        return self._first(w, t, wave) * dr.exp(-depth)

    def _first(self, w: Any, t: Any, wave: list[Any] | None) -> Any:
        """As `left`, of t mm in the first colour."""
        if not self.pleochroic:
            return dr.exp(-self.a.y * t)
        if not wave:
            one, other = (dr.exp(-self._absorption(D) * t) for D in self.waves.swings(w))
            return 0.5 * (one + other)
        K, plus = wave
        known = dr.squared_norm(K) > 0
        swings = self.waves.swings(dr.select(known, K, w))
        one, other = (dr.exp(-self._absorption(D) * t) for D in swings)
        return dr.select(self.double & known, dr.select(plus, one, other), 0.5 * (one + other))

    def _absorption(self, D: Any) -> Any:
        """Per mm, of light that swings along D."""
        parts = [self.a[i] * dr.square(dr.dot(D, self.waves.axes[i])) for i in range(3)]
        return parts[0] + parts[1] + parts[2]


def _zip(*columns: Any) -> Any:
    return zip(*columns, strict=True)


def _principal(material: Material, crystal: optics.CrystalTable | None, field: str) -> FloatArray:
    """[3, 471] index or absorption along the principal axes, the same for what is isotropic."""
    if crystal is not None:
        return np.asarray(getattr(crystal, field))
    return np.tile(getattr(optics.tabulate(material), field), (3, 1))


def _order(crystal: optics.CrystalTable | None) -> Any:
    """Principal axes by increasing index at the d line."""
    if crystal is None:
        return np.arange(3)
    at_d = [np.interp(LINE_D, optics.WAVELENGTHS, n) for n in crystal.n]
    return np.argsort(at_d, kind="stable")


def _second(material: Material) -> FloatArray:
    """[471] absorption of the second zones; 0 where there are none."""
    return absorption_on_grid(None if material.zoning is None else material.zoning.second)


def _frames(
    piece: Piece, needed: Sequence[bool], axes: Mapping[str, Vec3]
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Of each part for which it is needed, [3, 3] unit vectors along alpha, beta and gamma, and
    those of the stone's own frame, in the piece's frame."""
    of_mesh: dict[int, FloatArray] = {}
    frames, stones = [], []
    for part, crystal in zip(piece.parts, needed, strict=True):
        if not crystal:
            frames.append(np.eye(3))
            stones.append(np.eye(3))
            continue
        if part.mesh not in of_mesh:
            of_mesh[part.mesh] = stone_frame(piece.meshes[part.mesh])
        stone = of_mesh[part.mesh] @ part.transform[:3, :3].T
        frames.append(crystal_axes(axes.get(part.name, ALONG_TABLE)) @ stone)
        stones.append(stone)
    return frames, stones


def crystal_axes(axis: Vec3) -> FloatArray:
    """[3, 3] rows alpha, beta, gamma of a crystal whose optic axis, or gamma, lies along `axis`.

    alpha lies as near to the stone's length (x) as it can; where the axis does, to its breadth.
    """
    gamma = np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis)
    near = np.array([1.0, 0.0, 0.0] if abs(gamma[0]) < 0.9 else [0.0, 1.0, 0.0])
    alpha = near - (near @ gamma) * gamma
    alpha /= np.linalg.norm(alpha)
    return np.stack([alpha, np.cross(gamma, alpha), gamma])
