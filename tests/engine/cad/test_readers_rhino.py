"""Rhino 3DM."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from engine.cad.raw import RawModel
from engine.cad.readers import read
from engine.errors import FileError
from tests.engine.cad.rhino_files import (
    add_block,
    add_layer,
    add_material,
    attributes,
    cube,
    reference,
    rhino3dm,
    save,
    with_render_meshes,
)
from tests.engine.cad.sample_files import volume

_SOURCE = rhino3dm.ObjectMaterialSource


def test_layers_names_materials_and_units(tmp_path: Path) -> None:
    model = rhino3dm.File3dm()
    model.Settings.ModelUnitSystem = rhino3dm.UnitSystem.Inches
    gold, ruby = add_material(model, "Yellow Gold 18K"), add_material(model, "Ruby")
    ring = add_layer(model, "Ring")
    stones = add_layer(model, "Stones", above=ring, RenderMaterialIndex=ruby)
    own = {"MaterialSource": _SOURCE.MaterialFromObject, "MaterialIndex": gold}
    model.Objects.AddMesh(cube(), attributes("Shank", ring, **own))
    for _ in range(2):
        from_layer = {"MaterialSource": _SOURCE.MaterialFromLayer}
        model.Objects.AddMesh(cube(), attributes("", stones, **from_layer))
    found = read(save(model, tmp_path / "ring.3dm"))
    assert (found.format, found.unit, found.up, found.named) == ("3dm", "inch", "z", True)
    assert [(part.name, part.layer, part.material) for part in found.parts] == [
        ("Shank", "Ring", "Yellow Gold 18K"),
        ("Stones.001", "Ring::Stones", "Ruby"),
        ("Stones.002", "Ring::Stones", "Ruby"),
    ]
    assert all(volume(part.vertices, part.faces) == pytest.approx(1.0) for part in found.parts)


def test_unusual_unit_becomes_millimetres(tmp_path: Path) -> None:
    model = rhino3dm.File3dm()
    model.Settings.ModelUnitSystem = rhino3dm.UnitSystem.Feet
    model.Objects.AddMesh(cube(), attributes())
    found = read(save(model, tmp_path / "a.3dm"))
    assert found.unit == "mm"
    assert found.parts[0].vertices.max() == pytest.approx(304.8)
    assert "feet" in found.notes[0].text


def test_what_is_hidden_or_has_no_surface_is_skipped(tmp_path: Path) -> None:
    model = rhino3dm.File3dm()
    off = add_layer(model, "off", Visible=False)
    below = add_layer(model, "below", above=off)
    model.Objects.AddMesh(cube(), attributes("kept", add_layer(model, "on")))
    model.Objects.AddMesh(cube(), attributes("layer off", off))
    model.Objects.AddMesh(cube(), attributes("layer above off", below))
    model.Objects.AddMesh(cube(), attributes("hidden", 0, Visible=False))
    model.Objects.AddLine(rhino3dm.Point3d(0, 0, 0), rhino3dm.Point3d(1, 0, 0))
    found = read(save(model, tmp_path / "a.3dm"))
    assert [part.name for part in found.parts] == ["kept"]
    texts = [note.text for note in found.notes]
    assert any("3 hidden objects were skipped" in text for text in texts)
    assert any("1 object without a surface" in text for text in texts)


def test_nested_blocks(tmp_path: Path) -> None:
    model = rhino3dm.File3dm()
    ruby = add_material(model, "Ruby")
    gems = add_layer(model, "Gems")
    from_parent = attributes("", gems, MaterialSource=_SOURCE.MaterialFromParent)
    gem = add_block(model, "Gem 2 mm", [(cube(), from_parent)])
    pair = add_block(
        model,
        "Pair",
        [(reference(gem, 1.0), from_parent), (reference(gem, 2.0), from_parent)],
    )
    placed = attributes("", 0, MaterialSource=_SOURCE.MaterialFromObject, MaterialIndex=ruby)
    mirror = rhino3dm.Transform.Mirror(rhino3dm.Point3d(0, 0, 0), rhino3dm.Vector3d(1, 0, 0))
    model.Objects.Add(reference(pair, 10.0), placed)
    model.Objects.Add(rhino3dm.InstanceReference(pair, mirror), placed)
    found = read(save(model, tmp_path / "a.3dm"))
    lows = sorted(part.vertices[:, 0].min() for part in found.parts)
    assert lows == pytest.approx([-3, -2, 11, 12])
    assert [part.name for part in found.parts] == [f"Gem 2 mm.00{k}" for k in range(1, 5)]
    assert {part.material for part in found.parts} == {"Ruby"}
    assert {part.layer for part in found.parts} == {"Gems"}
    assert all(volume(part.vertices, part.faces) == pytest.approx(1.0) for part in found.parts)


def test_render_meshes_of_breps_and_extrusions(tmp_path: Path) -> None:
    found = read(with_render_meshes(tmp_path / "a.3dm"))
    assert [part.name for part in found.parts] == ["brep", "extrusion"]
    assert all(volume(part.vertices, part.faces) == pytest.approx(1.0) for part in found.parts)


def test_brep_without_render_mesh_says_how_to_save_it(tmp_path: Path) -> None:
    model = rhino3dm.File3dm()
    sphere = rhino3dm.Sphere(rhino3dm.Point3d(0, 0, 0), 2.0)
    model.Objects.AddBrep(rhino3dm.Brep.CreateFromSphere(sphere), attributes("Head"))
    path = save(model, tmp_path / "a.3dm")
    with pytest.raises(FileError, match=r"Shaded.*without 'Save small'") as caught:
        read(path)
    assert caught.value.part == "Head"


@pytest.fixture(scope="module")
def ring() -> RawModel:
    """The ring with melee, where the folder of real CAD files is known."""
    folder = os.environ.get("CULET_CAD_DIR")
    if folder is None:
        pytest.skip("CULET_CAD_DIR is not set")
    return read(Path(folder) / "ring-with-melee.3dm")


def test_ring_with_melee(ring: RawModel) -> None:
    layers = Counter(part.layer for part in ring.parts)
    assert layers == {"Metal": 2, "Gem": 1, "Gem 01": 44, "Gem 02": 16}
    assert ring.unit == "mm"
    metal = [part for part in ring.parts if part.layer == "Metal"]
    assert [part.material for part in metal] == ["Yellow Gold 18K"] * 2
