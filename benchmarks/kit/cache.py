"""Where the kit keeps what takes long to compute: outside the repository."""

from __future__ import annotations

import os
from pathlib import Path


def folder(name: str) -> Path:
    """The folder `name` in $CULET_CACHE (~/.cache/culet where that is not set), made if needed."""
    home = os.environ.get("CULET_CACHE") or Path.home() / ".cache" / "culet"
    path = Path(home) / name
    path.mkdir(parents=True, exist_ok=True)
    return path
