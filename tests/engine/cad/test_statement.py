"""What a file says of its piece: kind and pose survive, and count only where they are true."""

from __future__ import annotations

import doctest
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.cad import statement
from engine.cad.load import interpret, load
from engine.cad.raw import RawPart
from engine.cad.statement import Statement
from engine.cad.vocabulary import built_in
from engine.cad.write import SUFFIXES, write
from engine.types import Kind, LoadOptions, Mesh, Part, Piece
from tests.engine.cad import shapes

SAID = Statement("bracelet", True)


def resting(tilt_deg: float = 30.0, lift: float = 0.0, aside: float = 0.0) -> RawPart:
    """A band that leans against nothing, its lowest point at z = `lift`."""
    lean = Rotation.from_euler("x", tilt_deg, degrees=True).as_matrix()
    vertices, faces = shapes.turned(shapes.ring(17.2), lean, (3.0 + aside, -2.0, 0.0))
    vertices[:, 2] += lift - vertices[:, 2].min()
    return shapes.part("Thing", (vertices, faces))


def read(part: RawPart, stated: Statement, options: LoadOptions | None = None) -> Piece:
    return interpret(shapes.model(part, stated=stated), options or LoadOptions())


def test_a_value_means_what_it_says() -> None:
    assert doctest.testmod(statement).failed == 0
    assert statement.parse("") == statement.parse("; ;=;kind") == statement.NOTHING
    assert statement.find(b"# culet: kind=necklace; standing\n") == Statement("necklace", True)
    assert statement.find(b"#" * 400 + b"culet: kind=necklace") == statement.NOTHING


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", ["earring", "bracelet", "ring", "other"])
def test_kind_and_pose_survive_whatever_the_files_name(
    tmp_path: Path, suffix: str, kind: Kind
) -> None:
    part = resting()
    mesh = Mesh(part.vertices, part.faces)
    piece = Piece((mesh,), (Part("Thing", 0, np.eye(4), "metal"),), kind)
    loaded = load(write(piece, tmp_path / f"earring pendant{suffix}"))
    assert loaded.kind == kind
    np.testing.assert_allclose(loaded.bounds(), piece.bounds(), atol=1e-5)
    assert loaded.inside_mm == (pytest.approx(17.2, abs=0.1) if kind == "ring" else None)


def test_what_stands_is_left_as_it_is() -> None:
    part = resting()
    piece = read(part, SAID)
    assert piece.kind == "bracelet"
    corners = piece.vertices(piece.parts[0])[piece.meshes[0].faces]
    np.testing.assert_allclose(corners, part.vertices[part.faces], atol=1e-12)
    assert "stands in its file" in shapes.text_of(piece, "posed")


@pytest.mark.parametrize("part", [resting(lift=5.0), resting(lift=-5.0), resting(aside=90.0)])
def test_what_was_moved_since_is_set_on_the_ground(part: RawPart) -> None:
    piece = read(part, SAID)
    bounds = piece.bounds()
    assert bounds[0, 2] == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(bounds.sum(axis=0)[:2], 0.0, atol=1e-9)


def test_what_was_turned_and_lifted_is_stood_up() -> None:
    piece = read(resting(lift=5.0), Statement("ring", True))
    assert np.ptp(piece.bounds(), axis=0)[1] == pytest.approx(3.0, abs=0.01)


def test_a_person_overrules_the_file() -> None:
    piece = read(resting(), Statement("ring", True), LoadOptions(up="y"))
    assert "stands in its file" not in shapes.text_of(piece, "posed")
    larger = read(resting(), Statement("ring", True), LoadOptions(ring_size="60"))
    assert larger.inside_mm == pytest.approx(60 / np.pi)
    assert larger.bounds()[0, 2] == pytest.approx(0.0, abs=1e-9)


def test_a_bangle_is_no_ring_of_a_wrong_size() -> None:
    piece = interpret(shapes.model(shapes.part("Thing", shapes.ring(60.0))), LoadOptions())
    assert (piece.kind, piece.inside_mm) == ("bracelet", None)
    assert shapes.text_of(piece, "warning") == ""
    vertices, faces = shapes.ring(17.2)
    small = shapes.part("Thing", (vertices / 25.4, faces))
    inches = interpret(shapes.model(small), LoadOptions())
    assert inches.kind == "ring"
    assert "--unit inch" in shapes.text_of(inches, "warning")
    said = interpret(shapes.model(shapes.part("Thing", shapes.ring(60.0)), name="ring"), _PLAIN)
    assert said.kind == "ring"
    assert "fingers need" in shapes.text_of(said, "warning")


_PLAIN = LoadOptions()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tennis bracelet 18k", "bracelet"),
        ("Bangle_60", "bracelet"),
        ("Silberarmband", "bracelet"),
        ("Gliederarmkette", "bracelet"),
        ("jonc or", "bracelet"),
        ("bracciale", "bracelet"),
        ("pulsera de tenis", "bracelet"),
        ("cable chain 42", "necklace"),
        ("tennis necklace", "necklace"),
        ("PearlStrand", "necklace"),
        ("Perlenkette", "necklace"),
        ("collier de perles", "necklace"),
        ("collana", "necklace"),
        ("collar", "necklace"),
        ("pendant necklace", "pendant"),
        ("heart pendant", "pendant"),
        ("Goldcreolen", "earring"),
        ("huggies", "earring"),
    ],
)
def test_words_for_kinds(name: str, kind: str) -> None:
    assert built_in().kind(name) == kind


def test_a_chain_in_the_layers_is_not_all_there_is() -> None:
    small = shapes.part("link", shapes.ring(3.0, 1.0), layer="Chain")
    both = (small, shapes.part("drop", shapes.moved(shapes.ring(9.0), 20.0), layer="Pendant"))
    assert interpret(shapes.model(*both), _PLAIN).kind == "pendant"
    band = shapes.part("Band", shapes.ring(17.2), layer="chain ring")
    assert interpret(shapes.model(band), _PLAIN).kind == "ring"
    wide = shapes.part("links", shapes.ring(140.0), layer="chain")
    assert interpret(shapes.model(wide), _PLAIN).kind == "necklace"
