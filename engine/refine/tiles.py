"""Tiles of a picture, with the halo that a filter needs around them."""

from __future__ import annotations

from collections.abc import Iterator

Area = tuple[slice, slice]


def tiles(shape: tuple[int, ...], side: int, halo: int) -> Iterator[tuple[Area, Area, Area]]:
    """(core, around, within) of every tile of a picture of shape (height, width).

    core : the tile, at most `side` pixels long either way. around : the tile and its halo, cut off
    at the picture's edge. within : the core as seen from `around`.
    """
    columns = list(_spans(shape[1], side, halo))
    for rows in _spans(shape[0], side, halo):
        for column in columns:
            core, around, within = zip(rows, column, strict=True)
            yield core, around, within


def _spans(length: int, side: int, halo: int) -> Iterator[tuple[slice, slice, slice]]:
    """`tiles` along one axis."""
    for start in range(0, length, side):
        stop, first = min(start + side, length), max(0, start - halo)
        yield (
            slice(start, stop),
            slice(first, min(stop + halo, length)),
            slice(start - first, stop - first),
        )
