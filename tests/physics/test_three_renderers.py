"""Three renderers, one picture: the chain, the reference, and the frozen baseline on Mitsuba.

Twelve scenes: four cuts, loose and set in every way that there is, six metals, three studios, and
gems from glass to diamond. The baseline shares no code with the two others but the shape of the
light; it knows no absorption, so coloured gems are colourless here (`twin`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

import engine
from engine import trace
from engine.cad.cuts import emerald, oval, princess, to_mesh
from engine.scene import Ground, Scene, View
from engine.scene.studios import Studio
from engine.types import Frame, Piece
from scenes.pieces import build
from tests.engine.trace.pieces import brilliant, joined, placed, studio
from tests.physics.statistics import Picture, assert_same, regions

#: Pixels of the pictures that are compared, and of the larger ones that are traced for them.
PIXELS, SIDE = 16, 12
SIZE = (PIXELS * SIDE, PIXELS * SIDE)
#: Samples per traced pixel. The chain needs fewest.
SPP = {"chain": 3, "reference": 8, "baseline": 8}


def dark() -> Studio:
    """Two softboxes in a nearly black room: large enough for a walk that meets them by chance."""
    box = {"shape": "rectangle", "width_deg": 70.0, "height_deg": 60.0}
    return studio(
        {"shape": "dome", "name": "room", "elevation_deg": 90.0, "radiance": 0.03},
        {**box, "name": "key", "azimuth_deg": -50.0, "elevation_deg": 50.0, "radiance": 3.0,
         "key": True, "spectrum": "A"},
        {**box, "name": "back", "azimuth_deg": 150.0, "elevation_deg": 40.0, "radiance": 2.0},
    )  # fmt: skip


def loose(mesh: engine.types.Mesh) -> Piece:
    """A stone whose culet stands just above the ground."""
    return placed(mesh, "stone", "stone", (0.0, 0.0, 0.05 - float(mesh.vertices[:, 2].min())))


def crowd() -> Piece:
    """A diamond, and two smaller stones half behind it."""
    parts = [brilliant()]
    for name, x in (("left", -2.5), ("right", 3.5)):
        parts.append(placed(brilliant(4.0).meshes[0], name, "stone", (x, 4.8, 1.9)))
    return joined(*parts)


def _set(
    name: str, metal: str, light: str | Studio, stone: str = "diamond", **shape: object
) -> Scene:
    return _scene(build(name, size=46.0, **shape), light, stone, metal)


def _scene(piece: Piece, light: str | Studio, stone: str, metal: str | None = None) -> Scene:
    albedo = 0.9 if light == "tent" else 0.3
    return engine.compose(
        piece,
        metal=metal,
        finish="mirror",  # the baseline knows no other
        stone=stone,
        studio=light,
        ground=Ground("sweep", albedo),
        view=View(25.0, 55.0, name="test"),
        size=SIZE,
    )


SCENES: dict[str, Callable[[], Scene]] = {
    "loose brilliant": lambda: _scene(brilliant(), "tent", "diamond"),
    "loose oval": lambda: _scene(loose(to_mesh(oval(5.0, 1.4))), studio(), "sapphire"),
    "loose emerald cut": lambda: _scene(loose(to_mesh(emerald(5.0, 1.4))), dark(), "emerald"),
    "loose princess": lambda: _scene(loose(to_mesh(princess(5.0))), "tent", "ruby"),
    "stones behind a stone": lambda: _scene(crowd(), studio(), "diamond"),
    "solitaire": lambda: _set("solitaire", "gold-18k-yellow", "tent", stone_mm=7.5),
    "oval solitaire": lambda: _set("solitaire", "platinum-950", studio(), "ruby", cut="oval"),
    "emerald-cut solitaire": lambda: _set("solitaire", "gold-18k-rose", dark(), cut="emerald"),
    "princess solitaire": lambda: _set("solitaire", "gold-18k-white", "tent", cut="princess"),
    "three-stone": lambda: _set("three-stone", "silver-925", studio()),
    "bezel": lambda: _set("bezel", "gold-24k", dark(), "sapphire"),
    "pave band": lambda: _set("pave-band", "platinum-950", "tent"),
}


@pytest.mark.parametrize("name", SCENES)
def test_chain_reference_and_baseline_agree(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmarks.kit.baseline import Baseline, twin

    monkeypatch.setenv("CULET_CACHE", str(tmp_path))  # where colourless gems are written
    what = twin(SCENES[name]())
    chain, reference = _traced(what, "chain", 0), _traced(what, "reference", 1)
    # Paths as long as light is trapped in a stone: at 64 vertices a thousandth would be missing.
    baseline = Baseline(what, max_depth=512).render(SPP["baseline"], seed=2)
    images = {"chain": chain.xyz, "reference": reference.xyz, "baseline": baseline}
    pictures = {name: Picture.binned(image, SIDE) for name, image in images.items()}
    masks = regions(chain, SIDE)
    for one, other in (("chain", "baseline"), ("reference", "baseline"), ("chain", "reference")):
        try:
            assert_same(pictures[one], pictures[other], masks)
        except AssertionError as apart:
            raise AssertionError(f"{one} and {other}: {apart}") from None


def _traced(what: Scene, estimator: Literal["chain", "reference"], seed: int) -> Frame:
    return trace(what, spp=SPP[estimator], seed=seed, estimator=estimator, device="cpu")[0]
