"""Scene -> what the kernels read: geometry, tables of materials, the sky and the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import materials
from engine import optics
from engine.scene import Scene, environment
from engine.trace.backend import dr, mi, table
from engine.trace.crystal import Crystals
from engine.trace.geometry import Facets
from engine.trace.ground import Plane
from engine.trace.polytope import Polytopes
from engine.trace.sky import Sky
from engine.trace.spectrum import WavelengthSampler, grid_position, look_up
from engine.trace.workbench import Workbench
from engine.types import FloatArray, Vec3
from materials import Material

METAL, GEM, COATED = range(3)
KINDS = {"metal": METAL, "gem": GEM, "organic": COATED}

#: Narrowest lobe: below it the density of a polished metal leaves float32.
LEAST_ROUGHNESS = 1e-3


@dataclass(frozen=True)
class Optics:
    """Materials as tables on the 1-nm grid.

    table : [M * 471 * 4] flattened n (of a crystal the mean), k, absorption per mm, diffuse
    reflectance.
    kind  : [M] METAL, GEM or COATED. roughness : [M] GGX α. albedo : [M] XYZ of the F0 or of the
    diffuse albedo under the studio's white, for the albedo feature, flattened.
    """

    table: Any
    kind: Any
    roughness: Any
    albedo: Any

    def eval(self, material: Any, λ: Any, active: Any) -> tuple[Any, Any, Any, Any]:
        """n, k, absorption (per mm) and diffuse reflectance at each of the wavelengths λ."""
        n, k, a, ρ = (type(λ)(0) for _ in range(4))
        for lane in range(dr.size_v(λ)):
            value = look_up(mi.Vector4f, self.table, λ[lane], material, active)
            n[lane], k[lane], a[lane], ρ[lane] = value.x, value.y, value.z, value.w
        return n, k, a, ρ

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
    closed        : [P] whether the part's surface is closed. facets : of the stones. polytopes : of
    those that are convex.
    white         : XYZ of the studio's white.
    crystals      : where stones show things double, or have colours that depend on direction; None
    where there are none: then no kernel knows of them.
    """

    world: Any
    mesh: Any
    face_part: Any
    part_material: Any
    part_kind: Any
    closed: Any
    facets: Facets
    polytopes: Polytopes
    optics: Optics
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
        """The crystals, if absorption per mm is not all there is to any stone's colour."""
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

    def turned(self, azimuth: float) -> Compiled:
        """The same scene on a ground and under a sky turned about z by `azimuth` radians."""
        return replace(self, sky=self.sky.turned(azimuth), ground=self.ground.turned(azimuth))


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
    kinds = {name: material.kind for name, material in zip(names, library, strict=True)}
    rows = [row[scene.materials[part.name]] for part in scene.piece.parts]
    gems = [kinds[scene.materials[part.name]] == "gem" for part in scene.piece.parts]
    bench = Workbench() if workbench is None else workbench
    solid = bench.geometry(scene.piece, gems, mi.variant())
    return Compiled(
        world=solid.world,
        mesh=solid.mesh,
        face_part=solid.face_part,
        part_material=mi.UInt32(rows),
        part_kind=mi.UInt32([KINDS[kinds[scene.materials[p.name]]] for p in scene.piece.parts]),
        closed=solid.closed,
        facets=solid.facets,
        polytopes=solid.polytopes,
        optics=_tabulate(library, surroundings.white),
        sky=Sky.create(surroundings, upper_only=ground),
        ground=Plane.create(scene.ground, surroundings, scene.piece.bounds(), ground),
        wavelengths=WavelengthSampler.create(),
        white=surroundings.white,
        crystals=Crystals.create(scene.piece, library, rows, scene.axes),
    )


def _tabulate(library: Sequence[Material], white: Vec3) -> Optics:
    """The materials' tables, in the order of the library."""
    tables = [optics.tabulate(material) for material in library]
    index = [_index(material) for material in library]
    stacked = [
        np.stack([n, t.k, t.absorption, t.reflectance], axis=-1)
        for n, t in zip(index, tables, strict=True)
    ]
    albedo = []
    for material, t in zip(library, tables, strict=True):
        seen = t.reflectance if material.kind == "organic" else t.f0
        albedo.append(optics.xyz_of(seen) * np.asarray(white))
    return Optics(
        table=table(np.concatenate(stacked)),
        kind=mi.UInt32([KINDS[material.kind] for material in library]),
        roughness=table([max(material.roughness, LEAST_ROUGHNESS) for material in library]),
        albedo=table(albedo),
    )


def _index(material: Material) -> FloatArray:
    """[471] index, of a crystal the mean of the principal ones."""
    crystal = optics.crystal_table(material)
    return optics.tabulate(material).n if crystal is None else crystal.n.mean(axis=0)
