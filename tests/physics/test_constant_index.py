"""A stone that bends all wavelengths alike: no fire, no tint, and Mitsuba's own `dielectric`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import trace
from engine.scene import Ground, Scene, View
from engine.types import Frame
from tests.engine.trace.pieces import brilliant, gem_file, scene, studio
from tests.physics.statistics import Picture, assert_same, regions

PIXELS, SIDE, SPP = 16, 12, 12
INDEX = 1.9


@pytest.fixture(scope="module")
def what(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    clear = gem_file(tmp_path_factory.mktemp("gems"), "clear", INDEX)
    return scene(
        brilliant(),
        {"stone": clear},
        studio=studio(*white_lights()),
        ground=Ground("sweep", 0.4),
        view=View(25.0, 45.0, name="test"),
        size=(PIXELS * SIDE, PIXELS * SIDE),
    )


def white_lights() -> list[dict[str, Any]]:
    """A room of one colour, the equal-energy white, with bright and dark places."""
    room = {"shape": "dome", "name": "room", "elevation_deg": 80.0, "radiance": 0.5, "far": 0.2}
    box = {"shape": "rectangle", "name": "box", "azimuth_deg": -50.0, "elevation_deg": 50.0}
    size = {"width_deg": 60.0, "height_deg": 50.0, "radiance": 3.0, "key": True}
    return [{**room, "spectrum": "E"}, {**box, **size, "spectrum": "E"}]


@pytest.fixture(scope="module")
def frame(what: Scene) -> Frame:
    return trace(what, spp=SPP, seed=1, device="cpu")[0]


def test_a_constant_index_gives_no_tint(frame: Frame) -> None:
    stone = frame.alpha > 0.999
    assert frame.backdrop is not None
    x, y, z = frame.xyz[stone].astype(np.float64).mean(axis=0) / frame.backdrop
    # The backdrop's XYZ are exact; the stone's still know that wavelengths are drawn.
    assert (x / y, z / y) == pytest.approx((1.0, 1.0), abs=7.5e-3)


def test_a_constant_index_is_mitsubas_dielectric(what: Scene, frame: Frame) -> None:
    from benchmarks.kit.baseline import BRIGHTER
    from engine.trace.backend import mi

    picture = mi.render(mi.load_dict(plain(what)), spp=SPP, seed=2)
    theirs = np.asarray(picture, dtype=np.float64) / BRIGHTER
    assert_same(Picture.binned(frame.xyz, SIDE), Picture.binned(theirs, SIDE), regions(frame, SIDE))


def plain(what: Scene, medium: dict[str, Any] | None = None) -> dict[str, Any]:
    """The scene for Mitsuba, with nothing of ours in it but the light.

    medium : what fills the stone; None is nothing.
    """
    from benchmarks.kit.baseline import describe
    from engine.trace.backend import mi

    glass = {"type": "dielectric", "int_ior": INDEX, "ext_ior": 1.0}
    properties = mi.Properties()
    properties["bsdf"] = mi.load_dict(glass)
    if medium is not None:
        properties["interior"] = mi.load_dict(medium)
    mesh = what.piece.meshes[0]
    shape = mi.Mesh("stone", len(mesh.vertices), len(mesh.faces), props=properties)
    buffers = mi.traverse(shape)
    vertices = what.piece.vertices(what.piece.parts[0])
    buffers["vertex_positions"] = mi.Float(vertices.astype(np.float32).ravel())
    buffers["faces"] = mi.UInt32(mesh.faces.astype(np.uint32).ravel())
    buffers.update()
    path = {"type": "path", "max_depth": 512, "rr_depth": 16}
    return {**describe(what), "part0": shape, "integrator": path}
