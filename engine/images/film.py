"""Pictures in motion: MP4, WebM and animated WebP."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.errors import FileError, SetupError
from engine.images.files import replace
from engine.images.writer import srgb_profile

Pixels = npt.NDArray[np.uint8]

#: What `write_film` can make.
FILMS = (".mp4", ".webm", ".webp")

#: Codec and its settings by suffix. One thread and no dates: the same bytes every time.
#: CRF: no loss that shows beside the pictures (estimated, by eye on polished gold).
_CODECS: dict[str, tuple[str, list[str]]] = {
    ".mp4": ("libx264", ["-preset", "slow", "-crf", "16", "-movflags", "+faststart"]),
    ".webm": ("libvpx-vp9", ["-b:v", "0", "-crf", "20", "-row-mt", "0"]),
}
_SAME = ["-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"]
#: Code values are sRGB; what plays films takes Rec. 709 for it, whose primaries they share.
_COLOUR = [
    "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709",
    "-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-color_range", "tv",
    "-pix_fmt", "yuv420p",
]  # fmt: skip
_REMEDY = "install imageio-ffmpeg again, or ask for .webp"
#: Of animated WebP, 0 to 100.
_QUALITY = 90


def write_film(path: str | Path, pictures: Iterable[npt.NDArray[Any]], fps: float) -> Path:
    """Write pictures as a film that is there whole or not at all; returns the path.

    path     : .mp4 (H.264), .webm (VP9) or .webp, which repeats for ever and keeps alpha.
    pictures : [H, W, 3] or [H, W, 4] uint8 sRGB code values, all of one size; taken one by one.
    Films show what is transparent over white; a side of odd length gets a pixel more, as codecs
    want.

    Raises FileError for another suffix or when it cannot be written, SetupError without ffmpeg.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FILMS:
        raise FileError(f"cannot be a '{suffix}' film; use {', '.join(FILMS)}", file=path)
    if suffix == ".webp":
        return replace(path, lambda draft: _animate(draft, pictures, fps))
    return replace(path, lambda draft: _encode(draft, pictures, fps, suffix))


def _animate(draft: Path, pictures: Iterable[npt.NDArray[Any]], fps: float) -> None:
    images = (Image.fromarray(np.ascontiguousarray(picture)) for picture in pictures)
    next(images).save(
        draft,
        "WEBP",
        save_all=True,
        append_images=images,
        duration=round(1000 / fps),
        loop=0,
        quality=_QUALITY,
        icc_profile=srgb_profile(),
    )


def _encode(draft: Path, pictures: Iterable[npt.NDArray[Any]], fps: float, suffix: str) -> None:
    frames = (_opaque(picture) for picture in pictures)
    first = next(frames)
    height, width = first.shape[:2]
    codec, settings = _CODECS[suffix]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{fps:g}"]
    # The draft's name has no suffix that would tell ffmpeg the kind of file.
    coded = ["-c:v", codec, *settings, *_SAME, *_COLOUR, "-f", suffix.lstrip("."), "-y", str(draft)]
    command = [_ffmpeg(), "-loglevel", "error", *raw, "-i", "-", *coded]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdin is not None
        assert run.stderr is not None
        try:
            with run.stdin:
                for frame in chain([first], frames):
                    run.stdin.write(frame.tobytes())
        except BrokenPipeError:  # it has ended, and says below why
            pass
        said = run.stderr.read().decode(errors="replace").strip()
    if run.returncode:
        reason = said.splitlines()[-1] if said else f"it ended with {run.returncode}"
        raise SetupError(f"ffmpeg could not make a {suffix} film ({reason}); {_REMEDY}")


def _ffmpeg() -> str:
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise SetupError(f"films need ffmpeg, and there is none; {_REMEDY}") from error


def _opaque(picture: npt.NDArray[Any]) -> Pixels:
    """[H, W, 3] of even sides, what is transparent over white."""
    if picture.shape[2] == 4:
        alpha = picture[..., 3:] / 255.0
        picture = np.rint(picture[..., :3] * alpha + 255.0 * (1 - alpha)).astype(np.uint8)
    odd = [(0, side % 2) for side in picture.shape[:2]]
    return np.ascontiguousarray(np.pad(picture, (*odd, (0, 0)), mode="edge"))
