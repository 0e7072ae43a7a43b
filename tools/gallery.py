"""Render the gallery of `docs/gallery`: every family of pieces, every studio, every cut.

    python tools/gallery.py [docs/gallery] [halo pendant cuts ...] [--spp 32] [--size 512]

JPEG, and README.md with a caption for each. Pictures that are not named stay. `cuts` is a sheet of
all cuts, loose.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

import engine
import materials
from engine import images
from engine.cad.cuts import KINDS, make
from engine.lazy import Lazy
from engine.output import Cell, contact_sheet
from engine.pipeline import Settings, render_each
from engine.scene import Lens, Scene, View
from engine.types import Part, Piece
from scenes.pieces import build

#: Of the sheet of cuts: side of a picture as part of that of the others, and pictures in a row.
TILE, COLUMNS = 0.625, 6
CUTS = "cuts"


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the design and its parameters, what it is made of, and how it is seen.

    stone : material of all stones; others : layer -> material of the stones that differ.
    """

    name: str
    piece: str
    studio: str
    metal: str = "gold-18k-yellow"
    stone: str = "diamond"
    view: str = "three-quarter"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    f_number: float | None = None

    def scene(self, size: int) -> Scene:
        """What is rendered, so many pixels square."""
        piece = build(self.piece, **self.parameters)
        made = engine.compose(
            piece,
            metal=self.metal,
            stone=self.stone,
            studio=self.studio,
            view=self.view,
            lens=Lens(f_number=self.f_number, blades=9 if self.f_number else 0),
            size=(size, size),
        )
        special = {p.name: self.others[p.layer] for p in piece.parts if p.layer in self.others}
        return replace(made, materials={**made.materials, **special})

    def caption(self) -> str:
        """One line of words."""
        stones = dict.fromkeys([self.stone, *self.others.values()])
        of = [self.metal, *stones] if self.has_stones() else [self.metal]
        said = ", ".join(materials.load(name).label for name in of)
        details = ", ".join(f"{k} {v}" for k, v in self.parameters.items())
        return f"`{self.piece}` {details}: {said}; studio `{self.studio}`"

    def has_stones(self) -> bool:
        """Whether the piece has stones or pearls to speak of."""
        return self.piece not in ("plain-band", "signet", "chain", "pearl-strand")


WHITE, ROSE, PLATINUM = "gold-18k-white", "gold-18k-rose", "platinum-950"

SHOTS = (
    Shot("solitaire", "solitaire", "tent", view="30/22", parameters={"prongs": 6}),
    Shot("cathedral-oval", "solitaire", "window", PLATINUM, view="35/28",
         parameters={"cut": "oval", "stone_mm": 6.0, "cathedral": True}),
    Shot("solitaire-pear", "solitaire", "gradient", ROSE, view="25/40",
         parameters={"cut": "pear", "stone_mm": 5.5}),
    Shot("solitaire-princess", "solitaire", "velvet", WHITE, view="35/30",
         parameters={"cut": "princess", "stone_mm": 5.5}),
    Shot("halo-cushion", "halo", "gradient", WHITE, "sapphire", "20/42",
         {"cut": "cushion"}, {"melee": "diamond"}),
    Shot("halo-round", "halo", "macro", PLATINUM, view="15/35", f_number=11.0),
    Shot("three-stone", "three-stone", "counter", PLATINUM, "diamond", "15/38",
         {"cut": "emerald", "stone_mm": 5.2, "side_cut": "tapered-baguette"}),
    Shot("three-stone-round", "three-stone", "fire", WHITE, view="20/30"),
    Shot("bezel-cabochon", "bezel", "sunset", view="30/30", stone="ruby",
         parameters={"cut": "cabochon"}),
    Shot("bezel-marquise", "bezel", "window", ROSE, "sapphire", "30/40",
         {"cut": "marquise", "stone_mm": 4.5, "ratio": 2.0}),
    Shot("eternity-prong", "eternity", "velvet", PLATINUM, view="25/25"),
    Shot("eternity-channel", "eternity", "tent", view="30/25",
         parameters={"setting": "channel", "cut": "princess"}),
    Shot("pave-band", "pave-band", "macro", ROSE, view="20/30"),
    Shot("melee-ring", "melee-ring", "fire", PLATINUM, view="20/40"),
    Shot("signet", "signet", "window", view="25/35"),
    Shot("plain-band", "plain-band", "sunset", view="40/25"),
    Shot("stud", "stud", "velvet", WHITE, view="front", parameters={"pair": True}),
    Shot("hoop", "hoop", "gradient", view="40/18", parameters={"pair": True}),
    Shot("pendant-laid", "pendant", "counter", WHITE, view="0/55",
         parameters={"cut": "pear"}),
    Shot("pendant-heart", "pendant", "gradient", ROSE, "ruby", "0/10",
         {"cut": "heart", "display": "stand"}),
    Shot("chain-curb", "chain", "macro", view="20/30",
         parameters={"style": "curb", "length_mm": 200.0}),
    Shot("chain-rope", "chain", "tent", view="10/35",
         parameters={"style": "rope", "length_mm": 180.0}),
    Shot("pearl-strand", "pearl-strand", "tent", view="0/40"),
    Shot("drop-earring", "drop-earring", "gradient", ROSE, "ruby", "24/12",
         {"cut": "pear", "stone_mm": 5.5, "pair": True}),
    Shot("tennis-bracelet", "tennis-bracelet", "velvet", PLATINUM, view="10/30"),
    Shot("bangle", "bangle", "sunset", view="30/28"),
)  # fmt: skip


def render(shot: Shot, folder: Path, size: int, settings: Settings) -> Path:
    """Write one picture to `folder`, without the provenance beside it."""
    with tempfile.TemporaryDirectory(prefix="culet-") as draft:
        picture = Path(draft) / f"{shot.name}.jpg"
        engine.save(engine.render(shot.scene(size), settings=settings), picture)
        return Path(shutil.copyfile(picture, folder / picture.name))


def loose(cut: str) -> Piece:
    """A stone of a cut, face up, its lowest point on the ground."""
    mesh = make(cut, width=6.0).mesh()
    place = np.eye(4)
    place[2, 3] = -mesh.vertices[:, 2].min()
    return Piece((mesh,), (Part("stone", 0, place, "stone"),), "stone", cut)


def cuts(folder: Path, size: int, settings: Settings) -> Path:
    """Write the sheet of all cuts to `folder`."""
    kinds = tuple(KINDS.values())
    tile = (round(TILE * size),) * 2

    def scene(i: int) -> Scene:
        of = "sapphire" if kinds[i].smooth else "diamond"
        view = View(0.0, 68.0)
        return engine.compose(loose(kinds[i].name), stone=of, studio="tent", view=view, size=tile)

    pictures = render_each(Lazy(len(kinds), scene), settings)
    cells = [Cell.of(picture, kind.title) for picture, kind in zip(pictures, kinds, strict=True)]
    note = "Loose stones of usual proportions, each 6 mm wide."
    out = folder / f"{CUTS}.jpg"
    images.write(out, contact_sheet(cells, title="Cuts", note=note, columns=COLUMNS))
    return out


def page(folder: Path) -> str:
    """README.md: the pictures that there are, three in a row, and what they show."""
    shown = [shot for shot in SHOTS if (folder / f"{shot.name}.jpg").exists()]
    lines = ["# Gallery", "", "All from the engine, by `python tools/gallery.py`.", ""]
    if (folder / f"{CUTS}.jpg").exists():
        lines += [f'<img src="{CUTS}.jpg" width="98%">', "", "- **cuts**: all cuts, loose", ""]
    for start in range(0, len(shown), 3):
        row = shown[start : start + 3]
        lines.append(" ".join(f'<img src="{s.name}.jpg" width="32%">' for s in row))
        lines += ["", *(f"- **{s.name}**: {s.caption()}" for s in row), ""]
    return "\n".join(lines)


def main() -> None:
    """Write the pictures and the page."""
    shots = {shot.name: shot for shot in SHOTS}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/gallery"))
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join([*shots, CUTS]))
    parser.add_argument("--spp", type=int, default=32)
    parser.add_argument("--size", type=int, default=512)
    given = parser.parse_args()
    for name in given.names:
        if name not in (*shots, CUTS):
            parser.error(f"'{name}' is no picture of the gallery")
    given.folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(spp=given.spp)
    for name in given.names or [*shots, CUTS]:
        if name == CUTS:
            path = cuts(given.folder, given.size, settings)
        else:
            path = render(shots[name], given.folder, given.size, settings)
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()
    (given.folder / "README.md").write_text(page(given.folder), encoding="utf-8")


if __name__ == "__main__":
    main()
