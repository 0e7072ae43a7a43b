"""Films hold every picture, in order, in the colours that were given."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from engine import images
from engine.errors import FileError, SetupError

COLOURS = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (120, 120, 120))


def cards(size: tuple[int, int] = (32, 48), alpha: int | None = None) -> list[np.ndarray]:
    more = () if alpha is None else (alpha,)
    return [np.full((*size, 3 + len(more)), (*colour, *more), np.uint8) for colour in COLOURS]


def shown(path: Path, size: tuple[int, int] = (32, 48)) -> np.ndarray:
    """[N, H, W, 3] pictures of a film."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path)]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(data, np.uint8).reshape(-1, *size, 3)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_film_shows_its_pictures(suffix: str, tmp_path: Path) -> None:
    path = images.write_film(tmp_path / f"film{suffix}", iter(cards()), 10)
    found = shown(path)
    assert found.shape == (4, 32, 48, 3)
    np.testing.assert_allclose(found[:, 16, 24], COLOURS, atol=4)
    again = images.write_film(tmp_path / f"again{suffix}", cards(), 10)
    assert again.read_bytes() == path.read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {path.name, again.name}


def test_odd_sides_and_alpha_end_up_even_and_over_white(tmp_path: Path) -> None:
    path = images.write_film(tmp_path / "film.mp4", cards((31, 47), alpha=0), 10)
    found = shown(path)
    assert found.shape == (4, 32, 48, 3)
    np.testing.assert_allclose(found, 255, atol=2)


def test_webp_moves_for_ever_and_keeps_alpha(tmp_path: Path) -> None:
    path = images.write_film(tmp_path / "film.webp", cards(alpha=128), 20)
    with Image.open(path) as film:
        assert (getattr(film, "n_frames", 1), film.info["loop"], film.mode) == (4, 0, "RGBA")
        for number, colour in enumerate(COLOURS):
            film.seek(number)
            np.testing.assert_allclose(np.array(film)[16, 24], (*colour, 128), atol=6)
            assert film.info["duration"] == 50


def test_what_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileError, match=r"cannot be a '\.gif' film; use \.mp4, \.webm, \.webp"):
        images.write_film(tmp_path / "film.gif", cards(), 10)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/bin/false")
    with pytest.raises(SetupError, match=r"ffmpeg could not make a \.mp4 film"):
        images.write_film(tmp_path / "film.mp4", cards(), 10)
    assert list(tmp_path.iterdir()) == []
