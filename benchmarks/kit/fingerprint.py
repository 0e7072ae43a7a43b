"""What a scene shows, as one short hash: geometry, materials, camera and light.

    python -m benchmarks.kit.fingerprint    # record the frozen scenes again, in scenes.json

The hash is of what light meets, not of how it is written down: moments of every part's surface
instead of its triangles in order, spectra instead of files, the painted sky instead of a studio's
text. Numbers are rounded first, so that another machine's last digits change nothing.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

import materials
from benchmarks.kit import scenes
from engine import optics
from engine.scene import Scene, Studio, environment, resolve_camera
from engine.types import FloatArray, Part, Piece

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


def recorded() -> dict[str, dict[str, str]]:
    """Fingerprints by scene and by where its geometry comes from (`scenes.source`)."""
    known: dict[str, dict[str, str]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return known


def main() -> None:
    """Write the fingerprints of all scenes; those of sources that are not here stay."""
    known = recorded() if RECORDED.exists() else {}
    fresh = {
        name: {
            **known.get(name, {}),
            scenes.source(name): fingerprint(scenes.scene(name)),
        }
        for name in scenes.NAMES
    }
    RECORDED.write_text(json.dumps(fresh, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(fresh, indent=2))


if __name__ == "__main__":
    main()
