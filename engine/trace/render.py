"""The driver: views and samples into frames, in tiles and passes."""

from __future__ import annotations

import itertools
import math
import struct
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter, minimum_filter

from engine.scene import Scene, View, record, resolve_camera
from engine.trace import caustics
from engine.trace.backend import mi
from engine.trace.batch import (
    Entries,
    central,
    kinds_of,
    sketch_blocks,
    trace_blocks,
    vector_image,
)
from engine.trace.behind import BEHIND, behind
from engine.trace.budget import BLOCK, distribute, first_pass, relative
from engine.trace.chain import Chain
from engine.trace.compile import Compiled, compile_scene
from engine.trace.features import soft_parts
from engine.trace.film import Film
from engine.trace.fit import Sums, fitted, helpful
from engine.trace.ladder import Window
from engine.trace.lens import Optic
from engine.trace.reference import Reference
from engine.trace.sketch import OUTLINE, PLACES
from engine.trace.variant import device_name
from engine.trace.walk import Limits
from engine.trace.workbench import Workbench
from engine.types import Behind, Camera, Features, Frame, Frames, Progress

#: The film's means that a sketch is fitted to.
FITTED = ("drawn", "drawn hidden", "sketch", "sketch hidden", "rest2", "cross", "hidden2")
ESTIMATORS: dict[str, type[Chain] | type[Reference]] = {"chain": Chain, "reference": Reference}

#: Pixels whose sums are held together, and samples per kernel launch: bound memory whatever the
#: picture's size.
TILE_PIXELS = 1 << 18
LAUNCH = 1 << 18


@dataclass(frozen=True)
class Job:
    """How to trace: samples per pixel, seed, estimator, when walks end, where to report.

    adaptive : distribute samples by what a first pass shows; `spp` is then their mean over the
    pixels in which there is something to find. caustics : budget, a key of `caustics.BUDGETS`.
    behind   : whether to tell what lies behind facets and mirrors. sketch : whether to sketch what
    every sample sees, and as many places besides (`sketch`). workbench : holds geometry
    that other jobs share.
    """

    spp: int
    seed: int
    estimator: str
    variant: str
    limits: Limits = field(default_factory=Limits)
    progress: Progress | None = None
    ground: bool = True
    adaptive: bool = True
    caustics: str = "off"
    behind: bool = False
    sketch: bool = False
    workbench: Workbench | None = None


def render(scene: Scene, views: Sequence[View], job: Job) -> Frames:
    """Frames of `scene`, one per view, traced when they are asked for."""
    kept: list[Compiled] = []  # compiled with the first frame, shared by all
    inputs, soft = record(scene), soft_parts(scene)

    def make(index: int) -> Frame:
        start = time.perf_counter()
        mi.set_variant(job.variant)  # another call may have chosen another one since
        if not kept:
            kept.append(compile_scene(scene, job.ground, job.workbench))
        compiled_s = time.perf_counter() - start
        frame = _frame(scene, kept[0], views[index], job, compiled_s, (index, len(views)))
        told = {**inputs, **frame.provenance}
        return replace(frame, soft=soft, provenance=told)

    return Frames(len(views), make)


def climb(
    scene: Scene, view: View, job: Job, spp: Sequence[int], window: Window
) -> tuple[Frame, ...]:
    """Frames of a window after each of `spp` samples; see `ladder`."""
    start = time.perf_counter()
    compiled = compile_scene(scene, job.ground, job.workbench)
    compiled_s = time.perf_counter() - start
    camera = resolve_camera(scene, view)
    estimator, optic = _estimator(scene, compiled, view, job), Optic.create(camera)
    tile = Tile(estimator, optic, _drawn(job, view), scene.size[0], window, lambda _: None)
    soft, frames = soft_parts(scene), []
    for before, count in itertools.pairwise((0, *spp)):
        tile.more(count - before)
        made = replace(job, spp=count), compiled_s, time.perf_counter() - start
        frames.append(replace(_assemble([images(tile)], compiled, camera, *made), soft=soft))
    return tuple(frames)


def _estimator(scene: Scene, compiled: Compiled, view: View, job: Job) -> Chain | Reference:
    """The estimator of a view; one `sky` per view, everything else is shared by all views."""
    turn = math.radians(view.azimuth_deg) if scene.studio.rig == "camera" else 0.0
    turned = compiled.turned(turn, math.radians(view.light_deg))
    return ESTIMATORS[job.estimator](turned, job.limits)


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
    estimator, optic = _estimator(scene, compiled, view, job), Optic.create(camera)
    drawn = _drawn(job, view)
    rows = max(1, TILE_PIXELS // width)
    tops = range(0, height, rows)
    tiles = []
    whole = width * height * job.spp
    for top in tops:
        done = place[0] * whole + top * width * job.spp
        report = partial(_report, job, done, place[1] * whole)
        window = (0, top, width, min(rows, height - top))
        tile = Tile(estimator, optic, drawn, width, window, report)
        tiles.append(tile.traced())
    seconds = time.perf_counter() - start
    frame = _assemble(tiles, compiled, camera, job, compiled_s, seconds)
    if job.caustics == "off":
        return frame
    return caustics.light(
        frame, estimator.scene, optic, job.caustics, drawn.seed, job.limits, job.progress
    )


def _drawn(job: Job, view: View) -> Job:
    """`job` with the seed of a view.

    Noise that stayed with the pixels while the piece turns would look like a dirty pane, and
    neighbours that erred alike could not mend each other (`engine.refine.joint`). Where only the
    light moves the seed stays the same: there noise that does not change is not seen.
    """
    angles = struct.pack("<2d", round(view.azimuth_deg % 360.0, 6), round(view.elevation_deg, 6))
    return replace(job, seed=(job.seed ^ zlib.crc32(angles)) & 0xFFFFFFFF)


def _report(job: Job, before: int, total: int, samples: int) -> None:
    """Tell how many of a job's samples are done, `samples` of the present tile."""
    if job.progress:
        job.progress("trace", before + samples, total)


class Tile:
    """A window of the picture: first a pass for all its pixels, then where it is worth it.

    window : (left, top, width, height) in a picture of `across` pixels in a row.
    """

    def __init__(
        self,
        estimator: Chain | Reference,
        optic: Optic,
        job: Job,
        across: int,
        window: Window,
        report: Callable[[int], None],
    ) -> None:
        self.estimator, self.optic, self.job, self.report = estimator, optic, job, report
        left, top, width, height = window
        rows, columns = np.mgrid[top : top + height, left : left + width]
        self.across, self.place = across, (rows * across + columns).ravel()
        self.film = Film(height, width, job.sketch)
        every = np.arange(self.film.count.size)
        ray = central(optic, self._entries(every, every * 0, 1))
        self.centre = kinds_of(estimator.scene, ray)
        self.behind = behind(estimator.scene, ray, self.centre.strike) if job.behind else None
        part = np.asarray(self.centre.part, dtype=np.int32).reshape(self.film.shape)
        stone = np.asarray(self.centre.stone).reshape(self.film.shape) > 0
        self.part, self.stone = part, stone
        seen = (part >= 0).astype(np.uint8)
        self.near = maximum_filter(seen, 3) > 0
        self.outline = self.near & (minimum_filter(seen, 3) == 0)
        # Neighbours in a launch should do alike work: stones first, then the rest, then the ground.
        kind = np.where(stone, 0, np.where(part >= 0, 1, 2)).ravel()
        self.order = np.argsort(kind, kind="stable")

    def traced(self) -> dict[str, Any]:
        """Trace all samples; images of the tile."""
        job = self.job
        spent = first_pass(job.spp) if job.adaptive else job.spp
        self.more(spent)
        if spent < job.spp:
            error = relative(self.film.spread(), self.film.mean("xyz")[..., 1])
            more = distribute(error, self.part, self.stone, job.spp, spent)
            self._pass(more.ravel(), BLOCK)
        # Where there is nothing to find, fewer samples than announced were enough.
        self.report(self.film.count.size * job.spp)
        return images(self)

    def more(self, spp: int) -> None:
        """Trace `spp` further samples of every pixel."""
        every = np.ones(self.film.count.size, dtype=np.int64)
        self._pass(every * (spp // BLOCK), BLOCK)
        if spp % BLOCK:
            self._pass(every, 1)

    def sketched(self) -> dict[str, Any]:
        """Images of the sketch, once all samples are traced: of their places and of further ones.

        There are no further ones where no piece is near: what is known there has no noise.

        The further places go on where the samples end, so together they are as even as these. How
        many there are must not depend on what samples found: that would be biased.
        """
        film = self.film
        film.clear("further", "further hidden", "covered")
        block = 1 if (film.count % BLOCK).any() else BLOCK
        outline = np.where(self.outline.ravel(), OUTLINE - film.count, 0)
        more = np.where(self.near.ravel(), film.count * (PLACES - 1), 0)
        more = np.maximum(more, outline) // block
        for few, entries in self._launches(more, block):
            film.note(few, sketch_blocks(self.estimator.scene, self.optic, entries, block))
        further = (more * block).reshape(film.shape).astype(np.float32)
        over = np.maximum(further, 1)[..., None]
        cover = film.sum("cover") + film.sum("covered")
        return {
            **{name: film.mean(name) for name in FITTED},
            "further": film.sum("further") / over,
            "further hidden": film.sum("further hidden") / over,
            "places": further,
            "alpha": cover / np.maximum(film.samples() + further, 1),
        }

    def _pass(self, blocks: Any, block: int) -> None:
        """Trace `blocks` [P] blocks of each pixel."""
        for few, entries in self._launches(blocks, block):
            found = trace_blocks(self.estimator, self.optic, entries, block, self.job.sketch)
            self.film.add(few, block, found)
            self.report(min(int(self.film.count.sum()), self.film.count.size * self.job.spp))

    def _launches(self, blocks: Any, block: int) -> Iterator[tuple[Any, Entries]]:
        """The pixels [B] and the samples of `blocks` [P] further blocks of each pixel, in launches
        of bounded size."""
        pixel = np.repeat(self.order, blocks[self.order])
        rank = np.arange(len(pixel)) - np.repeat(
            np.cumsum(blocks[self.order]) - blocks[self.order], blocks[self.order]
        )
        start = self.film.count[pixel] + rank * block
        most = LAUNCH // block
        for i in range(0, len(pixel), most):
            few, numbers = pixel[i : i + most], start[i : i + most]
            yield few, self._entries(few, numbers, block)

    def _entries(self, pixel: Any, start: Any, block: int) -> Entries:
        return Entries.of_blocks(
            self.place[pixel].astype(np.uint32),
            start.astype(np.uint32),
            self.across,
            block,
            self.job.seed,
        )


def images(tile: Tile) -> dict[str, Any]:
    """Means and variances of a tile as images; what lies behind by the names of its record."""
    film, centre, shape = tile.film, tile.centre, tile.film.shape
    known, lit = film.mean("known"), film.mean("lit")
    shadow = 1 - np.divide(lit, known, out=np.ones_like(lit), where=known > 0)
    samples = film.samples()
    beyond = {} if tile.behind is None else tile.behind.images(shape)
    sketched = tile.sketched() if tile.job.sketch else {}
    return {
        **beyond,
        "xyz": film.mean("xyz"),
        # Unbiased for independent samples; the low-discrepancy ones do better than it says.
        "variance": film.spread() / np.maximum(samples, 1)[..., None],
        "samples": samples,
        "alpha": film.mean("cover"),
        "shadow": np.clip(shadow, 0, 1),
        "normal": film.mean("normal"),
        "albedo": film.mean("albedo"),
        "roughness": film.mean("roughness"),
        "stone": film.mean("stone"),
        "depth": np.asarray(centre.depth, dtype=np.float32).reshape(shape),
        "position": vector_image(centre.position, shape),
        "part": tile.part,
        "trapped": film.trapped(),
        **sketched,
    }


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
    sketch = None
    if job.sketch:
        drawn = fitted(_sums(whole), whole["part"])
        sketch = helpful(drawn, whole["xyz"], whole["variance"], whole["part"])
    report = {
        "estimator": job.estimator,
        "spp": job.spp,
        "seed": job.seed,
        "variant": job.variant,
        "device": device_name(job.variant),
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
        samples=whole["samples"],
        alpha=whole["alpha"],
        shadow=whole["shadow"],
        features=_features(whole),
        camera=camera,
        backdrop=compiled.ground.radiance_xyz if compiled.ground.visible else None,
        white=compiled.white,
        provenance={"trace": report},
        mirror=compiled.ground.coated,
        toned=compiled.ground.toned,
        sketch=sketch,
    )


def _sums(whole: dict[str, Any]) -> Sums:
    """What the sketch of a frame is fitted to, among its images."""
    return Sums(
        light=whole["xyz"],
        known=whole["drawn"],
        hidden=whole["drawn hidden"],
        own=(whole["sketch"], whole["sketch hidden"]),
        further=(whole["further"], whole["further hidden"]),
        rest2=whole["rest2"],
        cross=whole["cross"],
        hidden2=whole["hidden2"],
        samples=whole["samples"],
        places=whole["places"],
    )


def _features(whole: dict[str, Any]) -> Features:
    """The features among the images of a frame."""
    names = ("normal", "depth", "position", "part", "albedo", "roughness", "stone")
    beyond = {name: whole[f"behind {name}"] for name in BEHIND if f"behind {name}" in whole}
    return Features(
        **{name: whole[name] for name in names}, behind=Behind(**beyond) if beyond else None
    )
