"""What a scene shows: as one short hash, and as a few numbers.

    python -m benchmarks.kit.fingerprint    # record the frozen scenes again, in scenes.json

Both are of what light meets, not of how it is written down: moments of every part's surface
instead of its triangles in order, spectra instead of files, the painted sky instead of a studio's
text. The hash names what is cached; processors whose last digits differ may round to another one.
Whether a scene is still the same is told by its traits, which are compared to within a tolerance.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

import materials
from benchmarks.kit import scenes
from engine import optics
from engine.scene import Scene, Studio, environment, resolve_camera
from engine.types import FloatArray, Part, Piece

#: How far numbers may differ, of the largest of their trait: a ten-thousandth.
ALIKE = 1e-4
RECORDED = Path(__file__).with_name("scenes.json")


def fingerprint(scene: Scene) -> str:
    """16 hexadecimal digits."""
    digest = hashlib.sha256()

    def add(*values: Any, digits: int = 4) -> None:
        for value in values:
            told = value if isinstance(value, str) else _rounded(value, digits)
            digest.update(told if isinstance(told, bytes) else told.encode())

    for part in scene.piece.parts:
        add(part.role, *_surface(scene.piece, part))
        add(_material(scene.materials[part.name]))
        finish = scene.finish_of(part.name)
        if part.role == "metal" and finish != materials.MIRROR:  # what the frozen scenes are of
            add(str(finish))
    camera = resolve_camera(scene)
    add(camera.position, camera.target, camera.up, camera.fov_deg, camera.size, camera.aperture_mm)
    if camera.aperture_mm:
        add(camera.focus_mm)
    add(scene.ground.kind, scene.ground.albedo)
    turn = scene.view.azimuth_deg if scene.studio.rig == "camera" else 0.0
    add(_light(scene.studio), turn)
    return digest.hexdigest()[:16]


def traits(scene: Scene) -> dict[str, list[float]]:
    """What a scene is, in numbers: name -> values, the same on every machine to within `ALIKE`."""
    found: dict[str, list[float]] = {}
    for part in scene.piece.parts:
        surface = np.concatenate([np.ravel(v) for v in _surface(scene.piece, part)])
        material = _look(scene.materials[part.name])
        finish = scene.finish_of(part.name)
        dull = 0.0 if part.role != "metal" or finish == materials.MIRROR else 1.0
        # By role, not by name; the more there is of a material, the more it counts.
        of = found.setdefault(part.role, [0.0] * (len(surface) + len(material) + 1))
        weighed = [*surface, *(surface[6] * material), surface[6] * dull]
        found[part.role] = [a + b for a, b in zip(of, weighed, strict=True)]
    camera = resolve_camera(scene)
    turn = scene.view.azimuth_deg if scene.studio.rig == "camera" else 0.0
    seen = [*camera.position, *camera.target, *camera.up, camera.fov_deg, *camera.size]
    found["camera"] = [float(v) for v in (*seen, camera.aperture_mm, turn)]
    found["ground"] = [float(len(scene.ground.kind)), scene.ground.albedo]
    found["light"] = _shine(scene.studio)
    return {name: [float(f"{v:.8g}") for v in values] for name, values in found.items()}


def changed(scene: Scene, known: dict[str, list[float]]) -> list[str]:
    """Names of the traits in which a scene is no longer what was recorded."""
    found = traits(scene)
    return [
        name
        for name in sorted({*found, *known})
        if len(found.get(name, [])) != len(known.get(name, []))
        or np.abs(np.subtract(found[name], known[name])).max() > ALIKE * np.abs(known[name]).max()
    ]


def _look(name: str) -> FloatArray:
    """Roughness and spectra of a material, at some wavelengths."""
    table = optics.tabulate(materials.load(name))
    few = slice(20, None, 90)
    spectra = [table.n, table.k, table.absorption, table.reflectance]
    return np.array([materials.load(name).roughness, *(v for s in spectra for v in s[few])])


def _shine(studio: Studio) -> list[float]:
    """Moments of the sky that a studio paints."""
    sky = environment(studio)
    rows, columns = np.meshgrid(
        *(np.linspace(0, 1, n) for n in sky.radiance.shape[:2]), indexing="ij"
    )
    weights = [np.ones_like(rows), rows, columns, rows**2, rows * columns, columns**2]
    moments = [(w[..., None] * sky.radiance).mean(axis=(0, 1)) for w in weights]
    spectra = np.asarray(sky.spectra)[:, 20::90]
    return [float(v) for v in (*np.ravel(moments), *np.ravel(spectra), *sky.white)]


def _rounded(value: Any, digits: int) -> bytes:
    """The bytes of an array after rounding; minus zero is zero."""
    whole = np.rint(np.asarray(value, dtype=np.float64) * 10.0**digits)
    return (whole + 0.0).astype("<f8").tobytes()


def _surface(piece: Piece, part: Part) -> tuple[FloatArray, ...]:
    """Bounds, and moments of the surface and of its shading normals; whatever the triangulation."""
    mesh = piece.meshes[part.mesh]
    vertices = piece.vertices(part)
    corners = vertices[mesh.faces]  # [F, 3, 3]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2
    middle = corners.mean(axis=1)
    normal = cross / np.maximum(2 * area, 1e-30)[:, None]
    if mesh.normals is not None:
        normal = (mesh.normals @ part.transform[:3, :3].T)[mesh.faces].mean(axis=1)
    return (
        np.array([vertices.min(axis=0), vertices.max(axis=0)]),
        np.array([area.sum(), mesh.closed]),
        area @ middle,
        np.einsum("f,fi,fj->ij", area, middle, middle),
        np.einsum("f,fi,fj->ij", area, normal, normal),
        np.einsum("f,fi,fj->ij", area, normal, middle),
    )


@functools.cache
def _material(name: str) -> str:
    """Hash of a material's kind, roughness and spectra; not of its name or file."""
    material = materials.load(name)
    table = optics.tabulate(material)
    digest = hashlib.sha256(material.kind.encode())
    for values in (material.roughness, table.n, table.k, table.absorption, table.reflectance):
        digest.update(_rounded(values, 6))
    return digest.hexdigest()


def _light(studio: Studio) -> str:
    return _painted(studio.model_dump_json(), studio.hdri.path if studio.hdri else "")


@functools.cache
def _painted(told: str, panorama: str) -> str:
    """Hash of the sky that a studio paints; `told` is the studio as JSON."""
    sky = environment(Studio.model_validate_json(told))
    digest = hashlib.sha256(panorama.encode())
    for values in (sky.radiance, sky.spectra, sky.white):
        digest.update(_rounded(values, 3))
    return digest.hexdigest()


def recorded() -> dict[str, dict[str, dict[str, list[float]]]]:
    """Traits by scene and by where its geometry comes from (`scenes.source`)."""
    known: dict[str, dict[str, dict[str, list[float]]]] = json.loads(
        RECORDED.read_text(encoding="utf-8")
    )
    return known


def main() -> None:
    """Write the traits of all scenes; those of sources that are not here stay."""
    known = recorded() if RECORDED.exists() else {}
    fresh = {
        name: {
            **known.get(name, {}),
            scenes.source(name): traits(scenes.scene(name)),
        }
        for name in scenes.NAMES
    }
    text = json.dumps(fresh, indent=1)
    RECORDED.write_text(re.sub(r"\n {4,}|\n {3}(?=\])", " ", text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
