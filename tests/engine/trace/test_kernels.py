"""Kernels are compiled once: not again for another size, seed or light, or the same tables anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import trace
from engine.scene import load_studio
from scenes.pieces import build
from tests.engine.trace.pieces import scene

Kernel = dict[str, Any]


def used(size: tuple[int, int], seed: int, studio: str = "tent") -> list[Kernel]:
    """Kernels that a picture of a small ring needs."""
    from engine.trace.backend import dr

    piece = build("solitaire", size=46.0, stone_mm=6.0)
    metal = {part.name: "gold-18k-yellow" for part in piece.parts if part.role == "metal"}
    stones = {part.name: "diamond" for part in piece.parts if part.role == "stone"}
    what = scene(piece, {**metal, **stones}, size=size, studio=load_studio(studio))
    with dr.scoped_set_flag(dr.JitFlag.KernelHistory):
        dr.kernel_history_clear()
        trace(what, spp=8, seed=seed, device="cpu", behind=True, sketch=True)[0]
        history = dr.kernel_history()
    return [kernel for kernel in history if kernel["type"] == dr.KernelType.JIT]


def compiled(size: tuple[int, int], seed: int) -> int:
    """How many of them no picture before it needed."""
    return sum(not kernel["cache_hit"] for kernel in used(size, seed))


def test_a_second_picture_compiles_nothing() -> None:
    compiled((144, 144), 1)
    again = [compiled((144 + 8 * i, 144), i) for i in range(2, 6)]
    # Now and then so few walks of a kind are left that they are packed in another way.
    assert min(again) == 0
    assert np.median(again) <= 3


def test_another_light_needs_the_same_kernels() -> None:
    """By what they are: a kernel that another run has compiled counts as a new one too."""
    known = {kernel["hash"] for kernel in used((144, 144), 1)}
    new = []
    for light in ("gradient", "fire", "counter", "macro", "sunset"):
        found = {kernel["hash"] for kernel in used((144, 144), 1, light)}
        new.append(len(found - known))
        known |= found
    # Walks that are packed in another way have kernels of their own, but few, and soon known.
    assert min(new) == 0


def test_tables_lie_where_the_kernels_want_them() -> None:
    from engine.trace.backend import table

    for start in range(8):
        odd = np.arange(100, dtype=np.float32)[start:]
        kept = np.array(table(odd), copy=False)
        assert kept.ctypes.data % 64 == 0
        np.testing.assert_array_equal(kept, odd)
