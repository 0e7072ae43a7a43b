"""Files from outside are bounded before they are decoded; files of ours appear whole or not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from engine.errors import FileError

#: Largest picture that is read: 8192 x 8192. A studio needs a hundredth of that.
MOST_PIXELS = 2**26

#: Largest file that is read.
MOST_BYTES = 2**31

#: No format packs more pixels into a byte than a run of flat 1-bit rows of PNG: 8 pixels a byte,
#: deflated at most 1032 : 1 (RFC 1951: 258 bytes from 2 bits). A header that claims more lies.
MOST_PIXELS_PER_BYTE = 8 * 1032


def read_bytes(path: Path) -> bytes:
    """All bytes of a file of at most 2 GB. Raises FileError."""
    try:
        if path.is_dir():
            raise FileError("is a folder, not a picture", file=path)
        if path.stat().st_size > MOST_BYTES:
            raise FileError("is larger than 2 GB; scale the picture down", file=path)
        return path.read_bytes()
    except FileNotFoundError:
        raise FileError("there is no such picture; check the path", file=path) from None
    except (OSError, ValueError) as error:
        raise FileError(f"cannot be read ({_reason(error)})", file=path) from None


def check_size(path: Path, width: int, height: int, held: int) -> None:
    """Raise FileError unless `held` bytes may well hold a picture of that size."""
    size = f"{width} x {height} pixels"
    if width < 1 or height < 1:
        raise FileError(f"declares a picture of {size}; save it again", file=path)
    if width * height > MOST_PIXELS:
        raise FileError(f"has {size}, more than 67 million; scale it down", file=path)
    if width * height > MOST_PIXELS_PER_BYTE * held:
        raise FileError(
            f"declares {size} in {held} bytes, so it is damaged; copy or save it again", file=path
        )


def damaged(path: Path, kind: str, reason: str = "") -> FileError:
    """The error for a file that a decoder gave up on; `reason` in few words, if it is known."""
    why = f" ({reason})" if reason else ""
    return FileError(f"is a damaged or unknown kind of {kind}{why}; save it again", file=path)


def replace(path: str | Path, fill: Callable[[Path], object]) -> Path:
    """Have `fill(temporary)` write a file, then give it its name: it is there whole or not at all.

    Missing folders are made. Raises FileError when the folder cannot be written to or the disk is
    full; whatever else `fill` raises passes, with the temporary file gone.
    """
    path = Path(path)
    temporary = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise FileError("is a folder; give a file name", file=path)
        temporary.touch(exist_ok=False)
    except (OSError, ValueError) as error:  # ValueError: a name that no system can hold.
        raise _unwritable(path, error) from None
    try:
        fill(temporary)
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _unwritable(path: Path, error: OSError | ValueError) -> FileError:
    remedy = "choose a folder that you may write to, with free space"
    return FileError(f"cannot be written ({_reason(error)}); {remedy}", file=path)


def _reason(error: OSError | ValueError) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]
