"""Scene -> what the kernels read: geometry, tables of materials, the sky and the ground."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import materials
from engine import optics
from engine.scene import Scene, environment
from engine.trace.backend import dr, mi, table
from engine.trace.brush import Brush
from engine.trace.geometry import Facets
from engine.trace.ground import Plane
from engine.trace.marks import marks_of, roughness_of
from engine.trace.polytope import Polytopes
from engine.trace.relief import Relief
from engine.trace.roughness import Roughness
from engine.trace.sky import Sky
from engine.trace.spectrum import WavelengthSampler, grid_position, look_up
from engine.trace.workbench import Workbench
from engine.types import Vec3

METAL, GEM, COATED = range(3)
KINDS = {"metal": METAL, "gem": GEM, "organic": COATED}

#: Narrowest lobe: below it the density of a polished metal leaves float32.
LEAST_ROUGHNESS = 1e-3


@dataclass(frozen=True)
class Optics:
    """Materials as tables on the 1-nm grid.

    table : [M * 471 * 4] flattened n, k, absorption per mm, diffuse reflectance.
    kind  : [M] METAL, GEM or COATED. albedo : [M] XYZ of the F0 or of the diffuse albedo under the
    studio's white, for the albedo feature, flattened.
    """

    table: Any
    kind: Any
    present: frozenset[int]
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
    roughness, relief : of the parts, as material and finish have them; no relief where there is
    none.
    white         : XYZ of the studio's white.
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
    roughness: Roughness
    relief: Relief | None
    sky: Sky
    ground: Plane
    wavelengths: WavelengthSampler
    white: Vec3

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
    kinds = {name: materials.load(name).kind for name in names}
    gems = [kinds[scene.materials[part.name]] == "gem" for part in scene.piece.parts]
    bench = Workbench() if workbench is None else workbench
    dents = {name: f for name, f in scene.finishes.items() if f.kind == "hammered"}
    solid = bench.geometry(scene.piece, gems, dents, mi.variant())
    roughness, relief = _surfaces(scene)
    return Compiled(
        world=solid.world,
        mesh=solid.mesh,
        face_part=solid.face_part,
        part_material=mi.UInt32([row[scene.materials[part.name]] for part in scene.piece.parts]),
        part_kind=mi.UInt32([KINDS[kinds[scene.materials[p.name]]] for p in scene.piece.parts]),
        closed=solid.closed,
        facets=solid.facets,
        polytopes=solid.polytopes,
        optics=_tabulate(names, surroundings.white),
        roughness=roughness,
        relief=relief,
        sky=Sky.create(surroundings, upper_only=ground),
        ground=Plane.create(scene.ground, surroundings, scene.piece.bounds(), ground),
        wavelengths=WavelengthSampler.create(),
        white=surroundings.white,
    )


def _surfaces(scene: Scene) -> tuple[Roughness, Relief | None]:
    """How rough every part is, and what its finish does to the normals."""
    parts = scene.piece.parts
    library = [materials.load(scene.materials[part.name]) for part in parts]
    metals = [material.kind == "metal" for material in library]
    finishes = [
        scene.finish_of(part.name) if metal else materials.MIRROR
        for part, metal in zip(parts, metals, strict=True)
    ]
    polish = [max(material.roughness, LEAST_ROUGHNESS) for material in library]
    alphas = [roughness_of(f, α) for f, α in zip(finishes, polish, strict=True)]
    marks = [marks_of(finish) for finish in finishes]
    brush = Brush.create(scene.piece, finishes)
    relief = Relief.create(marks, finishes, brush) if any(map(any, marks)) else None
    return Roughness.create(alphas, metals, brush), relief


def _tabulate(names: Iterable[str], white: Vec3) -> Optics:
    """The materials' tables, in the order of `names`."""
    library = [materials.load(name) for name in names]
    tables = [optics.tabulate(material) for material in library]
    stacked = [np.stack([t.n, t.k, t.absorption, t.reflectance], axis=-1) for t in tables]
    albedo = []
    for material, t in zip(library, tables, strict=True):
        seen = t.reflectance if material.kind == "organic" else t.f0
        albedo.append(optics.xyz_of(seen) * np.asarray(white))
    return Optics(
        table=table(np.concatenate(stacked)),
        kind=mi.UInt32([KINDS[material.kind] for material in library]),
        present=frozenset(KINDS[material.kind] for material in library),
        albedo=table(albedo),
    )
