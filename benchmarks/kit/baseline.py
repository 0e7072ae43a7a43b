"""A scene of ours as the frozen baseline sees it: the same picture by plain spectral path tracing.

    image = Baseline(scene).render(spp=64, seed=0)  # XYZ, [H, W, 3] float32

Everything is what `engine.trace` renders, in Mitsuba's words: one mesh per part, the same light,
a `perspective` sensor in the same place, a box filter, XYZ. What differs, and why:

- A polished metal is `roughconductor` (GGX, visible normals) with our n, k and roughness, not
  `conductor`: our metals are never perfect mirrors, so a mirror would have another mean. Mitsuba's
  Smith term is not height-correlated as ours is; at the roughness of polish that is far below the
  noise, so rough metals do not belong into the kit.
- **The baseline knows neither absorption nor double refraction: it renders a coloured stone
  colourless.** Such a scene is measured against the reference of its `twin`, which has neither.
- The ground is a diffuse square of 200 m. Ours has no edge, so no camera of the kit sees the
  horizon. A clear coat over the ground has no counterpart.
- Mitsuba's white is 0.1 % too bright (its constant of luminance, and curves at 5 nm): that is
  divided out, so that nobody is charged for it.
- Nothing of Mitsuba's equals our coated organics (`roughplastic` counts light that goes to and
  fro between base and coat; ours does not), so pieces with pearls have no baseline.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import Any

import numpy as np
import yaml

import materials
from benchmarks import dispersive_path
from benchmarks.kit import plugins
from benchmarks.kit.cache import folder
from engine import optics
from engine.scene import Scene, environment, resolve_camera
from engine.trace.backend import mi
from engine.trace.compile import LEAST_ROUGHNESS
from engine.types import ImageArray, Part
from materials import Material
from materials.schema import ConstantIndex, SellmeierIndex

#: Half the side of the ground, mm: from there a ring covers a ten-thousandth of a radian.
HALF_GROUND = 1e5
#: Luminance of Mitsuba's film under light of luminance 1: measured with 33 million samples each
#: under the illuminants E, D65 and D55 (1.00099, 1.00097, 1.00095; X and Z within 0.0003 of it).
BRIGHTER = 1.00097
#: Samples per kernel launch: bounds memory.
LAUNCH = 1 << 22


class Baseline:
    """`scene` for the baseline; made once, rendered as often as asked.

    max_depth : where the baseline cuts paths; 64 unless bias must be ruled out.
    Raises ValueError for what the baseline cannot show.
    """

    def __init__(self, scene: Scene, max_depth: int = 64) -> None:
        if scene.ground.kind != "sweep":
            raise ValueError(
                f"the baseline has no ground like {scene.ground.kind!r}; use a sweep ground"
            )
        self.size = scene.size
        self._scene = mi.load_dict(describe(scene))
        self._integrator = dispersive_path.integrator(self._scene, max_depth)  # type: ignore[no-untyped-call]

    def render(self, spp: int, seed: int) -> ImageArray:
        """XYZ [H, W, 3] of `spp` samples per pixel."""
        most = max(1, LAUNCH // (self.size[0] * self.size[1]))
        total = np.zeros((self.size[1], self.size[0], 3))
        for number, done in enumerate(range(0, spp, most)):
            count = min(most, spp - done)
            image = mi.render(
                self._scene,
                integrator=self._integrator,
                spp=count,
                seed=seed * 4096 + number,
            )
            total += count / spp * np.asarray(image, dtype=np.float64)
        return (total / BRIGHTER).astype(np.float32)


def describe(scene: Scene) -> dict[str, Any]:
    """The scene for `mi.load_dict`."""
    turn = math.radians(scene.view.azimuth_deg) if scene.studio.rig == "camera" else 0.0
    side = mi.ScalarTransform4f().scale([HALF_GROUND, HALF_GROUND, 1.0])
    described: dict[str, Any] = {
        "type": "scene",
        "sky": plugins.sky(environment(scene.studio), turn),
        "sensor": _sensor(scene),
        "ground": {
            "type": "rectangle",
            "to_world": side,
            "bsdf": {
                "type": "diffuse",
                "reflectance": {"type": "uniform", "value": float(scene.ground.albedo)},
            },
        },
    }
    surfaces = {
        name: mi.load_dict(_surface(name, materials.load(name)))
        for name in sorted(set(scene.materials.values()))
    }
    for number, part in enumerate(scene.piece.parts):
        surface = surfaces[scene.materials[part.name]]
        described[f"part{number}"] = _mesh(scene, part, surface)
    return described


def twin(scene: Scene) -> Scene:
    """The same scene with colourless stones, which the baseline can show; itself if they are."""
    clear = {part: _clear(name) for part, name in scene.materials.items()}
    return scene if clear == dict(scene.materials) else replace(scene, materials=clear)


def _clear(name: str) -> str:
    """The material without its absorption and its axes: its name, or the path of a file written
    for it."""
    material = materials.load(name)
    if (material.absorption, material.crystal, material.zoning) == (None, None, None):
        return name
    hidden = {"absorption", "crystal", "zoning"}
    told = material.model_dump(mode="json", by_alias=True, exclude=hidden)
    path = folder("twins") / f"{material.name}.yaml"
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(yaml.safe_dump(told), encoding="utf-8")
    os.replace(fresh, path)
    return str(path)


def _sensor(scene: Scene) -> dict[str, Any]:
    camera = resolve_camera(scene)
    if camera.aperture_mm:
        raise ValueError("the baseline has a pinhole; leave the lens's f_number out")
    look = mi.ScalarTransform4f().look_at(
        origin=list(camera.position), target=list(camera.target), up=list(camera.up)
    )
    return {
        "type": "perspective",
        "fov": camera.fov_deg,
        "fov_axis": "larger",
        "near_clip": 0.1,
        "far_clip": 1e7,
        "to_world": look,
        "film": {
            "type": "hdrfilm",
            "width": camera.size[0],
            "height": camera.size[1],
            "pixel_format": "xyz",
            "component_format": "float32",
            "rfilter": {"type": "box"},
        },
        "sampler": {"type": "independent"},
    }


def _surface(name: str, material: Material) -> dict[str, Any]:
    if material.kind == "metal":
        table = optics.tabulate(material)
        return {
            "type": "roughconductor",
            "distribution": "ggx",
            "alpha": max(material.roughness, LEAST_ROUGHNESS),
            "eta": _spectrum(table.n),
            "k": _spectrum(table.k),
        }
    if material.kind == "gem":
        terms = sellmeier_terms(material)
        named = {f"B{i + 1}": b for i, (b, _) in enumerate(terms)}
        return {
            "type": "dispersive_dielectric",
            **named,
            **{f"C{i + 1}": c for i, (_, c) in enumerate(terms)},
        }
    kind = materials.a_kind(material.kind)
    raise ValueError(f"the baseline has no surface like {name}, {kind}; leave it out")


def sellmeier_terms(material: Material) -> list[tuple[float, float]]:
    """B and C (um) of at most three terms. Raises ValueError where three do not suffice."""
    index = material.index
    if isinstance(index, ConstantIndex):
        return [(index.n**2 - 1, 0.0)]
    if isinstance(index, SellmeierIndex) and index.outside == "formula":
        terms = [(term.b, math.sqrt(index.c_squared(term))) for term in index.terms]
        # A constant is a resonance at wavelength 0.
        terms += [(index.constant, 0.0)] if index.constant else []
        if len(terms) <= 3:
            return terms
    raise ValueError(f"the baseline takes three Sellmeier terms; {material.name} needs more")


def _spectrum(values: Any) -> dict[str, Any]:
    first, last = float(optics.WAVELENGTHS[0]), float(optics.WAVELENGTHS[-1])
    return {
        "type": "regular",
        "wavelength_min": first,
        "wavelength_max": last,
        "values": " ".join(f"{value:.8g}" for value in values),
    }


def _mesh(scene: Scene, part: Part, surface: Any) -> Any:
    """One part as a Mitsuba mesh: flat facets, or smooth where our mesh has normals."""
    mesh = scene.piece.meshes[part.mesh]
    vertices = scene.piece.vertices(part)
    properties = mi.Properties()
    properties["bsdf"] = surface
    shape = mi.Mesh(
        part.name,
        len(vertices),
        len(mesh.faces),
        props=properties,
        has_vertex_normals=mesh.normals is not None,
    )
    buffers = mi.traverse(shape)
    buffers["vertex_positions"] = mi.Float(vertices.astype(np.float32).ravel())
    if mesh.normals is not None:
        turned = mesh.normals @ part.transform[:3, :3].T
        buffers["vertex_normals"] = mi.Float(turned.astype(np.float32).ravel())
    buffers["faces"] = mi.UInt32(mesh.faces.astype(np.uint32).ravel())
    buffers.update()
    return shape
