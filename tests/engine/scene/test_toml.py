"""Scenes as TOML: everything survives, changed and hostile files are refused."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import tomli_w

import materials
from engine import images
from engine.cad.cuts import round_brilliant, to_mesh
from engine.cad.load import load
from engine.cad.write import write
from engine.errors import FileError, InputError, SceneError
from engine.scene import (
    Ground,
    GroundHint,
    Lens,
    Scene,
    View,
    compose,
    environment,
    load_scene,
    load_studio,
)
from engine.types import LoadOptions, Part, Piece
from tests.engine.scene.samples import box, placed, single


def small() -> Piece:
    """A block with a brilliant above it."""
    meshes = (box(12, 4, 6), to_mesh(round_brilliant(diameter=4.0)))
    parts = (
        Part("shank", 0, np.eye(4), "metal"),
        Part("centre stone", 1, placed(0, 0, 9.0), "stone"),
    )
    return Piece(meshes, parts)


@pytest.fixture(scope="module")
def cad_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(small(), tmp_path_factory.mktemp("cad") / "pendant.glb")


@pytest.fixture
def folder(tmp_path: Path, cad_file: Path) -> Path:
    """A folder with pendant.glb in it, and one outside that a scene must not reach."""
    inside = tmp_path / "inside"
    inside.mkdir()
    shutil.copy(cad_file, inside / "pendant.glb")
    shutil.copy(cad_file, tmp_path / "outside-pendant.glb")
    return inside


def silver(path: Path) -> Path:
    """A copy of the library's silver."""
    shutil.copy(Path(materials.__file__).parent / "metals" / "silver-925.yaml", path)
    return path


def test_every_field_survives(folder: Path) -> None:
    house = folder / "house.toml"
    house.write_text('[[assign]]\npattern = "centre*"\nmaterial = "ruby"\n')
    ours = str(silver(folder / "ours.yaml"))
    options = LoadOptions(
        assign=(("sh*", ours), ("centre stone", "sapphire")),
        mapping=str(house),
        scale=1.0 / 3.0,
        unit="cm",
        up="-y",
        pose=False,
        force=True,
        crease_deg=33.3,
    )
    scene = replace(
        compose(load(folder / "pendant.glb", options), studio="fire"),
        ground=Ground("mirror", 0.1 + 0.2, (0.1, 1 / 3, 0.9), "round", -1 / 3, 2.5, 1 / 7),
        view=View(1 / 7, 2 / 7, 0.7, True, "odd-1", 1 / 3),
        lens=Lens(85.1, 2.8, "shank", 9, 1 / 7),
        size=(123, 45),
        seed=2**32 - 1,
        axes={"centre stone": (1.0, -1 / 3, 0.0)},
        clarity={"centre stone": "VS2"},
    )
    again = load_scene(scene.save(folder / "scene.toml"))
    assert again.piece.source == scene.piece.source
    assert again.materials == {"shank": ours, "centre stone": "sapphire"} == scene.materials
    for name in ("studio", "ground", "view", "lens", "size", "seed", "axes", "clarity"):
        assert getattr(again, name) == getattr(scene, name), name
    assert again.to_toml(folder) == scene.to_toml(folder) == (folder / "scene.toml").read_text()
    assert (again.piece.bounds() == scene.piece.bounds()).all()
    assert "pendant.glb" in tomllib.loads(again.to_toml(folder))["piece"]["path"]


def test_a_plain_ground_survives_in_a_studio_of_a_coloured_one(folder: Path) -> None:
    navy = GroundHint(colour=(0.1, 0.2, 0.9), fade="round")
    studio = load_studio("tent").model_copy(update={"ground": navy})
    scene = compose(load(folder / "pendant.glb"), studio=studio, ground=Ground("sweep", 0.4))
    assert load_scene(scene.save(folder / "scene.toml")).ground == Ground("sweep", 0.4)
    coloured = compose(load(folder / "pendant.glb"), studio=studio)
    assert load_scene(coloured.save(folder / "scene.toml")).ground == coloured.ground
    assert coloured.ground.toned


def test_focus_in_mm_and_no_focus_survive(folder: Path) -> None:
    scene = compose(load(folder / "pendant.glb"))
    for lens in (Lens(), Lens(f_number=11.0, focus=55.5), Lens(focus="shank")):
        path = replace(scene, lens=lens).save(folder / "scene.toml")
        assert Scene.load(path).lens == lens


def test_numpy_numbers_are_written_as_numbers(folder: Path) -> None:
    scene = compose(load(folder / "pendant.glb"), view=View(np.float64(12.5), np.float64(0.1)))
    assert load_scene(scene.save(folder / "scene.toml")).view == View(12.5, 0.1)


def test_a_folder_can_be_moved(folder: Path) -> None:
    ours = silver(folder / "ours.yaml")
    compose(load(folder / "pendant.glb"), metal=str(ours)).save(folder / "scene.toml")
    moved = folder.rename(folder.with_name("moved"))
    assert load_scene(moved / "scene.toml").materials["shank"] == str(moved / "ours.yaml")


def test_a_piece_elsewhere_is_found_by_its_absolute_path_and_hash(folder: Path) -> None:
    outside = folder.parent / "outside-pendant.glb"
    compose(load(outside)).save(folder / "scene.toml")
    scene = load_scene(folder / "scene.toml")
    assert scene.piece.source is not None
    assert scene.piece.source.path == str(outside)


def test_a_library_studio_is_a_name_and_any_other_is_spelt_out(folder: Path) -> None:
    piece = load(folder / "pendant.glb")
    scene = compose(piece, studio="tent")
    assert tomllib.loads(scene.to_toml(folder))["studio"] == "tent"
    mine = folder / "mine.toml"
    mine.write_text(
        'name = "tent"\n[[light]]\nname = "a"\nshape = "disc"\nelevation_deg = 40\n'
        "radius_deg = 0.3\nradiance = 3\nspectrum = 3200\n"
    )
    scene = compose(piece, studio=mine)
    path = scene.save(folder / "scene.toml")
    mine.unlink()
    assert load_scene(path).studio == scene.studio


def test_a_panorama_is_spelt_out_with_its_hash(folder: Path) -> None:
    grey = np.full((8, 16), 0.5, dtype=np.float32)
    sky = images.write_exr(folder / "sky.exr", {"R": grey, "G": grey, "B": grey})
    scene = compose(
        load(folder / "pendant.glb"), hdri=sky, hdri_rotation_deg=12.5, hdri_strength=1.25
    )
    path = scene.save(folder / "scene.toml")
    again = load_scene(path)
    assert again.studio == scene.studio
    assert again.studio.hdri is not None
    assert (again.studio.hdri.rotation_deg, again.studio.hdri.strength) == (12.5, 1.25)
    assert environment(again.studio, 64).radiance.max() == pytest.approx(1.25 * 0.7152, rel=1e-3)
    images.write_exr(sky, {"R": grey * 2, "G": grey, "B": grey})
    with pytest.raises(SceneError, match=r"studio\.hdri\.path.*has changed"):
        load_scene(path)


def test_a_piece_from_a_script_is_written_beside_the_scene(tmp_path: Path) -> None:
    piece = small()
    scene = compose(piece, stone="ruby")
    with pytest.raises(SceneError, match="made by a script"):
        scene.to_toml()
    again = load_scene(scene.save(tmp_path / "pendant.toml"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pendant.piece.3dm", "pendant.toml"]
    assert again.materials == scene.materials
    assert [p.role for p in again.piece.parts] == [p.role for p in piece.parts]
    stone = (piece.vertices(piece.parts[1]), again.piece.vertices(again.piece.parts[1]))
    assert stone[1].min(axis=0) == pytest.approx(stone[0].min(axis=0), abs=1e-9)


def test_a_piece_that_would_come_back_otherwise_is_not_written(tmp_path: Path) -> None:
    scene = compose(single(box(5, 5, 5), "other"))
    with pytest.raises(SceneError, match="does not come back"):
        scene.save(tmp_path / "pendant.toml")
    assert not list(tmp_path.iterdir())


def test_a_changed_cad_file_is_refused(folder: Path) -> None:
    path = compose(load(folder / "pendant.glb")).save(folder / "scene.toml")
    write(single(box(9, 9, 9)), folder / "pendant.glb")
    with pytest.raises(SceneError, match=r"piece\.path.*'pendant\.glb' has changed.*sha256"):
        load_scene(path)
    (folder / "pendant.glb").unlink()
    with pytest.raises(SceneError, match=r"no file 'pendant\.glb'"):
        load_scene(path)


def test_a_changed_material_file_is_refused(folder: Path) -> None:
    ours = silver(folder / "ours.yaml")
    path = compose(load(folder / "pendant.glb"), metal=str(ours)).save(folder / "scene.toml")
    ours.write_text(ours.read_text() + "\n# touched\n")
    with pytest.raises(SceneError, match=r"materials\.shank.*has changed"):
        load_scene(path)


def test_a_scene_is_saved_whole_or_not_at_all(folder: Path) -> None:
    scene = compose(load(folder / "pendant.glb"))
    (folder / "taken").mkdir()
    with pytest.raises(FileError):
        scene.save(folder / "taken")
    assert not list(folder.glob("*.part"))


Edit = Callable[[dict[str, object]], object]


def table(data: dict[str, object], name: str) -> dict[str, object]:
    """A table within TOML data."""
    found = data[name]
    assert isinstance(found, dict)
    return found


BAD: dict[str, tuple[Edit, str]] = {
    "unknown key": (lambda d: d.update(sise=3), "field 'sise' is not a known field"),
    "no piece": (lambda d: d.pop("piece"), "field 'piece' is required"),
    "version": (lambda d: d.update(version=2), "field 'version'"),
    "size of text": (lambda d: d.update(size="big"), "field 'size' must be a list"),
    "size of one": (lambda d: d.update(size=[5]), "field 'size#2' is required"),
    "size 0": (lambda d: d.update(size=[0, 5]), "from 1 to 16384, not 0"),
    "size 10^6": (lambda d: d.update(size=[10**6, 5]), "from 1 to 16384, not 1000000"),
    "size in fractions": (lambda d: d.update(size=[1.5, 5]), "field 'size#1'"),
    "seed": (lambda d: d.update(seed=-1), "the seed must be"),
    "seed true": (lambda d: d.update(seed=True), "field 'seed'"),
    "studio": (lambda d: d.update(studio="tnet"), "did you mean tent"),
    "studio number": (lambda d: d.update(studio=3), "field 'studio'"),
    "studio table": (lambda d: d.update(studio={"name": "x", "light": [{}]}), "'studio.light#1'"),
    "studio file": (lambda d: d.update(studio="../x.toml"), "field 'studio'"),
    "view": (lambda d: table(d, "view").update(elevation_deg=95.0), "field 'view'"),
    "view nan": (lambda d: table(d, "view").update(azimuth_deg=float("nan")), "view.azimuth_deg"),
    "view text": (lambda d: table(d, "view").update(fill="all"), "'view.fill' must be a number"),
    "view name": (lambda d: table(d, "view").update(name="../../x"), "field 'view'"),
    "lens": (lambda d: table(d, "lens").update(focal_mm=-5.0), "field 'lens'"),
    "lens focus": (lambda d: table(d, "lens").update(focus="nobody"), "'nobody'"),
    "lens blades": (lambda d: table(d, "lens").update(blades=2), "'lens': a lens's blades"),
    "lens blades in fractions": (lambda d: table(d, "lens").update(blades=6.0), "'lens.blades'"),
    "lens key": (lambda d: table(d, "lens").update(zoom=1), "'lens.zoom' is not a known"),
    "ground": (lambda d: table(d, "ground").update(kind="grass"), "field 'ground.kind'"),
    "material": (lambda d: table(d, "materials").update(shank="gould-24k"), "gold-24k"),
    "material part": (lambda d: table(d, "materials").update(x="ruby"), "no part of that name"),
    "material missing": (lambda d: table(d, "materials").pop("shank"), "'shank' has no material"),
    "material type": (lambda d: table(d, "materials").update(shank=3), "materials.shank"),
    "material path": (
        lambda d: table(d, "materials").update(shank="../../x.yaml"),
        "outside the folder",
    ),
    "axis part": (lambda d: d.update(axes={"x": [0.0, 0.0, 1.0]}), "part 'x', which the piece"),
    "axis of two": (lambda d: d.update(axes={"shank": [0.0, 1.0]}), "'axes.shank#3' is required"),
    "axis of none": (lambda d: d.update(axes={"shank": [0.0] * 3}), "must not be (0, 0, 0)"),
    "clarity": (lambda d: d.update(clarity={"centre stone": "SI3"}), "VVS1, VVS2, VS1"),
    "clarity part": (lambda d: d.update(clarity={"x": "SI1"}), "part 'x', which the piece"),
    "clarity of metal": (lambda d: d.update(clarity={"shank": "SI1"}), "no gem"),
    "clarity type": (lambda d: d.update(clarity={"shank": 1}), "'clarity.shank' must be a string"),
    "axis nan": (lambda d: d.update(axes={"shank": [0.0, float("nan"), 1.0]}), "'axes.shank#2'"),
    "hash": (lambda d: table(d, "piece").update(sha256="abc"), "field 'piece.sha256'"),
    "path outside": (
        lambda d: table(d, "piece").update(path="../outside-pendant.glb"),
        "outside the folder",
    ),
    "path absolute": (
        lambda d: table(d, "piece").pop("sha256") and table(d, "piece").update(path="/etc/passwd"),
        "outside the folder",
    ),
    "path known hash only": (
        lambda d: table(d, "piece").update(path="/etc/passwd"),
        "has changed",
    ),
    "path device": (lambda d: table(d, "piece").update(path="/dev/zero"), "no file"),
    "path empty": (lambda d: table(d, "piece").update(path=""), "needs the path"),
    "path null": (lambda d: table(d, "piece").update(path="a\0b"), "needs the path"),
    "path folder": (lambda d: table(d, "piece").update(path="."), "no file"),
    "options": (lambda d: table(d, "piece").update(options={"skale": 2}), "piece.options.skale"),
    "options type": (lambda d: table(d, "piece").update(options={"scale": "2"}), "options.scale"),
    "assign": (lambda d: table(d, "piece").update(options={"assign": [["a"]]}), "options.assign#1"),
    "mapping": (
        lambda d: table(d, "piece").update(options={"mapping": "/etc/hosts"}),
        "piece.options.mapping",
    ),
}


@pytest.fixture(scope="module")
def good(cad_file: Path) -> dict[str, object]:
    """The TOML of a good scene, parsed."""
    return tomllib.loads(compose(load(cad_file)).to_toml(cad_file.parent))


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_field_is_named(folder: Path, good: dict[str, object], name: str) -> None:
    edit, words = BAD[name]
    data = tomllib.loads(tomli_w.dumps(good))
    edit(data)
    path = folder / "scene.toml"
    path.write_text(tomli_w.dumps(data))
    with pytest.raises(InputError) as caught:
        load_scene(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "field 'piece' is required"),
        (b"size = [1024, ", "end of document"),
        (b"a = 1\nb = = 2\n", "line 2"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deep"),
        (b"# " + b"x" * 5_000_000, "larger than 4 MB"),
    ],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "scene.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_scene(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_scene_is_a_file_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        load_scene(tmp_path / "none.toml")


def test_all_options_are_written(folder: Path) -> None:
    """A new option of `load` must not be lost on the way through a scene."""
    scene = compose(load(folder / "pendant.glb", LoadOptions(unit="mm", up="z")))
    written = tomllib.loads(scene.to_toml(folder))["piece"]["options"]
    given = {
        key for key, value in asdict(LoadOptions(unit="mm", up="z")).items() if value is not None
    }
    assert written.keys() == given


def test_finishes_survive_and_wrong_ones_are_refused(folder: Path) -> None:
    options = LoadOptions(finishes=(("shank", "worn:0.4#7"),))
    scene = compose(load(folder / "pendant.glb", options), finish="satin")
    assert scene.finishes == {"shank": materials.finish("worn:0.4#7")}
    file = scene.save(folder / "scene.toml")
    assert load_scene(file).finishes == scene.finishes
    assert load_scene(file).piece.parts[0].finish == "worn:0.4#7"

    told = tomllib.loads(file.read_text("utf-8"))
    for finishes, says in (
        ({"shank": "torn"}, "finishes.shank.*unknown finish"),
        ({"centre stone": "satin"}, "no metal"),
        ({"nobody": "satin"}, "nobody"),
    ):
        file.write_text(tomli_w.dumps({**told, "finishes": finishes}), "utf-8")
        with pytest.raises(SceneError, match=says):
            load_scene(file)
