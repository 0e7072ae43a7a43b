"""Scene -> what the kernels read: geometry, tables of materials, the sky and the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import materials
from engine import optics
from engine.optics.coat import coat_albedo, coated_base
from engine.optics.lobe import COSINES
from engine.scene import Scene, environment
from engine.trace.backend import dr, mi, table
from engine.trace.brush import Brush
from engine.trace.crystal import Crystals
from engine.trace.edges import Edges
from engine.trace.geometry import Facets
from engine.trace.ground import Plane
from engine.trace.marks import marks_of, roughness_of
from engine.trace.nacre import Nacres
from engine.trace.polytope import Polytopes
from engine.trace.relief import Relief
from engine.trace.roughness import Roughness
from engine.trace.sky import Sky
from engine.trace.spectrum import WavelengthSampler, grid_position, look_up
from engine.trace.within import Within
from engine.trace.workbench import Workbench
from engine.types import FloatArray, Piece, Vec3
from materials import Material
from materials.phenomena import Nacre

METAL, GEM, COATED = range(3)
KINDS = {"metal": METAL, "gem": GEM, "organic": COATED, "opaque": COATED}

#: Place of 550 nm on the grid: the wavelength whose index stands for a coat.
GREEN = 190

#: Narrowest lobe: below it the density of a polished metal leaves float32.
LEAST_ROUGHNESS = 1e-3


@dataclass(frozen=True)
class Optics:
    """Materials as tables on the 1-nm grid.

    table : [M * 471 * 4] flattened n (of a crystal the mean), k, absorption per mm, and reflectance
    of a coated base: such that what gets in, times it, times what gets out, is what comes out
    (`coated_base`).
    kind  : [M] METAL, GEM or COATED. present : those that occur; kernels leave out what none needs.
    albedo : [M] XYZ of the F0 or, of coated surfaces, of all that is reflected, under the studio's
    white, for the albedo feature, flattened.
    coats : [M * (C - 1) * 2] albedo of the coat's lobe between `COSINES`, its ends side by side.
    nacres, within : of pearls, of opals and moonstones; None where there are none.
    """

    table: Any
    kind: Any
    present: frozenset[int]
    albedo: Any
    coats: Any
    nacres: Nacres | None
    within: Within | None

    def eval(self, material: Any, λ: Any, active: Any) -> tuple[Any, Any, Any, Any]:
        """n, k, absorption (per mm) and diffuse reflectance at each of the wavelengths λ."""
        n, k, a, ρ = (type(λ)(0) for _ in range(4))
        for lane in range(dr.size_v(λ)):
            value = look_up(mi.Vector4f, self.table, λ[lane], material, active)
            n[lane], k[lane], a[lane], ρ[lane] = value.x, value.y, value.z, value.w
        return n, k, a, ρ

    def coat(self, material: Any, cosine: Any, active: Any) -> Any:
        """What a coat keeps from its base: the albedo of its lobe at a cosine of incidence."""
        x = dr.clip(cosine, 0, 1) * (len(COSINES) - 1)
        cell = dr.minimum(mi.UInt32(x), len(COSINES) - 2)
        ends = dr.gather(mi.Vector2f, self.coats, material * (len(COSINES) - 1) + cell, active)
        return dr.lerp(ends.x, ends.y, x - mi.Float(cell))

    def absorption(self, material: Any, λ: Any, active: Any) -> Any:
        """Absorption per mm at one wavelength: one number of the four, so not by `look_up`."""
        index, weight = grid_position(λ)
        at = 4 * (material * len(optics.WAVELENGTHS) + index) + 2
        low = dr.gather(mi.Float, self.table, at, active)
        return dr.lerp(low, dr.gather(mi.Float, self.table, at + 4, active), weight)


@dataclass(frozen=True)
class Compiled:
    """A scene, ready to be traced.

    world         : Mitsuba scene that holds one mesh; ray intersection is all it is used for.
    mesh          : this mesh.
    face_part     : [F] part of each triangle. part_material : [P] row of `optics`. part_kind :
    [P] METAL, GEM or COATED.
    closed        : [P] whether the part's surface is closed.
    edges         : of all parts but the stones; None where none is rounded. edge_radius : [P] mm,
    of their fillets.
    facets        : of the stones. polytopes : of those that are convex.
    roughness, relief : of the parts, as material and finish have them; no relief where there is
    none.
    white         : XYZ of the studio's white.
    crystals      : where stones show things double, have colours that depend on direction or place,
    or inclusions; None where there are none: then no kernel knows of them.
    """

    world: Any
    mesh: Any
    face_part: Any
    part_material: Any
    part_kind: Any
    closed: Any
    edges: Edges | None
    edge_radius: Any
    facets: Facets
    polytopes: Polytopes
    optics: Optics
    roughness: Roughness
    relief: Relief | None
    sky: Sky
    ground: Plane
    wavelengths: WavelengthSampler
    white: Vec3
    crystals: Crystals | None

    @property
    def doubling(self) -> Crystals | None:
        """The crystals, if any of them shows things double."""
        return self.crystals if self.crystals is not None and self.crystals.doubling else None

    @property
    def colours(self) -> Crystals | None:
        """The crystals, if absorption per mm is not all that dims light in every stone."""
        return self.crystals if self.crystals is not None and self.crystals.coloured else None

    def left(
        self, part: Any, row: Any, λ: Any, wave: list[Any], ray: Any, t: Any, active: Any
    ) -> Any:
        """What is left of light of one wavelength after t mm along `ray` in the stone `part`.

        row : its material. wave : which of the two waves it is, where stones show things double.
        """
        if self.colours is None:
            return dr.exp(-self.optics.absorption(row, λ, active) * t)
        return self.colours.stones(part, row, mi.Color1f(λ), active)[0].left(ray.o, ray.d, t, wave)

    def outside(self, width: int) -> list[Any]:
        """State of light that is in no stone; see `Path.within`."""
        return [] if self.crystals is None else self.crystals.nowhere(width)

    def inside(self, part: Any) -> list[Any]:
        """State of light that is in the stone `part`, but in no single wave."""
        return [] if self.crystals is None else self.crystals.inside(part)

    def turned(self, azimuth: float, light: float = 0.0) -> Compiled:
        """The same scene on a ground and under a sky turned about z by `azimuth` radians.

        light : that the sky is turned by beyond it.
        """
        sky = self.sky.turned(azimuth + light)
        return replace(self, sky=sky, ground=self.ground.turned(azimuth))


def compile_scene(
    scene: Scene, ground: bool = True, workbench: Workbench | None = None
) -> Compiled:
    """Tables, acceleration structure and sky of `scene`; call after `variant.activate`.

    ground    : False leaves the piece floating in the sky, for tests of energy.
    workbench : holds the geometry for the next scene of the same piece.
    """
    surroundings = environment(scene.studio)
    names = sorted({scene.materials[part.name] for part in scene.piece.parts})
    row = {name: index for index, name in enumerate(names)}
    library = [materials.load(name) for name in names]
    rows = [row[scene.materials[part.name]] for part in scene.piece.parts]
    made_of = [library[r] for r in rows]
    gems = [material.kind == "gem" for material in made_of]
    bench = Workbench() if workbench is None else workbench
    dents = {name: f for name, f in scene.finishes.items() if f.kind == "hammered"}
    solid = bench.geometry(scene.piece, gems, dents, mi.variant())
    finishes = _finishes(scene, made_of)
    roughness, relief = _surfaces(scene.piece, made_of, finishes)
    radii = [finish.edge_mm for finish in finishes]
    return Compiled(
        world=solid.world,
        mesh=solid.mesh,
        face_part=solid.face_part,
        part_material=mi.UInt32(rows),
        part_kind=mi.UInt32([KINDS[material.kind] for material in made_of]),
        closed=solid.closed,
        edges=solid.edges if any(radii) and solid.edges.present else None,
        edge_radius=table(radii),
        facets=solid.facets,
        polytopes=solid.polytopes,
        optics=_tabulate(library, surroundings.white, scene.piece),
        roughness=roughness,
        relief=relief,
        sky=Sky.create(surroundings, upper_only=ground),
        ground=Plane.create(scene.ground, surroundings, scene.piece.bounds(), ground),
        wavelengths=WavelengthSampler.create(),
        white=surroundings.white,
        crystals=Crystals.create(scene.piece, library, rows, scene.axes, scene.clarity),
    )


def _finishes(scene: Scene, made_of: Sequence[Material]) -> list[materials.Finish]:
    """The finish of every part; what is no metal is as its maker polished it."""
    return [
        scene.finish_of(part.name) if material.kind == "metal" else materials.MIRROR
        for part, material in zip(scene.piece.parts, made_of, strict=True)
    ]


def _surfaces(
    piece: Piece, made_of: Sequence[Material], finishes: list[materials.Finish]
) -> tuple[Roughness, Relief | None]:
    """How rough every part is, and what its finish does to the normals."""
    metals = [material.kind == "metal" for material in made_of]
    polish = [max(material.roughness, LEAST_ROUGHNESS) for material in made_of]
    alphas = [roughness_of(f, α) for f, α in zip(finishes, polish, strict=True)]
    marks = [marks_of(finish) for finish in finishes]
    brush = Brush.create(piece, finishes)
    relief = Relief.create(marks, finishes, brush) if any(map(any, marks)) else None
    return Roughness.create(alphas, metals, brush), relief


def _tabulate(library: Sequence[Material], white: Vec3, piece: Piece) -> Optics:
    """The materials' tables, in the order of the library."""
    stacked, albedo, coats = [], [], []
    for material in library:
        t = optics.tabulate(material)
        base, seen, coat = t.reflectance, t.f0, np.zeros_like(COSINES)
        if KINDS[material.kind] == COATED:
            seen = t.f0 + (1 - t.f0) * t.reflectance
            coat = coat_albedo(float(t.n[GREEN]), max(material.roughness, LEAST_ROUGHNESS))
            # A pearl's layers vary over it, and so does what they let through: see `NacreLobe`.
            if not isinstance(material.phenomenon, Nacre):
                base = coated_base(t.reflectance, coat)
        stacked.append(np.stack([_index(material), t.k, t.absorption, base], axis=-1))
        coats.append(np.stack([coat[:-1], coat[1:]], axis=-1))
        albedo.append(optics.xyz_of(seen) * np.asarray(white))
    return Optics(
        table=table(np.concatenate(stacked)),
        kind=mi.UInt32([KINDS[material.kind] for material in library]),
        present=frozenset(KINDS[material.kind] for material in library),
        albedo=table(albedo),
        coats=table(np.stack(coats)),
        nacres=Nacres.create(library),
        within=Within.create(library, [part.transform[:3, 2] for part in piece.parts]),
    )


def _index(material: Material) -> FloatArray:
    """[471] index, of a crystal the mean of the principal ones."""
    crystal = optics.crystal_table(material)
    return optics.tabulate(material).n if crystal is None else crystal.n.mean(axis=0)
