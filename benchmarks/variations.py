"""How long does a picture of `culet variations` take? Twenty at 512 x 512 and 8 spp, warm.

Run as `python -m benchmarks.variations`, with `--count 2` to see that it works. The command itself
runs, in this process and once before to load libraries and to compile kernels; each design is
built, composed, traced, refined, finished and written. Nothing else should run beside it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.record import RESULTS, write
from engine.cli.app import main as culet

SEED = 7


def seconds(piece: str, count: int, pixels: int) -> float:
    """Wall time of the command, whose sheet and pictures are thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        argv = ["variations", piece, "--count", str(count), "--seed", str(SEED)]
        since = time.perf_counter()
        code = culet([*argv, "--pixels", str(pixels), "-o", f"{folder}/sheet.png"])
        if code:
            raise SystemExit(code)
        return time.perf_counter() - since


def main() -> None:
    """Measure, print, and write one results file for this machine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--piece", default="solitaire")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--pixels", type=int, default=512)
    parser.add_argument("--out", type=Path, default=RESULTS / "variations.json")
    given = parser.parse_args()
    first = seconds(given.piece, 1, given.pixels)
    each = seconds(given.piece, given.count, given.pixels) / given.count
    print(f"first {first:.2f} s, then {each:.2f} s a picture")
    result = {"first_s": round(first, 3), "warm_s_each": round(each, 3)}
    command = f"python -m benchmarks.variations --piece {given.piece} --count {given.count}"
    write(given.out, (__doc__ or "").splitlines()[0], f"{command} --pixels {given.pixels}", result)


if __name__ == "__main__":
    main()
