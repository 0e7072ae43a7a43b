"""GemCad designs written by the tests, as text and as binary."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.cad.cuts import Cut, polygons
from engine.types import FloatArray


@dataclass(frozen=True)
class Tier:
    """Facets of one angle in degrees (negative: pavilion) and distance, at these indices."""

    angle: float
    distance: float
    indices: tuple[float, ...]
    name: str = ""


#: Sixteen girdle flats; crown and pavilion are turned against each other: it has a mirror image.
PINWHEEL = (
    Tier(-90.0, 1.0, tuple(range(3, 96, 6)), "G"),
    Tier(-42.5, 0.62, tuple(range(2, 96, 12)), "P1"),
    Tier(-40.0, 0.612, tuple(range(7, 96, 12)), "P2"),
    Tier(35.0, 0.72, tuple(range(0, 96, 12)), "C1"),
    Tier(24.0, 0.60, tuple(range(5, 96, 12)), "C2"),
    Tier(0.0, 0.42, (96.0,), "T"),
)


def asc(tiers: tuple[Tier, ...] = PINWHEEL, gear: int = 96, offset: float = 0.0) -> bytes:
    """The design as GemCad writes its text files."""
    lines = ["GemCad 5.0", f"g {gear} {offset}", "y 8 n", "I 1.76", "H Pinwheel"]
    for tier in tiers:
        first, *others = (f"{index:g}" for index in tier.indices)
        rest = (
            " ".join([first, "n", tier.name, *others]) if tier.name else " ".join([first, *others])
        )
        lines.append(f"a {tier.angle:.6f} {tier.distance:.8f} {rest} G cut")
    return "\r\n".join([*lines, "F done", ""]).encode("cp1252")


def gem(tiers: tuple[Tier, ...] = PINWHEEL, gear: int = 96, offset: float = 0.0) -> bytes:
    """The design as GemCad writes its binary files."""
    data = b""
    corners = _corners(tiers, gear, offset)
    for number, tier in enumerate(tiers, start=1):
        for k, index in enumerate(tier.indices):
            plane = _plane(tier, index, gear, offset)
            label = ("" if k else tier.name).encode("cp1252") + b"\tcut"
            data += struct.pack("<3di", *(plane / tier.distance), number) + _string(label)
            for corner in next(corners):
                data += struct.pack("<i3d", 1, *corner)
            data += struct.pack("<i", 0)
    data += struct.pack("<d3idid", -99999.0, 8, 0, gear, 1.76, 32767, offset)
    return data + b"".join(map(_string, [b"Pinwheel", b" ", b"", b"", b"done", b"", b"", b""]))


def _plane(tier: Tier, index: float, gear: int, offset: float) -> FloatArray:
    """Unit normal in GemCad's coordinates, from the formula in `gemcad_binary`."""
    azimuth = math.radians(90.0 - 360.0 * (index - offset) / gear)
    angle = math.radians(tier.angle)
    up = math.copysign(math.cos(angle), tier.angle)
    side = abs(math.sin(angle))
    return np.array([side * math.cos(azimuth), side * math.sin(azimuth), up])


def _corners(tiers: tuple[Tier, ...], gear: int, offset: float) -> Iterator[FloatArray]:
    planes = [(_plane(t, i, gear, offset), t.distance) for t in tiers for i in t.indices]
    normals, offsets = (np.array(column) for column in zip(*planes, strict=True))
    cut = Cut("design", normals, offsets, tuple(map(str, range(len(planes)))))
    vertices, loops = polygons(cut)
    return iter([vertices[loop] for loop in loops])


def _string(text: bytes) -> bytes:
    return bytes([len(text)]) + text
