"""The whole way from a raw model to a piece, and what it says about bad input."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.cad.load import interpret, load
from engine.cad.raw import RawPart
from engine.errors import GeometryError, InputError, SceneError
from engine.types import LoadOptions, Note, Piece
from tests.engine.cad import sample_files, shapes


def stones_on(count: int, layer: str = "") -> list[RawPart]:
    """Turned copies of one gem around a band."""
    turns = Rotation.random(count, rng=0).as_matrix()
    return [
        shapes.part(f"x{k}", shapes.turned(shapes.gem(1.3), turn, (12.0 + 2 * k, 0, 0)), layer)
        for k, turn in enumerate(turns)
    ]


def roles(piece: Piece) -> dict[str, str]:
    return {part.name: part.role for part in piece.parts}


def test_a_piece_has_all_that_the_records_promise() -> None:
    raw = shapes.model(*shapes.solitaire(), name="my-ring")
    piece = interpret(raw, LoadOptions())
    assert (piece.name, piece.kind) == ("my-ring", "ring")
    assert roles(piece) == {"Band": "metal", "Diamond": "stone"}
    band, diamond = (piece.meshes[part.mesh] for part in piece.parts)
    assert diamond.normals is None
    assert band.normals is not None
    assert band.normals.dtype == np.float32
    assert np.linalg.norm(band.normals, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert band.faces.dtype == np.int32
    assert band.closed
    assert diamond.closed
    assert piece.source is not None
    assert (piece.source.unit, piece.source.sha256) == ("mm", "0" * 64)
    assert piece.parts[1].material == "diamond"
    for part in piece.parts:
        assert part.transform[:3, :3] @ part.transform[:3, :3].T == pytest.approx(np.eye(3))


def test_readers_notes_come_first() -> None:
    raw = shapes.model(*shapes.solitaire())
    noted = type(raw)(**{**vars(raw), "notes": (Note("warning", "A curve was skipped."),)})
    assert interpret(noted, LoadOptions()).notes[0].text == "A curve was skipped."


def test_equal_stones_share_a_mesh_and_say_so() -> None:
    piece = interpret(shapes.model(*stones_on(12, "Gems"), shapes.solitaire()[0]), LoadOptions())
    assert len(piece.meshes) == 2
    assert len({part.mesh for part in piece.parts if part.role == "stone"}) == 1
    assert "13 parts are 2 different meshes" in shapes.text_of(piece, "instances")
    different = interpret(shapes.model(*shapes.solitaire()), LoadOptions())
    assert shapes.text_of(different, "instances") == ""


def test_instances_land_where_the_file_has_them() -> None:
    parts = stones_on(5, "Gems")
    piece = interpret(shapes.model(*parts), LoadOptions(pose=False, ring_size=None))
    shift = None
    for raw, part in zip(parts, piece.parts, strict=True):
        offset = piece.vertices(part).mean(axis=0) - raw.vertices.mean(axis=0)
        shift = offset if shift is None else shift
        assert offset == pytest.approx(shift, abs=1e-6)


def test_an_unnamed_soup_is_split_into_stones_and_metal() -> None:
    band = shapes.solitaire()[0]
    stones = [(part.vertices, part.faces) for part in stones_on(3)]
    whole = shapes.joined((band.vertices, band.faces), shapes.box(2, 2, 2), *stones)
    piece = interpret(
        shapes.model(shapes.part("mesh", shapes.soup(whole)), unit=None, named=False),
        LoadOptions(),
    )
    expected = {"metal": "metal", "stone 1": "stone", "stone 2": "stone", "stone 3": "stone"}
    assert roles(piece) == expected
    assert "3 of its connected bodies are stones" in shapes.text_of(piece, "role")
    assert "OBJ files state no unit" in shapes.text_of(piece, "scale")


def test_a_parcel_in_one_part_becomes_one_part_per_stone() -> None:
    gems = shapes.joined(*[shapes.moved(shapes.gem(2.0), x=3.0 * k) for k in range(4)])
    hollow = shapes.joined(shapes.gem(9), (shapes.gem(4)[0], shapes.gem(4)[1][:, ::-1].copy()))
    piece = interpret(
        shapes.model(
            shapes.part("Diamonds", gems),
            shapes.part("Ruby", shapes.moved(hollow, y=20)),
            shapes.part("Box", shapes.moved(shapes.joined(shapes.box(), shapes.box()), y=9)),
        ),
        LoadOptions(),
    )
    assert set(roles(piece)) == {*(f"Diamonds {k}" for k in range(1, 5)), "Ruby", "Box"}
    assert "Part 'Diamonds' holds 4 separate stones" in shapes.text_of(piece, "role")


@pytest.mark.parametrize(
    ("options", "unit", "size"),
    [
        (LoadOptions(), "mm", 10.0),
        (LoadOptions(), "cm", 100.0),
        (LoadOptions(), "inch", 254.0),
        (LoadOptions(unit="mm"), "inch", 10.0),
        (LoadOptions(scale=0.5), "mm", 5.0),
        (LoadOptions(scale=0.5, unit="cm"), None, 50.0),
    ],
)
def test_units_and_factors_make_millimetres(
    options: LoadOptions, unit: str | None, size: float
) -> None:
    piece = interpret(shapes.model(shapes.part("Slab", shapes.box(10, 5, 5)), unit=unit), options)
    assert np.ptp(piece.bounds(), axis=0)[0] == pytest.approx(size)


@pytest.mark.parametrize("inside", [17.2, 101.5, 0.68])
def test_a_ring_size_is_met_whatever_the_file_says(inside: float) -> None:
    band = shapes.part("Band", shapes.ring(inside, inside / 12, inside / 6))
    gem = shapes.gem(inside / 8)
    stones = [
        shapes.part(f"Gem {k}", shapes.turned(gem, turn, (inside * 0.6, (k - 1) * inside / 7, 0)))
        for k, turn in enumerate(Rotation.random(3, rng=0).as_matrix())
    ]
    piece = interpret(shapes.model(band, *stones), LoadOptions(ring_size="ISO 54"))
    assert piece.inside_mm == pytest.approx(54 / np.pi)
    assert np.ptp(piece.bounds(), axis=0)[0] == pytest.approx(54 / np.pi * 14 / 12, rel=0.002)
    assert shapes.text_of(piece, "warning") == ""
    plain = interpret(shapes.model(band, *stones), LoadOptions())
    factor = 54 / np.pi / plain.inside_mm if plain.inside_mm else 0.0
    assert piece.bounds() == pytest.approx(plain.bounds() * factor, abs=1e-5)


def test_the_scale_trap_is_warned_of() -> None:
    band = shapes.part("Band", shapes.ring(101.5, 10, 15))
    warned = shapes.text_of(interpret(shapes.model(band), LoadOptions()), "warning")
    assert "101.5 mm wide inside" in warned
    assert "--scale 0.1693" in warned
    assert (
        shapes.text_of(interpret(shapes.model(*shapes.solitaire()), LoadOptions()), "warning") == ""
    )


def test_assign_overrides_role_and_material() -> None:
    options = LoadOptions(assign=(("*", "platinum-950"), ("diam*", "ruby")))
    piece = interpret(shapes.model(*shapes.solitaire()), options)
    assert [part.material for part in piece.parts] == ["platinum-950", "ruby"]
    metal = interpret(shapes.model(*shapes.solitaire()), LoadOptions(assign=(("D*", "gold-24k"),)))
    assert roles(metal)["Diamond"] == "metal"
    pearl = interpret(
        shapes.model(*shapes.solitaire()), LoadOptions(assign=(("D*", "pearl-white"),))
    )
    assert roles(pearl)["Diamond"] == "pearl"


def test_a_pattern_without_match_lists_what_there_is() -> None:
    options = LoadOptions(assign=(("Layer 03", "ruby"),))
    with pytest.raises(SceneError, match=r"'Layer 03' matches no part.*'Band', 'Diamond'"):
        interpret(shapes.model(*shapes.solitaire()), options)


def test_an_open_stone_needs_force_and_its_copies_follow() -> None:
    whole = shapes.gem(6.0)
    broken = (whole[0], whole[1][4:])
    raw = shapes.model(
        shapes.part("Ruby 1", broken),
        shapes.part("Ruby 2", shapes.moved(broken, x=9)),
        shapes.part("Bezel", shapes.moved(shapes.ring(), y=30)),
    )
    with pytest.raises(GeometryError) as caught:
        interpret(raw, LoadOptions())
    for words in ("part 'Ruby 1'", "open", "--force", "close its mesh"):
        assert words in str(caught.value)
    piece = interpret(raw, LoadOptions(force=True))
    assert "'Ruby 1' is open" in shapes.text_of(piece, "warning")
    rubies = [part for part in piece.parts if part.role == "stone"]
    assert [piece.meshes[part.mesh].closed for part in rubies] == [True, True]
    first, second = (piece.vertices(part) for part in rubies)
    assert np.linalg.norm(first.mean(axis=0) - second.mean(axis=0)) == pytest.approx(9.0)


def test_open_metal_is_only_reported() -> None:
    vertices, faces = shapes.ring()
    piece = interpret(shapes.model(shapes.part("Band", (vertices, faces[40:]))), LoadOptions())
    assert not piece.meshes[0].closed
    assert "Part 'Band' stays open" in shapes.text_of(piece, "warning")


@pytest.mark.parametrize(
    ("solid", "words"),
    [
        ((np.full((3, 3), np.nan), np.array([[0, 1, 2]], np.int32)), "not a finite number"),
        ((np.zeros((0, 3)), np.zeros((0, 3), np.int32)), "no faces"),
        ((np.zeros((4, 3)), np.array([[0, 1, 2]], np.int32)), "no area"),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_hopeless_geometry_names_file_and_part(
    solid: shapes.Solid, words: str, named: bool
) -> None:
    raw = shapes.model(*shapes.solitaire(), shapes.part("Prong 9", solid), named=named)
    with pytest.raises(GeometryError, match=rf"thing.obj, part 'Prong 9': .*{words}.*; .+"):
        interpret(raw, LoadOptions())


def test_a_model_without_parts_is_refused() -> None:
    with pytest.raises(GeometryError, match=r"thing\.obj: the file holds no parts"):
        interpret(shapes.model(), LoadOptions())


@pytest.mark.parametrize(
    "options",
    [
        LoadOptions(unit="furlong"),
        LoadOptions(scale=0.0),
        LoadOptions(ring_size="huge"),
        LoadOptions(ring_size="54"),
        LoadOptions(up="up"),
        LoadOptions(assign=(("", "ruby"),)),
    ],
)
def test_senseless_options_are_refused(options: LoadOptions) -> None:
    with pytest.raises(InputError):
        interpret(shapes.model(shapes.part("Slab", shapes.box(5, 5, 2))), options)


def test_load_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "cube.stl"
    path.write_bytes(sample_files.stl_binary())
    piece = load(path)
    assert piece.source is not None
    assert (piece.source.format, piece.source.unit) == ("stl", "mm")
    assert len(piece.parts) == 1
    assert np.ptp(piece.bounds(), axis=0) == pytest.approx(1.0)


@pytest.mark.skipif("CULET_CAD_DIR" not in os.environ, reason="CULET_CAD_DIR is not set")
def test_a_real_ring_with_melee() -> None:
    """61 stones on three meshes, two metal parts, a scale trap, tilted by 9.8 degrees."""
    piece = load(Path(os.environ["CULET_CAD_DIR"]) / "ring-with-melee.3dm")
    assert piece.kind == "ring"
    assert list(roles(piece).values()).count("stone") == 61
    assert list(roles(piece).values()).count("metal") == 2
    stones = [part.mesh for part in piece.parts if part.role == "stone"]
    assert sorted(stones.count(mesh) for mesh in set(stones)) == [1, 16, 44]
    assert all(mesh.closed for mesh in piece.meshes)
    assert "--ring-size 54" in shapes.text_of(piece, "warning")
    size = np.ptp(piece.bounds(), axis=0)
    assert size == pytest.approx([122.67, 56.23, 147.81], abs=0.1)
    (centre,) = (p for p in piece.parts if p.role == "stone" and stones.count(p.mesh) == 1)
    assert piece.vertices(centre)[:, 2].max() > size[2] - 0.1


def test_loading_twice_gives_the_same_bits() -> None:
    raw = shapes.model(*stones_on(4, "Gems"), shapes.solitaire()[0])
    one, two = (interpret(raw, LoadOptions()) for _ in range(2))
    for a, b in zip(one.parts, two.parts, strict=True):
        assert np.array_equal(a.transform, b.transform)


def test_the_door_offers_functions_whoever_imports_the_modules() -> None:
    import engine.cad

    assert engine.cad.load is load
    assert callable(engine.cad.describe)
    assert callable(engine.cad.write)
    with pytest.raises(AttributeError, match="no attribute 'polish'"):
        _ = engine.cad.polish
