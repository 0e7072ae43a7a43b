"""Coloured stones against Mitsuba's own volumes: Beer and Lambert's law along every path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import materials
from engine import optics, trace
from engine.scene import Ground, View
from tests.engine.trace.pieces import brilliant, gem_file, scene, studio
from tests.physics.statistics import Picture, assert_same, regions
from tests.physics.test_constant_index import INDEX, plain, white_lights

PIXELS, SIDE, SPP = 16, 8, 24

#: Bands as a material file has them, per colour: centre and width in nm, peak per mm.
COLOURS = {
    "red": ((410, 100, 0.7), (550, 90, 0.6)),
    "green": ((430, 90, 0.5), (620, 110, 0.5)),
    "blue": ((450, 20, 0.1), (570, 120, 0.4), (700, 110, 0.4)),
}


def coloured(folder: Path, name: str) -> str:
    """A stone of constant index with these bands; the path of its file."""
    path = Path(gem_file(folder, name, INDEX))
    bands = "".join(
        f"    - {{centre_nm: {centre}, width_nm: {width}, peak: {peak}}}\n"
        for centre, width, peak in COLOURS[name]
    )
    made_up = "  evidence: estimated\n  source: made up for a test\n"
    told = f"absorption:\n  model: bands\n  bands:\n{bands}{made_up}"
    path.write_text(path.read_text(encoding="utf-8") + told, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", COLOURS)
def test_a_coloured_stone_is_mitsubas_absorbing_volume(tmp_path: Path, name: str) -> None:
    from benchmarks.kit.baseline import BRIGHTER
    from engine.trace.backend import mi

    stone = coloured(tmp_path, name)
    what = scene(
        brilliant(),
        {"stone": stone},
        studio=studio(*white_lights()),
        ground=Ground("sweep", 0.4),
        view=View(25.0, 45.0, name="test"),
        size=(PIXELS * SIDE, PIXELS * SIDE),
    )
    frame = trace(what, spp=SPP, seed=1, device="cpu")[0]
    described = plain(what, medium=volume(stone))
    described["integrator"] = {"type": "volpathmis", "max_depth": 512, "rr_depth": 16}
    picture = mi.render(mi.load_dict(described), spp=2 * SPP, seed=2)
    theirs = np.asarray(picture, dtype=np.float64) / BRIGHTER
    assert_same(Picture.binned(frame.xyz, SIDE), Picture.binned(theirs, SIDE), regions(frame, SIDE))
    # The colour is there to be compared: the stone's channels lie far apart.
    inside = frame.xyz[frame.alpha > 0.999].astype(np.float64).mean(axis=0)
    assert inside.max() > 1.3 * inside.min()


def volume(stone: str) -> dict[str, Any]:
    """A medium that absorbs as the material does and scatters nothing."""
    absorption = optics.tabulate(materials.load(stone)).absorption
    spectrum = {
        "type": "regular",
        "wavelength_min": float(optics.WAVELENGTHS[0]),
        "wavelength_max": float(optics.WAVELENGTHS[-1]),
        "values": " ".join(f"{value:.8g}" for value in absorption),
    }
    return {
        "type": "homogeneous",
        "albedo": {"type": "constvolume", "value": {"type": "uniform", "value": 0.0}},
        "sigma_t": {"type": "constvolume", "value": spectrum},
    }
