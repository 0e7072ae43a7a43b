"""`describe`: counts, sizes and weights against closed forms."""

from __future__ import annotations

import importlib
import json
from unittest.mock import patch

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import materials
from engine.cad.cuts import round_brilliant, to_mesh
from engine.cad.describe import PieceInfo, describe
from engine.cad.load import interpret
from engine.types import LoadOptions
from tests.engine.cad import shapes

# The package gives the function where the module of its name is asked for.
module = importlib.import_module("engine.cad.describe")


def described(options: LoadOptions | None = None) -> PieceInfo:
    """A solitaire with six equal melee."""
    turns = Rotation.random(6, rng=0).as_matrix()
    melee = [
        shapes.part(f"Melee {k}", shapes.turned(shapes.gem(1.5), turn, (0, 20 + 2 * k, 0)), "Gems")
        for k, turn in enumerate(turns)
    ]
    raw = shapes.model(*shapes.solitaire(), *melee, name="solo")
    return describe(interpret(raw, options or LoadOptions()))


def test_parts_and_stones_are_counted() -> None:
    info = described()
    assert (info.name, info.kind, info.part_count) == ("solo", "ring", 8)
    assert [(part.name, part.count) for part in info.parts] == [
        ("Band", 1),
        ("Diamond", 1),
        ("Melee 0", 6),
    ]
    assert [(stone.name, stone.count) for stone in info.stones] == [("Diamond", 1), ("Melee 0", 6)]
    assert info.triangles == sum(part.triangles * part.count for part in info.parts)


def test_weights_follow_volume_and_density() -> None:
    info = described()
    band, diamond, melee = info.parts
    n = 64
    volume = n * np.sin(2 * np.pi / n) / 2 * ((8.6 + 1.5) ** 2 - 8.6**2) * 3.0
    assert band.volume_mm3 == pytest.approx(volume)
    gold = materials.load("gold-18k-yellow").density
    assert band.grams == pytest.approx(volume * gold / 1000)
    assert (band.assumed, band.carats) == ("gold-18k-yellow", None)
    assert diamond.assumed is None
    density = materials.load("diamond").density
    assert diamond.carats == pytest.approx(diamond.volume_mm3 * density / 200)
    assert melee.assumed == "diamond"
    assert info.carats == pytest.approx(diamond.carats + 6 * melee.carats)  # type: ignore[operator]
    assert info.grams == pytest.approx(band.grams)


def test_the_assigned_material_weighs() -> None:
    plain, heavy = described(), described(LoadOptions(assign=(("Band", "platinum-950"),)))
    ratio = materials.load("platinum-950").density / materials.load("gold-18k-yellow").density
    assert heavy.grams == pytest.approx(plain.grams * ratio)


def test_sizes_do_not_depend_on_how_a_stone_is_set() -> None:
    corners = 3.0 * np.cos(np.pi / 8)
    depth = 3.0 * (0.3 + 0.9) * 2.5
    tall = (shapes.gem(6.0)[0] * [1.0, 1.0, 2.5], shapes.gem(6.0)[1])
    for turn in Rotation.random(4, rng=1).as_matrix():
        stone = shapes.turned(tall, turn, (1, 2, 3))
        piece = interpret(shapes.model(shapes.part("Gem", stone)), LoadOptions())
        assert describe(piece).stones[0].size_mm == pytest.approx(
            (depth, 2 * corners, 2 * corners), abs=1e-6
        )


def test_ring_size_is_told_of_rings_only() -> None:
    assert described(LoadOptions(ring_size="54")).ring_size == "ISO 54, US 7, UK N"
    slab = interpret(shapes.model(shapes.part("Slab", shapes.box(9, 9, 2))), LoadOptions())
    assert describe(slab).ring_size is None


def test_other_parts_have_no_weight_and_open_ones_say_so() -> None:
    vertices, faces = shapes.box(9, 9, 2)
    raw = shapes.model(
        shapes.part("Mannequin", shapes.box(9, 9, 9)),
        shapes.part("Band", shapes.moved((vertices, faces[2:]), x=20)),
    )
    stand, band = describe(interpret(raw, LoadOptions())).parts
    assert (stand.role, stand.grams, stand.assumed) == ("other", None, None)
    assert stand.closed
    assert not band.closed


def test_cuts_are_told_of_stones_only() -> None:
    """Each mesh is looked at once, however many stones share it."""
    stone = to_mesh(round_brilliant(2.0, table=0.6))
    turns = Rotation.random(5, rng=2).as_matrix()
    melee = [
        shapes.part(
            f"Melee {k}", shapes.turned((stone.vertices, stone.faces), turn, (0, 20 + k, 0))
        )
        for k, turn in enumerate(turns)
    ]
    piece = interpret(shapes.model(*shapes.solitaire(), *melee), LoadOptions())
    with patch.object(module, "recognise", wraps=module.recognise) as looked:
        band, diamond, five = describe(piece).parts
    assert looked.call_count == 2
    assert band.cut is None
    assert diamond.cut is not None
    assert diamond.cut.name == "single"
    assert five.cut is not None
    assert (five.count, five.cut.name) == (5, "round")
    assert five.cut.table == pytest.approx(0.6, abs=1e-3)
    assert five.size_mm == pytest.approx((2.0, 2.0, five.cut.depth), rel=2e-3)


def test_it_is_json() -> None:
    data = json.loads(json.dumps(described().to_json()))
    assert data["parts"][2]["count"] == 6
    assert data["notes"][0]["text"]
    assert data["size_mm"][2] > 20
