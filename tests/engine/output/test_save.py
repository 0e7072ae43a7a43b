"""Pictures to files: formats, names, layers, provenance."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import images
from engine.errors import FileError, SceneError
from engine.finish import finish
from engine.lazy import Lazy
from engine.optics import REC709_TO_XYZ, srgb_encode
from engine.output import save
from engine.output.layers import linear_rgb
from engine.types import Caustics, Frame, Pictures
from tests.engine.finish.frames import make_frame


def pictures_of(*frames: Frame) -> Pictures:
    return finish(Lazy(len(frames), lambda i: frames[i]))


def beside(path: Path) -> Path:
    """The provenance of a picture."""
    return path.with_name(f"{path.name}.json")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPEG", ".webp"])
def test_the_bare_sweep_is_pure_white_in_every_format(tmp_path: Path, suffix: str) -> None:
    frame = make_frame(size=96)
    (path,) = save(pictures_of(frame), tmp_path / f"ring{suffix}")
    pixels = images.read(path)
    assert pixels.shape == (96, 96, 3)
    assert np.all(pixels[:8] == 255)
    piece = srgb_encode(pictures_of(frame)[0].rgb[48, 48].astype(np.float64)) * 255
    assert np.abs(pixels[48, 48] - piece).max() <= (2 if "j" in suffix.lower() else 1)


def test_16_bits_are_exact(tmp_path: Path) -> None:
    pictures = pictures_of(make_frame())
    (path,) = save(pictures, tmp_path / "ring.png", depth=16)
    expected = np.floor(srgb_encode(pictures[0].rgb.astype(np.float64)) * 65535 + 0.5)
    np.testing.assert_array_equal(images.read(path), expected)


def test_exr_holds_scene_light_and_every_feature(tmp_path: Path) -> None:
    frame = make_frame()
    (path,) = save(pictures_of(frame), tmp_path / "ring.exr")
    channels, head = images.read_exr(path)
    rgb = np.stack([channels[c] for c in "RGB"], axis=-1)
    np.testing.assert_allclose(rgb @ REC709_TO_XYZ.T, frame.xyz, atol=1e-5)
    np.testing.assert_array_equal(channels["part"], frame.features.part)
    np.testing.assert_array_equal(channels["depth.Z"], frame.features.depth)
    np.testing.assert_array_equal(channels["shadow"], frame.shadow)
    np.testing.assert_array_equal(channels["coverage"], frame.alpha)
    assert np.all(channels["A"] == 1)
    names = {"normal.X", "position.Z", "albedo.G", "roughness", "stone", "samples", "variance.Y"}
    assert names <= set(channels)
    np.testing.assert_allclose(head["adoptedNeutral"], [0.3127, 0.329], atol=1e-3)


def test_exr_holds_the_caustics_where_there_are_any(tmp_path: Path) -> None:
    frame = make_frame(size=8)
    ones = np.ones((8, 8), np.float32)
    light = ones[..., None] * np.array([0.1, 0.2, 0.3], np.float32)
    lit = frame.lit(Caustics(light, 0 * light, ground=ones, shadow=0 * ones))
    (path,) = save(pictures_of(lit), tmp_path / "lit.exr")
    channels, _ = images.read_exr(path)
    rgb = np.stack([channels[f"caustics.{c}"] for c in "RGB"], axis=-1)
    np.testing.assert_allclose(rgb, linear_rgb(light), rtol=1e-6)
    np.testing.assert_array_equal(channels["caustics.shadow"], frame.shadow)
    assert (channels["shadow"] < frame.shadow)[frame.shadow > 0].all()
    (path,) = save(pictures_of(frame), tmp_path / "bare.exr")
    assert not any(name.startswith("caustics") for name in images.read_exr(path)[0])


def test_exr_of_a_cut_out_has_alpha_and_keeps_negative_colour(tmp_path: Path) -> None:
    fire = make_frame(backdrop=None, piece=(0.005, 0.32, 0.27))
    (path,) = save(pictures_of(fire), tmp_path / "ring.exr", depth=16)
    channels, _ = images.read_exr(path)
    assert channels["R"].dtype == np.float16
    assert channels["depth.Z"].dtype == np.float32
    assert channels["R"].min() < -0.1
    np.testing.assert_array_equal(channels["A"], fire.alpha.astype(np.float16))


def test_a_cut_out_keeps_alpha_and_jpeg_lays_it_on_white(tmp_path: Path) -> None:
    pictures = pictures_of(make_frame(backdrop=None))
    png = images.read(save(pictures, tmp_path / "ring.png")[0]).astype(int)
    jpeg = images.read(save(pictures, tmp_path / "ring.jpg")[0]).astype(int)
    assert png.shape[2] == 4
    assert png[0, 0, 3] == 0
    assert png[32, 32, 3] == 255
    assert np.all(jpeg[0, 0] == 255)
    laid = (png[..., :3] * png[..., 3:] + 255 * (255 - png[..., 3:])) / 255
    assert np.abs(jpeg - laid).mean() < 1.5


# ---- dither --------------------------------------------------------------------------------


def test_dither_hides_bands_and_leaves_white_and_grey_alone(tmp_path: Path) -> None:
    frame = make_frame(size=256, shadow=0.4)
    pictures = pictures_of(frame)
    first, again = (save(pictures, tmp_path / f"{n}.png")[0].read_bytes() for n in "ab")
    assert first == again
    pixels = images.read(tmp_path / "a.png").astype(float)
    exact = srgb_encode(pictures[0].rgb.astype(np.float64)) * 255
    error = pixels - exact
    assert np.abs(error).max() < 1
    ground = frame.alpha == 0
    assert np.all(np.ptp(pixels[ground], axis=-1) == 0)
    assert np.all(pixels[exact[..., 0] == 255] == 255)
    fading = ground[205:237, 128:192] & (exact[205:237, 128:192, 0] < 254.5)
    assert fading.sum() > 500
    assert abs(error[205:237, 128:192, 0][fading].mean()) < 0.03


# ---- names ---------------------------------------------------------------------------------


def test_a_folder_gets_one_file_a_view(tmp_path: Path) -> None:
    told: list[Any] = []
    made = {"trace": {}, "load": {"name": "Ring #7/ä"}}
    frames = [
        make_frame(size=8, name=name, provenance=made) for name in ("front", "30/20", "front")
    ]
    out = tmp_path / "new" / "views"
    paths = save(pictures_of(*frames), out, progress=lambda *step: told.append(step))
    assert [path.name for path in paths] == [
        "Ring-7-ä_front.png",
        "Ring-7-ä_30-20.png",
        "Ring-7-ä_front-2.png",
    ]
    assert all(path.is_file() and beside(path).is_file() for path in paths)
    assert len(list(out.iterdir())) == 6
    assert told == [("save", 1, 3), ("save", 2, 3), ("save", 3, 3)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("con", "con-"),
        ("...", "picture"),
        ("a" * 300, "a" * 120),
    ],
)
def test_names_cannot_leave_the_folder_or_upset_a_system(
    tmp_path: Path, name: str, expected: str
) -> None:
    (path,) = save(pictures_of(make_frame(size=8, name=name)), tmp_path, template="{view}")
    assert path == tmp_path / f"{expected}.png"


def test_templates_hold_known_fields_only(tmp_path: Path) -> None:
    pictures = pictures_of(make_frame(size=8))
    assert save(pictures, tmp_path, template="sku-42_{index}")[0].name == "sku-42_001.png"
    for template in ("{view.__class__}", "{sku}", "{", "{0}", "{}", "{view:>99}"):
        with pytest.raises(SceneError, match="name template"):
            save(pictures, tmp_path, template=template)


# ---- layers and provenance -----------------------------------------------------------------


def test_layers_lie_beside_the_picture(tmp_path: Path) -> None:
    frame = make_frame()
    (path,) = save(pictures_of(frame), tmp_path / "ring.png", layers=True)
    layers = ("alpha", "normal", "part", "shadow", "stone")
    assert sorted(found.name for found in tmp_path.iterdir()) == sorted(
        ["ring.png", "ring.png.json", "ring_layers.exr", *(f"ring_{name}.png" for name in layers)]
    )
    part = images.read(tmp_path / "ring_part.png")[..., 0]
    np.testing.assert_array_equal(part, frame.features.part + 1)
    normal = images.read(tmp_path / "ring_normal.png") / 65535 * 2 - 1
    assert normal[32, 32, 2] == pytest.approx(1, abs=1e-4)
    alpha = images.read(tmp_path / "ring_alpha.png")[..., 0]
    assert np.abs(alpha / 255 - frame.alpha).max() <= 0.5 / 255 + 1e-6
    record = json.loads(beside(path).read_text("utf-8"))
    assert "ring_part.png" in record["save"]["layers"]


def test_an_exr_needs_no_second_one_for_its_layers(tmp_path: Path) -> None:
    save(pictures_of(make_frame(size=8)), tmp_path / "ring.exr", layers=True)
    assert [path.name for path in tmp_path.glob("*.exr")] == ["ring.exr"]


def test_provenance_tells_where_the_picture_comes_from(tmp_path: Path) -> None:
    told = {
        "load": {"sha256": "abc", "path": Path("a/ring.stl")},
        "trace": {"spp": np.int64(8), "white": np.ones(3), "trapped": float("nan")},
    }
    (path,) = save(pictures_of(make_frame(size=8, provenance=told)), tmp_path / "ring.png")
    record = json.loads(beside(path).read_text("utf-8"))
    assert record["picture"] == "ring.png"
    assert record["load"] == {"sha256": "abc", "path": "a/ring.stl"}
    assert record["trace"] == {"spp": 8, "white": [1, 1, 1], "trapped": "nan"}
    assert record["finish"]["look"] == "photo"
    assert record["save"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record["save"]["size"] == [8, 8]
    assert {"python", "numpy", "pillow"} <= set(record["versions"])
    assert record["machine"]["cores"] >= 1


def test_provenance_is_told_apart_by_the_whole_name(tmp_path: Path) -> None:
    """Neither another kind of the same picture nor `ring.json` of the user's own is overwritten."""
    (tmp_path / "ring.json").write_text("mine")
    for name in ("ring.png", "ring.jpg"):
        (path,) = save(pictures_of(make_frame(size=8)), tmp_path / name)
        assert json.loads(beside(path).read_text("utf-8"))["picture"] == name
    assert json.loads((tmp_path / "ring.png.json").read_text("utf-8"))["picture"] == "ring.png"
    assert (tmp_path / "ring.json").read_text() == "mine"


# ---- what goes wrong -----------------------------------------------------------------------


def test_options_that_make_no_sense_are_refused_before_anything_is_rendered(tmp_path: Path) -> None:
    def never(index: int) -> Any:
        raise AssertionError("rendered")

    pictures: Pictures = Lazy(2, never)
    with pytest.raises(FileError, match="one file for 2 pictures"):
        save(pictures, tmp_path / "ring.png")
    with pytest.raises(FileError, match=r"cannot be a '\.gif' picture"):
        save(pictures, tmp_path / "ring.gif")
    with pytest.raises(FileError, match=r"cannot be a '\.bmp' picture"):
        save(pictures, tmp_path, suffix="bmp")
    with pytest.raises(SceneError, match=r"\.png pictures have 8 or 16 bits"):
        save(pictures, tmp_path, depth=12)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_folder_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="choose a folder"):
        save(pictures_of(make_frame(size=8)), tmp_path / "file" / "views")


def test_nothing_half_written_when_encoding_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("encoder")

    pictures = pictures_of(make_frame(size=8))
    monkeypatch.setattr("engine.images.writer.encode_png", broken)
    with pytest.raises(RuntimeError, match="encoder"):
        save(pictures, tmp_path / "a.png")
    monkeypatch.undo()
    monkeypatch.setattr("engine.output.stage.to_json", broken)
    with pytest.raises(RuntimeError, match="encoder"):
        save(pictures, tmp_path / "b.png")
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]


def test_no_pictures_are_no_files(tmp_path: Path) -> None:
    assert save(pictures_of(), tmp_path) == []
