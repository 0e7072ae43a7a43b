"""Mitsuba and Dr.Jit, imported once, after the LLVM library has been chosen.

Every kernel module imports `dr` and `mi` from here and nowhere else; the variant is set by
`engine.trace.variant.activate` before any of them is used.
"""

from __future__ import annotations

import contextlib
from typing import Any

from engine.errors import SetupError
from engine.trace import llvm

with contextlib.suppress(SetupError):  # without LLVM the CUDA variant may still work
    llvm.prepare()

import drjit as _drjit
import mitsuba as _mitsuba

dr: Any = _drjit
mi: Any = _mitsuba
