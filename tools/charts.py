"""Render the charts of `docs/materials`: metals, their finishes, and stones with organics.

    python tools/charts.py [docs/materials] [metals finishes stones]

Swatches of 176 x 176 pixels, 24 samples, on one sheet for each chart, and README.md with the
charts that there are.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import materials
from engine import images
from engine.lazy import Lazy
from engine.output import Cell, contact_sheet
from engine.pipeline import Settings, render_each
from materials.finishes import KINDS as FINISHES
from scenes.swatches import EXPOSURE, Swatch, ordered

SIZE = (176, 176)
SETTINGS = Settings(spp=24, exposure=EXPOSURE)

#: What every finish is shown on, and with what after its name.
FINISHED = ("gold-18k-yellow", "gold-18k-rose", "platinum-950", "silver-925-oxidised")
AMOUNTS = {"hammered": "hammered:1.6", "worn": "worn:0.7"}


@dataclass(frozen=True)
class Chart:
    """A chart: its file, what stands above it, its swatches row by row, and how many in a row."""

    name: str
    title: str
    swatches: tuple[Swatch, ...]
    columns: int

    def write(self, folder: Path) -> Path:
        """Render the swatches and write the sheet."""
        pictures = render_each(
            Lazy(len(self.swatches), lambda i: self.swatches[i].scene(SIZE)), SETTINGS
        )
        cells = []
        for i, swatch in enumerate(self.swatches):
            cells.append(Cell.of(pictures[i], *swatch.lines))
            sys.stderr.write(f"{self.name}: {i + 1} of {len(self.swatches)}\n")
        sheet = contact_sheet(cells, title=self.title, columns=self.columns)
        path = folder / f"{self.name}.jpg"
        images.write(path, sheet)
        return path


def _by_number(name: str) -> list[str]:
    """Key to sort by that puts 9k before 10k."""
    return [part.zfill(4) for part in re.findall(r"\d+|\D+", name)]


def charts() -> tuple[Chart, ...]:
    """All charts."""
    finished = tuple(
        Swatch(metal, (kind, materials.load(metal).label), AMOUNTS.get(kind, kind))
        for metal in FINISHED
        for kind in FINISHES
    )
    metals = tuple(map(Swatch.of, sorted(materials.names("metal"), key=_by_number)))
    stones = ordered(
        [*materials.names("gem"), *materials.names("opaque"), *materials.names("organic")]
    )
    return (
        Chart("metals", "Metals, polished", metals, 6),
        Chart("finishes", "Finishes", finished, len(FINISHES)),
        Chart("stones", "Stones and organics", tuple(map(Swatch.of, stones)), 6),
    )


def main() -> None:
    """Write the charts that are named, or all, and their page."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/materials")
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Materials", "", "Rendered by `tools/charts.py`; sources by `culet materials`.", ""]
    for chart in charts():
        if chart.name in sys.argv[2:] or not sys.argv[2:]:
            chart.write(folder)
        if (folder / f"{chart.name}.jpg").exists():
            lines += [f"## {chart.title}", "", f"![{chart.title}]({chart.name}.jpg)", ""]
    (folder / "README.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
