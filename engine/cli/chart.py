"""`culet materials --chart`: swatches of materials on one labelled sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.sheets import Heading, Shot, develop, file_names, plan_sheet
from engine.lazy import Lazy
from engine.pipeline import Settings, render_each

if TYPE_CHECKING:
    from scenes.swatches import Swatch

#: Pixels of a swatch, when nothing is said of its size.
SIZE = (192, 192)

_TITLES = {
    None: "Materials",
    "metal": "Metals",
    "gem": "Stones",
    "organic": "Organics",
    "opaque": "Opaque stones",
}


def chart(
    names: Sequence[str], kind: str | None, size: tuple[int, int], settings: Settings, out: Path
) -> None:
    """Render a swatch of each material, and the sheet of them.

    names : library names or YAML files; none is all of `kind`, or of the library.
    out   : the sheet, its pictures in the folder of that name, or a folder for both.
    Raises MaterialError for a name that is not known.
    """
    import materials
    from scenes.swatches import Swatch, ordered

    chosen = list(dict.fromkeys(names)) or materials.names(kind)
    swatches = [Swatch.of(name) for name in ordered(chosen)]
    draw(swatches, Heading(_TITLES[kind]), size, settings, out)


def draw(
    swatches: Sequence[Swatch],
    heading: Heading,
    size: tuple[int, int],
    settings: Settings,
    out: Path,
) -> None:
    """Render swatches in their order, and the sheet of them."""
    target = plan_sheet(out, "chart")
    files = file_names([swatch.lines[-1] for swatch in swatches])
    shots = [
        Shot(file, swatch.lines, {"material": swatch.material})
        for file, swatch in zip(files, swatches, strict=True)
    ]
    pictures = render_each(Lazy(len(swatches), lambda i: swatches[i].scene(size)), settings)
    develop(pictures, shots, heading, target)
