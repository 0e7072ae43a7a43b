"""Render the gallery of `docs/gallery`: every family of pieces, every studio.

    python tools/gallery.py [docs/gallery] [halo pendant ...]

512 x 512 pixels, 12 samples, as JPEG, and README.md with a caption for each. Pictures that are
not named stay.
"""

import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import engine
import materials
from engine.pipeline import Settings
from engine.scene import Lens, Scene
from scenes.pieces import build

SIZE = (512, 512)
SETTINGS = Settings(spp=12)


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

    def scene(self) -> Scene:
        """What is rendered."""
        piece = build(self.piece, **self.parameters)
        made = engine.compose(
            piece,
            metal=self.metal,
            stone=self.stone,
            studio=self.studio,
            view=self.view,
            lens=Lens(f_number=self.f_number, blades=9 if self.f_number else 0),
            size=SIZE,
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
    Shot("tennis-bracelet", "tennis-bracelet", "velvet", PLATINUM, view="10/30"),
    Shot("bangle", "bangle", "sunset", view="30/28"),
)  # fmt: skip


def render(shot: Shot, folder: Path) -> Path:
    """Write one picture to `folder`, without the provenance beside it."""
    with tempfile.TemporaryDirectory(prefix="culet-") as draft:
        picture = Path(draft) / f"{shot.name}.jpg"
        engine.save(engine.render(shot.scene(), settings=SETTINGS), picture)
        return Path(shutil.copyfile(picture, folder / picture.name))


def page(folder: Path) -> str:
    """README.md: the pictures that there are, three in a row, and what they show."""
    shown = [shot for shot in SHOTS if (folder / f"{shot.name}.jpg").exists()]
    lines = ["# Gallery", "", "All from the engine, by `python tools/gallery.py`.", ""]
    for start in range(0, len(shown), 3):
        row = shown[start : start + 3]
        lines.append(" ".join(f'<img src="{s.name}.jpg" width="32%">' for s in row))
        lines += ["", *(f"- **{s.name}**: {s.caption()}" for s in row), ""]
    return "\n".join(lines)


def main(folder: Path, names: list[str]) -> None:
    """Write the pictures and the page."""
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        if shot.name in names:
            sys.stdout.write(f"{render(shot, folder)}\n")
            sys.stdout.flush()
    (folder / "README.md").write_text(page(folder), encoding="utf-8")


if __name__ == "__main__":
    where, *chosen = sys.argv[1:] or ["docs/gallery"]
    main(Path(where), chosen or [shot.name for shot in SHOTS])
