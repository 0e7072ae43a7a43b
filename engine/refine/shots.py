"""Training data on disk: one file per scene, its views at several sample counts and what they show.

A shard is a safetensors file of the arrays below, a set of them per view, and of JSON about its
scene. Light is kept in half precision: rounding it errs by 0.05 %, far below its noise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save_file

from engine import images
from engine.errors import FileError
from engine.types import Behind, Camera, Features, Frame, ImageArray, Sketch

#: Version of the format.
FORMAT = 3
#: Largest half-precision number, less some room.
LARGEST = 6e4

_FEATURES = ("normal", "depth", "position", "part", "albedo", "roughness", "stone")
_BEHIND = ("exit", "entropy", "sequence", "albedo", "normal")
#: Features that reprojection needs to full precision; the rest is kept in half.
_EXACT = frozenset({"depth", "position", "part", "sequence"})

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Shot:
    """One view, or a window of it.

    frames : of one run, at ascending sample counts; they share their features.
    halves : [2, H, W, 3] XYZ of two further runs, independent of it and of each other.
    """

    frames: tuple[Frame, ...]
    halves: ImageArray

    @property
    def target(self) -> ImageArray:
        """[H, W, 3] mean of both halves."""
        return np.asarray(self.halves.mean(axis=0), dtype=np.float32)


def write(path: Path, shots: Sequence[Shot], told: Mapping[str, Any]) -> None:
    """Write the views of a scene. told : JSON values about it."""
    arrays: Arrays = {}
    for number, shot in enumerate(shots):
        arrays.update({f"{number}.{name}": a for name, a in _arrays(shot).items()})
    views = [_view(shot) for shot in shots]
    text = json.dumps({"format": FORMAT, "views": views, "scene": dict(told)})
    images.replace(path, lambda fresh: save_file(arrays, fresh, metadata={"culet": text}))


def about(path: Path) -> dict[str, Any]:
    """What a shard says about its scene. Raises FileError where the file is no shard."""
    told: dict[str, Any] = _header(path)["scene"]
    return told


def read(path: Path) -> tuple[Shot, ...]:
    """The views of a shard. Raises FileError where the file is no shard."""
    views = _header(path)["views"]
    with safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return tuple(_shot(arrays, number, view) for number, view in enumerate(views))


def _header(path: Path) -> dict[str, Any]:
    try:
        with safe_open(path, framework="numpy") as file:
            told: dict[str, Any] = json.loads((file.metadata() or {})["culet"])
    except Exception as error:
        raise FileError(f"{path}: this is no training shard ({error}); make it again") from error
    if told.get("format") != FORMAT:
        raise FileError(f"{path}: format {told.get('format')}, not {FORMAT}; make it again")
    return told


def _arrays(shot: Shot) -> Arrays:
    last = shot.frames[-1]
    features, behind = last.features, last.features.behind
    assert behind is not None, "a shot needs what lies behind facets"
    drawn = [(frame, frame.sketch) for frame in shot.frames if frame.sketch is not None]
    assert len(drawn) == len(shot.frames), "a shot needs sketches"
    arrays: Arrays = {
        "xyz": _half(np.stack([frame.xyz for frame in shot.frames])),
        "deviation": _half(np.sqrt(np.stack([frame.variance for frame in shot.frames]))),
        "halves": _half(shot.halves),
        "rest": _half(np.stack([frame.xyz - sketch.here for frame, sketch in drawn])),
        "around": _half(np.stack([sketch.around for _, sketch in drawn])),
        "rest.deviation": _half(np.sqrt(np.stack([sketch.variance for _, sketch in drawn]))),
        "around.deviation": _half(np.sqrt(np.stack([sketch.doubt for _, sketch in drawn]))),
        "alpha": _half(last.alpha),
    }
    arrays.update({name: _kept(name, getattr(features, name)) for name in _FEATURES})
    arrays.update({f"behind.{name}": _kept(name, getattr(behind, name)) for name in _BEHIND})
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _kept(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return array if name in _EXACT else _half(array)


def _half(array: npt.NDArray[Any]) -> npt.NDArray[np.float16]:
    half: npt.NDArray[np.float16] = np.clip(array, -LARGEST, LARGEST).astype(np.float16)
    return half


def _view(shot: Shot) -> dict[str, Any]:
    last = shot.frames[-1]
    return {
        "spp": [int(frame.samples.flat[0]) for frame in shot.frames],
        "camera": asdict(last.camera),
        "backdrop": last.backdrop,
        "white": last.white,
        "mirror": last.mirror,
        "soft": last.soft,
    }


def _shot(arrays: Arrays, number: int, view: Mapping[str, Any]) -> Shot:
    def get(name: str) -> Any:
        array = arrays[f"{number}.{name}"]
        return array.astype(np.float32) if array.dtype == np.float16 else array

    behind = Behind(**{name: get(f"behind.{name}") for name in _BEHIND})
    features = Features(**{name: get(name) for name in _FEATURES}, behind=behind)
    backdrop = view["backdrop"]
    alpha, xyz, deviation = get("alpha"), get("xyz"), get("deviation")
    first = Frame(
        xyz=xyz[0],
        variance=deviation[0] ** 2,
        samples=np.full_like(alpha, view["spp"][0]),
        alpha=alpha,
        shadow=np.zeros_like(alpha),
        features=features,
        camera=Camera(**{k: _tupled(v) for k, v in view["camera"].items()}),
        backdrop=None if backdrop is None else tuple(backdrop),
        white=tuple(view["white"]),
        mirror=view["mirror"],
        soft=tuple(view["soft"]),
    )
    sketches = [
        Sketch(here=x - rest, around=around, variance=spread**2, doubt=unsure**2)
        for x, rest, around, spread, unsure in zip(
            xyz,
            *(get(name) for name in ("rest", "around", "rest.deviation", "around.deviation")),
            strict=True,
        )
    ]
    frames = tuple(
        replace(first, xyz=x, variance=d**2, samples=np.full_like(alpha, n), sketch=sketch)
        for x, d, n, sketch in zip(xyz, deviation, view["spp"], sketches, strict=True)
    )
    return Shot(frames, get("halves"))


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
