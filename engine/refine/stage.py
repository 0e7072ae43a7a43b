"""The stage `refine`: frames in, frames with less noise out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np

from engine.errors import SceneError, SetupError
from engine.refine.caustics import spread
from engine.refine.energy import per_part, seen_parts
from engine.refine.held import Held
from engine.refine.refiner import REFINERS, Refiner
from engine.types import Frame, Frames, Progress


def refine(
    frames: Frames,
    *,
    refiner: Literal["auto", "neural", "welch"] = "auto",
    neighbours: Sequence[Sequence[int]] | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    progress: Progress | None = None,
) -> Frames:
    """The frames with what the samples leave open filled in from their neighbours. Lazy.

        refine(frames)                  # on CUDA where torch has it, else on the CPU
        refine(frames, device="cpu")    # the same picture on every machine without a GPU
        refine(frames, refiner="welch")
        refine(frames, neighbours=engine.scene.neighbours(views))  # views of one piece, jointly

    refiner    : "neural" is the network, which needs frames that know what lies behind facets
                 (`trace(behind=True)`); "welch" the statistical filter, which needs nothing. Both
                 make much better pictures of frames with sketches (`trace(sketch=True)`). "auto"
                 is the network for frames that have both, and the filter for others.
    neighbours : for each frame the indices of those that it is refined together with (`joint`);
                 none by default. Those of later frames are kept in memory until they are needed.
    progress   : called as progress("refine", done, total).

    Only light moves: `xyz`, `variance` and `shadow` change, and `samples` where neighbours lend
    theirs; alpha, features and camera do not. A sketch is used up; without one, pixels that are
    certain stay as they are, bit for bit. The provenance tells method, device, seconds, the
    neighbours, how much the luminance of each part changed, and how the network kept its contract.

    Raises SceneError for an unknown refiner or device, neighbours that are no frames, and frames
    that do not know what the refiner needs; SetupError where CUDA is asked for and not there, or
    weights are damaged.
    """
    if refiner not in ("auto", *REFINERS):
        raise SceneError(f"refiner '{refiner}' is unknown; use auto, {' or '.join(REFINERS)}")
    if device not in ("auto", "cpu", "cuda"):
        raise SceneError(f"device '{device}' is unknown; use auto, cpu or cuda")

    near = _checked(neighbours, len(frames))
    held = Held(frames, near)

    @cache
    def made(name: str) -> Refiner:
        return REFINERS[name](_torch_device(device))

    def make(index: int) -> Frame:
        frame, others = held.taken(index)
        chosen = made(_fitting(frame) if refiner == "auto" else refiner)
        start = time.perf_counter()
        refined = chosen(_together(frame.bare(), others))
        told = refined.provenance.get("refine", {})
        if frame.caustics is not None:
            refined = refined.lit(spread(refined, frame.caustics))
        report = {
            "method": chosen.name,
            **chosen.told(),
            **told,
            **({"neighbours": list(near[index])} if near[index] else {}),
            "energy_change": _energy_change(frame, refined),
            "seconds": round(time.perf_counter() - start, 3),
        }
        if progress is not None:
            progress("refine", index + 1, len(frames))
        return replace(refined, provenance={**frame.provenance, "refine": report})

    return Frames(len(frames), make)


def _fitting(frame: Frame) -> str:
    """The refiner that makes most of what a frame knows."""
    full = frame.sketch is not None and frame.features.behind is not None
    return "neural" if full else "welch"


def _together(frame: Frame, others: Sequence[Frame]) -> Frame:
    """`frame` with what its neighbours saw of the same surfaces, if it has any."""
    if not others:
        return frame
    from engine.refine.joint import joined

    return joined(frame, (other.bare() for other in others))


def _checked(neighbours: Sequence[Sequence[int]] | None, count: int) -> Sequence[Sequence[int]]:
    """The neighbours of each of `count` frames."""
    if neighbours is None:
        return [()] * count
    if len(neighbours) != count or any(not 0 <= i < count for row in neighbours for i in row):
        raise SceneError(f"neighbours must be indices of frames, a row for each of the {count}")
    return neighbours


def _torch_device(device: str) -> str:
    """The torch device to use: cpu or cuda."""
    if device == "cpu":
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if device == "cuda":
        raise SetupError("torch finds no CUDA device to refine on; use device cpu or auto")
    return "cpu"


def _energy_change(before: Frame, after: Frame) -> dict[str, float]:
    """Relative change of the summed luminance per part index; -1 is the ground, -2 nothing."""
    old, new = (per_part(before, frame.xyz) for frame in (before, after))
    change = np.divide(new - old, np.abs(old), out=np.zeros_like(old), where=old != 0)
    rows = zip(seen_parts(before), change, strict=True)
    return {str(part): float(f"{value:.3g}") for part, value in rows}
