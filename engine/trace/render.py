"""The driver: views and samples into frames, in tiles and passes."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from engine.scene import Scene, View, record, resolve_camera
from engine.trace.backend import dr, mi
from engine.trace.chain import Chain
from engine.trace.compile import Compiled, compile_scene
from engine.trace.features import FirstHit, first_hit
from engine.trace.film import Sums
from engine.trace.lens import Optic
from engine.trace.reference import Reference
from engine.trace.sequence import generator, numbers
from engine.trace.walk import Limits
from engine.types import Camera, Features, Frame, Frames, ImageArray, Progress

ESTIMATORS: dict[str, type[Chain] | type[Reference]] = {"chain": Chain, "reference": Reference}

#: Pixels per kernel launch: bounds memory (about 200 bytes each) whatever the picture's size.
TILE_PIXELS = 1 << 20


@dataclass(frozen=True)
class Job:
    """How to trace: samples per pixel, seed, estimator, when walks end, where to report."""

    spp: int
    seed: int
    estimator: str
    variant: str
    limits: Limits = field(default_factory=Limits)
    progress: Progress | None = None
    ground: bool = True


def render(scene: Scene, views: Sequence[View], job: Job) -> Frames:
    """Frames of `scene`, one per view, traced when they are asked for."""
    kept: list[Compiled] = []  # compiled with the first frame, shared by all
    inputs = record(scene)

    def make(index: int) -> Frame:
        start = time.perf_counter()
        if not kept:
            kept.append(compile_scene(scene, job.ground))
        compiled_s = time.perf_counter() - start
        frame = _frame(scene, kept[0], views[index], job, compiled_s, (index, len(views)))
        return replace(frame, provenance={**inputs, **frame.provenance})

    return Frames(len(views), make)


def _frame(
    scene: Scene,
    compiled: Compiled,
    view: View,
    job: Job,
    compiled_s: float,
    place: tuple[int, int],
) -> Frame:
    start = time.perf_counter()
    camera = resolve_camera(scene, view)
    width, height = camera.size
    turn = math.radians(view.azimuth_deg) if scene.studio.rig == "camera" else 0.0
    # One `sky` per view, everything else is shared by all views.
    world = compiled.turned(turn)
    optic = Optic.create(camera)
    rows = max(1, TILE_PIXELS // width)
    tops = range(0, height, rows)
    done, total = place[0] * len(tops) * job.spp, place[1] * len(tops) * job.spp
    tiles = []
    for top in tops:
        tile = _Tile(camera, top, min(top + rows, height), optic)
        sums = Sums.zeros(tile.pixels)
        for sample in range(job.spp):
            _sample(world, tile, sums, job, sample)
            done += 1
            if job.progress:
                job.progress("trace", done, total)
        tiles.append(_images(sums, _centre(world, tile), camera, job.spp))
    seconds = time.perf_counter() - start
    return _assemble(tiles, compiled, camera, job, compiled_s, seconds)


class _Tile:
    """A band of rows: indices of its pixels within the picture."""

    def __init__(self, camera: Camera, top: int, bottom: int, optic: Optic) -> None:
        width = camera.size[0]
        self.pixels = (bottom - top) * width
        self.index = dr.arange(mi.UInt32, self.pixels) + dr.opaque(mi.UInt32, top * width)
        self.optic = optic
        row = self.index // dr.opaque(mi.UInt32, width)
        self.x = mi.Float(self.index - row * dr.opaque(mi.UInt32, width))
        self.y = mi.Float(row)


def _sample(scene: Compiled, tile: _Tile, sums: Sums, job: Job, sample: int) -> None:
    """Trace one sample of every pixel of the tile and add it to the sums."""
    index = dr.opaque(mi.UInt32, sample)
    seed = dr.opaque(mi.UInt32, job.seed)
    u = numbers(tile.index, index, seed)
    ray = tile.optic.ray(tile.x + u.pixel.x, tile.y + u.pixel.y, u.lens)
    λ, inverse_pdf = scene.wavelengths.sample(u.wavelength)
    hit = first_hit(scene, ray)
    # Above its horizon a sweep goes on with the ground's known radiance, so it has no edge; a
    # mirror shows the sky, which is what it reflects at grazing incidence.
    needed = hit.piece | hit.ground | scene.ground.coated
    estimator = ESTIMATORS[job.estimator](scene, job.limits)
    rng = generator(tile.index, index, seed)
    walk = estimator.walk(ray, λ, u.lobe, u.sky, rng, needed)
    xyz = scene.wavelengths.to_xyz(walk.radiance, λ, inverse_pdf)
    known = scene.ground.towards(ray.d)
    if estimator.leaves_out_ground:
        xyz += dr.select(hit.ground, known, 0)
    xyz = dr.select(needed, xyz, mi.Vector3f(*scene.ground.radiance_xyz))
    lit = dr.select(hit.ground, xyz.y, 0)
    known_y = dr.select(hit.ground, known.y, 0)
    if not scene.ground.visible:
        xyz = dr.select(hit.piece, xyz, 0)
    sums.add(
        xyz=xyz,
        xyz2=xyz * xyz,
        cover=dr.select(hit.piece, mi.Float(1), 0),
        lit=lit,
        known=known_y,
        normal=hit.normal,
        albedo=hit.albedo,
        roughness=hit.roughness,
        stone=hit.stone,
        trapped=walk.trapped,
    )


def _centre(scene: Compiled, tile: _Tile) -> FirstHit:
    """First hit of the ray through each pixel's centre and the centre of the lens."""
    ray = tile.optic.ray(tile.x + 0.5, tile.y + 0.5, mi.Point2f(0.5))
    hit = first_hit(scene, ray)
    dr.eval(hit.part, hit.depth, hit.position)
    return hit


def _images(sums: Sums, centre: FirstHit, camera: Camera, spp: int) -> dict[str, Any]:
    """Means and variances of a tile as numpy images."""
    width = camera.size[0]
    count = np.float32(spp)
    mean = sums.image("xyz", width) / count
    second = sums.image("xyz2", width) / count
    known = sums.image("known", width)
    lit = sums.image("lit", width)
    shadow = 1 - np.divide(lit, known, out=np.ones_like(lit), where=known > 0)
    return {
        "xyz": mean,
        # Unbiased for independent samples; the low-discrepancy ones do better than it says.
        "variance": _spread(second, mean) / max(spp - 1, 1),
        "alpha": sums.image("cover", width) / spp,
        "shadow": np.clip(shadow, 0, 1),
        "normal": sums.image("normal", width) / spp,
        "albedo": sums.image("albedo", width) / spp,
        "roughness": sums.image("roughness", width) / spp,
        "stone": sums.image("stone", width) / spp,
        "depth": np.asarray(centre.depth, dtype=np.float32).reshape(-1, width),
        "position": np.asarray(centre.position, dtype=np.float32).T.reshape(-1, width, 3),
        "part": np.asarray(centre.part, dtype=np.int32).reshape(-1, width),
        "trapped": np.asarray(sums.trapped, dtype=np.float64).sum() / spp,
    }


def _spread(second: ImageArray, mean: ImageArray) -> ImageArray:
    """E[x²] - E[x]², zero where it is no more than the rounding of the two."""
    spread = second - mean**2
    return np.where(spread > 2e-6 * second, spread, np.float32(0))


def _assemble(
    tiles: list[dict[str, Any]],
    compiled: Compiled,
    camera: Camera,
    job: Job,
    compiled_s: float,
    seconds: float,
) -> Frame:
    """One frame from its tiles."""
    whole = {
        name: np.ascontiguousarray(np.concatenate([tile[name] for tile in tiles]))
        for name in tiles[0]
        if name != "trapped"
    }
    names = ("normal", "depth", "position", "part", "albedo", "roughness", "stone")
    report = {
        "estimator": job.estimator,
        "spp": job.spp,
        "seed": job.seed,
        "variant": job.variant,
        "camera": asdict(camera),
        "ground": list(compiled.ground.radiance_xyz),
        "compile_s": round(compiled_s, 3),
        "seconds": round(seconds, 3),
    }
    if not job.limits.roulette:
        report["trapped"] = sum(tile["trapped"] for tile in tiles)
    return Frame(
        xyz=whole["xyz"],
        variance=whole["variance"],
        samples=np.full(whole["alpha"].shape, job.spp, dtype=np.float32),
        alpha=whole["alpha"],
        shadow=whole["shadow"],
        features=Features(**{name: whole[name] for name in names}),
        camera=camera,
        backdrop=compiled.ground.radiance_xyz if compiled.ground.visible else None,
        white=compiled.white,
        provenance={"trace": report},
        mirror=compiled.ground.coated,
    )
