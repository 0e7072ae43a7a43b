"""The command `culet`, on top of everything else.

app       the commands and how they are called        options  what may be given, and reads it
render    files in, pictures out                      targets  where the pictures go
show      info, studios, doctor                       console  errors, progress, exit codes
library   materials: list, search                     importing  materials from other files
chart     swatches of materials                       sheets     many pictures and their sheet
check     what of a piece cannot be made
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. argv : see `engine.cli.app.main`.

    An interruption while the commands are still being imported is no defect either.
    """
    # Torch's threads would spin at every barrier and, beside any other job, halve the machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        from engine.cli.app import main as run

        return run(argv)
    except KeyboardInterrupt:
        sys.stderr.write("culet: interrupted.\n")
        return 130
