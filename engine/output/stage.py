"""The stage `save`: pictures in, files out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import images
from engine.errors import FileError, SceneError
from engine.output.layers import exr_channels, png_layers
from engine.output.names import check_template, names
from engine.output.provenance import machine, to_json, versions
from engine.output.quantise import codes, over_white
from engine.types import Picture, Progress

#: Bits per channel by suffix; the first is the default.
DEPTHS = {".png": (8, 16), ".jpg": (8,), ".jpeg": (8,), ".webp": (8,), ".exr": (32, 16)}

#: Suffixes that mean a file of a kind that we do not write, not a folder with a dot.
_FOREIGN = (".tif", ".tiff", ".gif", ".bmp", ".hdr", ".avif", ".heic", ".jxl", ".psd", ".pdf")


@dataclass(frozen=True)
class _Job:
    """How every picture is written."""

    suffix: str
    depth: int
    layers: bool


def save(
    pictures: Sequence[Picture],
    out: str | Path,
    *,
    suffix: str = ".png",
    depth: int | None = None,
    layers: bool = False,
    template: str = "{piece}_{view}",
    progress: Progress | None = None,
) -> list[Path]:
    """Write pictures, each with its provenance in `<picture>.json`; returns the pictures' paths.

        save(pictures, "ring.png")                # one picture
        save(pictures, "out/", depth=16)          # out/ring_front.png, out/ring_top.png, ...
        save(pictures, "out/", suffix=".exr")     # scene-linear, all features as channels
        save(pictures, "out/", layers=True)       # and alpha, shadow, parts, normals, depth

    out      : a file name, for one picture, or a folder, which is made when missing.
    suffix   : ".png", ".jpg", ".webp" or ".exr" for pictures that go into a folder.
    depth    : bits per channel: PNG 8 or 16, EXR 32 or 16 (half); None takes the first.
    layers   : also write `<name>_alpha.png`, `_shadow`, `_stone`, `_part`, `_normal`, and
               `<name>_layers.exr` with everything (unless the picture is an EXR already).
    template : name of a file in a folder, of {piece}, {view} and {index}.
    progress : called as progress("save", done, total).

    A transparent picture keeps its alpha; JPEG has none and gets white. Files appear whole or not
    at all. Raises FileError when a file cannot be written and SceneError for options that make no
    sense, before anything is rendered.
    """
    target = Path(out)
    single = _is_file(target, out)
    job = _job((target.suffix if single else suffix).lower(), depth, layers, out)
    check_template(template)
    if single and len(pictures) > 1:
        raise FileError(f"is one file for {len(pictures)} pictures; give a folder", file=target)
    written, taken = [], set[str]()
    for index in range(len(pictures)):
        picture = pictures[index]
        if single:
            path = target
        else:
            path = target / f"{names(picture, index, template, taken)}{job.suffix}"
        written.append(_save_one(picture, path, job))
        if progress is not None:
            progress("save", index + 1, len(pictures))
    return written


def _is_file(target: Path, out: str | Path) -> bool:
    """Whether `out` names a file rather than a folder."""
    if str(out).endswith(("/", "\\")) or target.is_dir():
        return False
    return target.suffix.lower() in (*DEPTHS, *_FOREIGN)


def _job(suffix: str, depth: int | None, layers: bool, out: str | Path) -> _Job:
    """Raises FileError for an unknown suffix and SceneError for a depth that it cannot hold."""
    suffix = suffix if suffix.startswith(".") else f".{suffix}"
    if suffix not in DEPTHS:
        known = ", ".join(DEPTHS)
        raise FileError(f"cannot be a '{suffix}' picture; use one of {known}", file=out)
    if depth is not None and depth not in DEPTHS[suffix]:
        able = " or ".join(str(d) for d in sorted(DEPTHS[suffix]))
        raise SceneError(f"{suffix} pictures have {able} bits per channel, not {depth}")
    return _Job(suffix, depth or DEPTHS[suffix][0], layers)


def _save_one(picture: Picture, path: Path, job: _Job) -> Path:
    start = time.perf_counter()
    if job.suffix == ".exr":
        _write_exr(picture, path, job.depth)
    else:
        opaque = job.suffix in (".jpg", ".jpeg")
        shown = over_white(picture) if opaque else picture
        images.write(path, codes(shown, job.depth, dither=not opaque))
    extra = _save_layers(picture, path, job) if job.layers else []
    done: dict[str, Any] = {
        "file": path.name,
        "sha256": _sha256(path),
        "size": list(picture.rgb.shape[1::-1]),
        "depth": job.depth,
        "layers": [layer.name for layer in extra],
        "seconds": round(time.perf_counter() - start, 3),
    }
    record = {"picture": path.name, **picture.provenance, "save": done}
    record |= {"machine": machine(), "versions": versions()}
    beside = path.with_name(f"{path.name}.json")
    images.replace(beside, lambda temporary: temporary.write_text(to_json(record), "utf-8"))
    return path


def _save_layers(picture: Picture, path: Path, job: _Job) -> list[Path]:
    written = []
    for name, layer in png_layers(picture).items():
        beside = path.with_name(f"{path.stem}_{name}.png")
        written.append(images.write(beside, layer, profile=False))
    if job.suffix != ".exr":
        written.append(_write_exr(picture, path.with_name(f"{path.stem}_layers.exr"), 32))
    return written


def _write_exr(picture: Picture, path: Path, depth: int) -> Path:
    x, y, z = picture.frame.white
    attributes = {"adoptedNeutral": (x / (x + y + z), y / (x + y + z)), "comments": "culet"}
    return images.write_exr(path, exr_channels(picture.frame, depth), attributes)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
