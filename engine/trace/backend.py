"""Mitsuba and Dr.Jit, imported once, after the LLVM library has been chosen.

Every kernel module imports `dr` and `mi` from here and nowhere else; the variant is set by
`engine.trace.variant.activate` before any of them is used.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from engine.errors import SetupError
from engine.trace import llvm

with contextlib.suppress(SetupError):  # without LLVM the CUDA variant may still work
    llvm.prepare()

import drjit as _drjit
import mitsuba as _mitsuba

dr: Any = _drjit
mi: Any = _mitsuba


def table(values: Any) -> Any:
    """Numbers as a flat mi.Float in memory of Dr.Jit's own.

    An array of numpy's would be used where it lies. Whether Dr.Jit gathers four floats at once
    depends on how they are aligned, and with it the kernel: it would be compiled anew at random.
    """
    given = mi.Float(np.ascontiguousarray(values, dtype=np.float32).ravel())
    kept = dr.empty(mi.Float, dr.width(given))
    dr.scatter(kept, given, dr.arange(mi.UInt32, dr.width(given)))
    dr.eval(kept)
    return kept


def constant(values: Any) -> Any:
    """Three numbers that kernels look up; written into them, others would compile them anew."""
    return dr.gather(mi.Vector3f, table(values), mi.UInt32(0))
