"""Geometry is compiled once for scenes of one piece, and no picture is another one for it."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import engine
from engine.pipeline import Settings, render, render_each
from engine.scene import Scene, compose, varied
from engine.trace import Workbench, geometry
from engine.types import Frame, Piece
from scenes.pieces import build
from tests.engine.trace.pieces import brilliant

LOOKS = (("gold-18k-yellow", "diamond"), ("platinum-950", "ruby"), ("silver-925", "sapphire"))


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Piece]:
    """The pieces that were compiled, and how often."""
    made: list[Piece] = []
    compile_geometry = geometry.compile_geometry

    def noted(piece: Piece, gems: Any) -> Any:
        made.append(piece)
        return compile_geometry(piece, gems)

    monkeypatch.setattr(geometry, "compile_geometry", noted)
    return made


def scenes() -> list[Scene]:
    first = compose(build("solitaire", size=46.0), size=(40, 48), studio="tent")
    lit = [varied(first, metal=metal, stone=stone) for metal, stone in LOOKS]
    return [*lit, varied(lit[1], studio="fire")]


def same(a: Frame, b: Frame) -> None:
    for name in ("xyz", "variance", "samples", "alpha", "shadow"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    for field in fields(a.features):
        if field.name != "behind":
            one, two = (getattr(frame.features, field.name) for frame in (a, b))
            np.testing.assert_array_equal(one, two, err_msg=field.name)


def test_pictures_of_one_piece_share_its_geometry_bit_for_bit(compiled: list[Piece]) -> None:
    settings = Settings(spp=3, device="cpu")
    together = list(render_each(scenes(), settings))
    assert len(together) == 4
    assert len(compiled) == 1
    for scene, picture in zip(scenes(), together, strict=True):
        alone = render(scene, settings=settings)[0]
        np.testing.assert_array_equal(picture.rgb, alone.rgb)
        same(picture.frame, alone.frame)
    assert len({picture.rgb.tobytes() for picture in together}) == 4


def test_pictures_are_made_when_they_are_asked_for(compiled: list[Piece]) -> None:
    pictures = render_each(scenes(), Settings(spp=1, refine=False, caustics="off", device="cpu"))
    assert compiled == []
    pictures[2]
    assert len(compiled) == 1


def test_what_differs_in_geometry_is_compiled_anew(compiled: list[Piece]) -> None:
    first = compose(brilliant(), size=(16, 16))
    second = compose(brilliant(), size=(16, 16))
    silver = Scene(first.piece, {"stone": "silver-925"}, first.studio, size=(16, 16))
    bench = Workbench()
    for scene in (first, first, silver, second):
        engine.trace(scene, spp=1, device="cpu", workbench=bench)[0]
    assert compiled == [first.piece, first.piece, second.piece]
