"""The methods: a frame in, XYZ over its backdrop out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_model

from benchmarks.kit.metrics import opaque
from benchmarks.quality import oidn
from benchmarks.quality.control import Control
from engine.refine.neural import Neural
from engine.refine.planes import as_image, planes
from engine.refine.welch import Welch
from engine.types import Frame, ImageArray

Method = Callable[[Frame], ImageArray]

RAW, FILTER, OURS, CONTROL = "raw", "welch", "ours", "control"


def methods(control: Path | None = None) -> Mapping[str, Method]:
    """By name. control : weights of the control; without them it is left out."""
    welch, ours = Welch(), Neural()
    found: dict[str, Method] = {
        RAW: opaque,
        FILTER: lambda frame: opaque(welch(frame)),
        **{name: partial(oidn.denoise, variant=name) for name in oidn.VARIANTS},
        OURS: lambda frame: opaque(ours(frame)),
    }
    if control is not None:
        found[CONTROL] = _control(control)
    return found


def _control(path: Path) -> Method:
    model = Control()
    load_model(model, str(path))
    model.eval()

    @torch.inference_mode()
    def method(frame: Frame) -> ImageArray:
        return opaque(replace(frame, xyz=np.nan_to_num(as_image(model(planes(frame))))))

    return method
