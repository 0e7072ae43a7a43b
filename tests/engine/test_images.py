"""Pixels to files and back; files from outside."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenEXR
import pytest
from PIL import Image, ImageCms

from engine import images
from engine.errors import FileError


def noise(shape: tuple[int, ...], kind: type) -> npt.NDArray[Any]:
    return np.random.default_rng(7).integers(0, np.iinfo(kind).max, shape, kind, endpoint=True)


def smooth(channels: int, kind: type) -> npt.NDArray[Any]:
    """A gradient that every PNG filter likes better than another one somewhere."""
    y, x = np.mgrid[:40, :30]
    planes = [(x * (c + 1) * 3 + y * y) % (np.iinfo(kind).max + 1) for c in range(channels)]
    return np.stack(planes, axis=-1).astype(kind)


# ---- round trips ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("make", ["noise", "smooth"])
def test_png_comes_back_exactly(tmp_path: Path, kind: type, channels: int, make: str) -> None:
    pixels = noise((13, 9, channels), kind) if make == "noise" else smooth(channels, kind)
    path = images.write(tmp_path / "picture.png", pixels)
    back = images.read(path)
    assert back.dtype == kind
    np.testing.assert_array_equal(back, pixels)


def test_png_of_16_bits_is_what_another_decoder_reads(tmp_path: Path) -> None:
    """Pillow knows no 16-bit colour, but rounds it down to 8 bits in its own decoder."""
    pixels = smooth(3, np.uint16)
    with Image.open(images.write(tmp_path / "deep.png", pixels)) as image:
        np.testing.assert_array_equal(np.array(image), pixels >> 8)


def test_png_is_written_in_blocks_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal rows, so that every row but the first is best coded by the one above it."""
    pixels = np.broadcast_to(noise((1, 30, 3), np.uint16), (40, 30, 3))
    assert len(images.encode(pixels, ".png")) < pixels.nbytes / 4
    monkeypatch.setattr("engine.images.png._BLOCK", 512)
    path = images.write(tmp_path / "blocks.png", pixels)
    np.testing.assert_array_equal(images.read(path), pixels)


@pytest.mark.parametrize("kind", [3, 4])
def test_filters_that_we_do_not_write_are_read(tmp_path: Path, kind: int) -> None:
    """Average and Paeth, coded here the slow way from RFC 2083."""
    pixels = noise((6, 5, 3), np.uint16)
    raw = pixels.astype(">u2").view(np.uint8).reshape(6, -1).astype(int)
    lines = b""
    for y in range(6):
        line = [kind]
        for x in range(30):
            a = raw[y, x - 6] if x >= 6 else 0
            b = raw[y - 1, x] if y else 0
            c = raw[y - 1, x - 6] if y and x >= 6 else 0
            paeth = min((a, b, c), key=lambda v, p=a + b - c: abs(p - v))  # type: ignore[misc]
            line.append((raw[y, x] - ((a + b) // 2 if kind == 3 else paeth)) % 256)
        lines += bytes(int(v) for v in line)
    path = tmp_path / "foreign.png"
    path.write_bytes(_png(5, 6, 16, 2, lines))
    np.testing.assert_array_equal(images.read(path), pixels)


def _png(
    width: int, height: int, depth: int, colour: int, lines: bytes, interlace: int = 0
) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_webp_is_lossless_with_alpha(tmp_path: Path) -> None:
    pixels = noise((16, 12, 4), np.uint8)
    np.testing.assert_array_equal(images.read(images.write(tmp_path / "a.webp", pixels)), pixels)


def test_jpeg_keeps_white_white_and_colour_at_full_resolution(tmp_path: Path) -> None:
    pixels = np.full((32, 32, 3), 255, np.uint8)
    pixels[8:24, 9:24] = (200, 150, 60)
    path = images.write(tmp_path / "a.jpg", pixels)
    back = images.read(path).astype(int)
    assert np.abs(back - pixels).max() < 30
    assert np.all(back[:, 25:] == 255)
    with Image.open(path) as image:
        assert [component[1:3] for component in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_the_profile_is_srgb_and_always_the_same(suffix: str) -> None:
    with Image.open(io.BytesIO(images.encode(smooth(3, np.uint8), suffix))) as image:
        icc = image.info["icc_profile"]
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert icc[24:36] == struct.pack(">6H", 2000, 1, 1, 0, 0, 0)


def test_16_bit_png_has_the_profile_and_data_has_none() -> None:
    assert b"iCCP" in images.encode(smooth(4, np.uint16), ".png")
    assert b"iCCP" not in images.encode(smooth(1, np.uint8), ".png", profile=False)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_exr_keeps_values_names_and_chromaticities(tmp_path: Path, kind: type) -> None:
    rng = np.random.default_rng(8)
    names = ("R", "G", "B", "A", "normal.X", "depth.Z")
    planes: dict[str, npt.NDArray[Any]] = {
        name: rng.normal(0, 100, (11, 7)).astype(kind) for name in names
    }
    path = images.write_exr(tmp_path / "a.exr", planes, {"comments": "hello"})
    back, head = images.read_exr(path)
    assert sorted(back) == sorted(names)
    for name in names:
        assert back[name].dtype == kind
        np.testing.assert_array_equal(back[name], planes[name])
    expected = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
    np.testing.assert_allclose(head["chromaticities"], expected, atol=1e-6)
    assert head["comments"] == "hello"
    colour = images.read(path)
    assert colour.shape == (11, 7, 4)
    np.testing.assert_array_equal(colour[..., 1], planes["G"].astype(np.float32))


def test_exr_in_other_primaries_is_refused_with_the_remedy(tmp_path: Path) -> None:
    planes: dict[str, npt.NDArray[Any]] = {c: np.ones((2, 2), np.float32) for c in "RGB"}
    acescg = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
    path = images.write_exr(tmp_path / "a.exr", planes, {"chromaticities": acescg})
    with pytest.raises(FileError, match=r"convert it to linear Rec\. 709"):
        images.read(path)


def test_exr_without_colour_is_refused(tmp_path: Path) -> None:
    path = images.write_exr(tmp_path / "a.exr", {"depth.Z": np.ones((2, 2), np.float32)})
    with pytest.raises(FileError, match=r"no channels R, G, B but depth\.Z"):
        images.read(path)


# ---- Radiance ------------------------------------------------------------------------------


def _rgbe(light: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    exponent = np.frexp(light.max(axis=-1, keepdims=True))[1]
    mantissa = np.floor(light * np.ldexp(1.0, 8 - exponent))
    return np.concatenate([mantissa, exponent + 128], axis=-1).astype(np.uint8)


def _radiance(rgbe: npt.NDArray[np.uint8], runs: bool) -> bytes:
    height, width, _ = rgbe.shape
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode()
    if not runs:
        return head + rgbe.tobytes()
    body = b""
    for row in rgbe:
        body += bytes([2, 2, width >> 8, width & 255])
        for channel in row.T:
            body += bytes([128 + 4, channel[0]])  # The test's pictures start with four equals.
            body += bytes([width - 4]) + channel[4:].tobytes()
    return head + body


@pytest.mark.parametrize("runs", [True, False])
def test_radiance_is_read(tmp_path: Path, runs: bool) -> None:
    light = (
        np.random.default_rng(9).uniform(0.1, 1, (5, 20, 3)) * 10.0 ** np.arange(5)[:, None, None]
    )
    light[:, :4] = light[:, :1]
    rgbe = _rgbe(light)
    path = tmp_path / "studio.hdr"
    path.write_bytes(_radiance(rgbe, runs))
    back = images.read(path)
    assert back.dtype == np.float32
    assert np.all(np.abs(back - light) <= light.max(axis=-1, keepdims=True) / 100)


# ---- hostile and broken files --------------------------------------------------------------

_HDR = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"
_DEEP = images.encode(smooth(3, np.uint16), ".png")
_PLAIN = images.encode(smooth(3, np.uint8), ".png")
_LINES = bytes(6 * (1 + 30))
BROKEN = {
    "empty": b"",
    "noise": bytes(range(256)) * 20,
    "text": b"hello, world\n" * 10,
    "png cut short": _PLAIN[: len(_PLAIN) // 2],
    "png without data": _PLAIN[:60],
    "deep png cut short": _DEEP[: len(_DEEP) // 2],
    "deep png interlaced": _png(5, 6, 16, 2, _LINES, interlace=1),
    "deep png, unknown filter": _png(5, 6, 16, 2, b"\x09" + _LINES[1:]),
    "deep png of 2^31 rows": _png(5, 2**31 - 1, 16, 2, _LINES),
    "deep png of no pixels": _png(0, 6, 16, 2, _LINES),
    "png of 10^5 x 10^5": _png(10**5, 10**5, 8, 2, _LINES),
    "png bomb": _png(8000, 8000, 8, 2, bytes(1000)),
    "jpeg cut short": images.encode(noise((64, 64, 3), np.uint8), ".jpg")[:900],
    "webp cut short": images.encode(noise((64, 64, 3), np.uint8), ".webp")[:900],
    "exr magic only": b"\x76\x2f\x31\x01\x02\x00\x00\x00",
    "hdr without size": _HDR,
    "hdr of 10^9 x 10^9": _HDR + b"-Y 999999999 +X 999999999\n",
    "hdr larger than its bytes": _HDR + b"-Y 4000 +X 8000\n" + bytes(5000),
    "hdr with a wrong run": _HDR + b"-Y 1 +X 20\n" + bytes([2, 2, 0, 20, 128 + 120, 1]) + bytes(90),
    "hdr with an empty run": _HDR + b"-Y 1 +X 20\n" + bytes([2, 2, 0, 20, 0, 1]) + bytes(90),
    "hdr that ends in a run": _HDR + b"-Y 1 +X 20\n" + bytes([2, 2, 0, 20, 148, 1, 148, 1, 120]),
    "hdr turned": _HDR + b"+X 20 -Y 1\n" + bytes(80),
    "hdr in xyz": b"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 2\n" + bytes(8),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / "broken.picture"
    path.write_bytes(BROKEN[name])
    with pytest.raises(FileError) as caught:
        images.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in caught.value.message


def test_a_size_that_the_bytes_cannot_hold_is_refused_before_decoding(tmp_path: Path) -> None:
    for name in ("png bomb", "deep png of 2^31 rows", "hdr of 10^9 x 10^9"):
        path = tmp_path / "bomb"
        path.write_bytes(BROKEN[name])
        with pytest.raises(FileError, match=r"declares \d+ x \d+ pixels in|more than 67 million"):
            images.read(path)


@pytest.mark.parametrize("kept", [40, 200, 0.5, 0.95])
def test_a_damaged_exr_is_one_sentence(
    tmp_path: Path, kept: float, capsys: pytest.CaptureFixture[str]
) -> None:
    planes = {c: np.random.default_rng(1).normal(size=(40, 40)).astype(np.float32) for c in "RGB"}
    whole = images.write_exr(tmp_path / "a.exr", planes).read_bytes()
    path = tmp_path / "cut.exr"
    path.write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    with pytest.raises(FileError, match="damaged"):
        images.read(path)
    assert capsys.readouterr().out == ""


def test_an_exr_of_a_million_squared_is_refused(tmp_path: Path) -> None:
    planes = {c: np.ones((4, 4), np.float32) for c in "RGB"}
    data = bytearray(images.write_exr(tmp_path / "a.exr", planes).read_bytes())
    for window in (b"dataWindow\0", b"displayWindow\0"):
        at = data.index(window) + len(window) + len(b"box2i\0") + 4
        data[at : at + 16] = struct.pack("<4i", 0, 0, 10**6 - 1, 10**6 - 1)
    (tmp_path / "huge.exr").write_bytes(bytes(data))
    with pytest.raises(FileError, match=r"67 million|damaged"):
        images.read(tmp_path / "huge.exr")


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such picture"):
        images.read(tmp_path / "none.png")
    with pytest.raises(FileError, match="is a folder"):
        images.read(tmp_path)
    with pytest.raises(FileError, match="cannot be read"):
        images.read("a\0b.png")


# ---- writing safely ------------------------------------------------------------------------


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match=r"cannot be written.*choose a folder"):
        images.write(tmp_path / "file" / "a.png", smooth(3, np.uint8))
    with pytest.raises(FileError, match="is a folder"):
        images.replace(tmp_path, lambda temporary: temporary.write_text("never"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_folders_are_made(tmp_path: Path) -> None:
    path = images.write(tmp_path / "a" / "b" / "c.png", smooth(3, np.uint8))
    assert path.is_file()


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.exr"
    path.write_text("old")

    def full(temporary: Path) -> None:
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="no space left on device"):
        images.replace(path, full)
    monkeypatch.setattr(OpenEXR, "File", _Failing)
    with pytest.raises(FileError, match="cannot be written"):
        images.write_exr(path, {"R": np.ones((2, 2), np.float32)})
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.exr"]


class _Failing:
    def __init__(self, *_: Any) -> None:
        pass

    def write(self, name: str) -> None:
        Path(name).write_text("half")
        raise RuntimeError("encoder failed")


def test_unknown_suffixes_and_sizes_are_refused() -> None:
    with pytest.raises(FileError, match=r"cannot write '\.gif'"):
        images.encode(smooth(3, np.uint8), ".gif")
    with pytest.raises(FileError, match="at most 16383 pixels"):
        images.encode(np.zeros((1, 16384, 3), np.uint8), ".webp")
