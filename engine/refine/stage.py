"""The stage `refine`: frames in, frames with less noise out."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np

from engine.errors import SceneError, SetupError
from engine.refine.caustics import spread
from engine.refine.energy import per_part, seen_parts
from engine.refine.refiner import REFINERS, Refiner
from engine.types import Frame, Frames, Progress


def refine(
    frames: Frames,
    *,
    refiner: Literal["welch", "neural"] = "welch",
    device: Literal["auto", "cpu", "cuda"] = "auto",
    progress: Progress | None = None,
) -> Frames:
    """The frames with what the samples leave open filled in from their neighbours. Lazy.

        refine(frames)                  # on CUDA where torch has it, else on the CPU
        refine(frames, device="cpu")    # the same picture on every machine without a GPU
        refine(frames, refiner="neural")

    refiner  : "welch" is the statistical filter; "neural" the network, which needs frames that know
               what lies behind facets (`trace(behind=True)`). See `engine.refine`.
    progress : called as progress("refine", done, total).

    Only light moves: `xyz`, `variance` and `shadow` change, alpha, features and camera do not.
    Pixels that are certain stay as they are, bit for bit. The provenance tells method, device,
    seconds, how much the luminance of each part changed, and how the network kept its contract.

    Raises SceneError for an unknown refiner or device, and for frames that do not know what the
    refiner needs; SetupError where CUDA is asked for and not there, or weights are damaged.
    """
    if refiner not in REFINERS:
        raise SceneError(f"refiner '{refiner}' is unknown; use {' or '.join(REFINERS)}")
    if device not in ("auto", "cpu", "cuda"):
        raise SceneError(f"device '{device}' is unknown; use auto, cpu or cuda")

    @cache
    def made() -> Refiner:
        return REFINERS[refiner](_torch_device(device))

    def make(index: int) -> Frame:
        frame = frames[index]
        chosen = made()
        start = time.perf_counter()
        refined = chosen(frame.bare())
        told = refined.provenance.get("refine", {})
        if frame.caustics is not None:
            refined = refined.lit(spread(refined, frame.caustics))
        report = {
            "method": chosen.name,
            **chosen.told(),
            **told,
            "energy_change": _energy_change(frame, refined),
            "seconds": round(time.perf_counter() - start, 3),
        }
        if progress is not None:
            progress("refine", index + 1, len(frames))
        return replace(refined, provenance={**frame.provenance, "refine": report})

    return Frames(len(frames), make)


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
