"""Render the chart pages of `docs/materials`: metals, and stones with organics.

    python tools/charts.py [docs/materials] [metals stones]

Swatches of 256 x 256 pixels, 32 samples, on one sheet for each chart, and README.md with both.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import materials
from engine import images
from engine.output import Cell, contact_sheet
from engine.pipeline import Settings, render_each
from engine.types import Lazy
from scenes.swatches import EXPOSURE, Swatch, ordered

SIZE = (256, 256)
SETTINGS = Settings(spp=32, exposure=EXPOSURE)


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


def charts() -> tuple[Chart, ...]:
    """Both pages."""
    metals = tuple(Swatch.of(name) for name in materials.names("metal"))
    stones = ordered(
        [*materials.names("gem"), *materials.names("opaque"), *materials.names("organic")]
    )
    return (
        Chart("metals", "Metals", metals, 5),
        Chart("stones", "Stones and organics", tuple(map(Swatch.of, stones)), 6),
    )


def main() -> None:
    """Write the charts that are named, or both, and their page."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/materials")
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Materials", "", "Rendered by `tools/charts.py`; sources by `culet materials`.", ""]
    for chart in charts():
        if chart.name in sys.argv[2:] or not sys.argv[2:]:
            chart.write(folder)
        lines += [f"## {chart.title}", "", f"![{chart.title}]({chart.name}.jpg)", ""]
    (folder / "README.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
