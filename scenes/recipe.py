"""What a sampled scene is made of, before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from engine.cad.cuts import KINDS
from engine.scene import Ground, Lens, Scene, Studio, View, compose
from engine.types import Piece
from scenes.pieces.design import Design

Split = Literal["training", "validation", "held-out"]


@dataclass(frozen=True)
class Recipe:
    """A scene as parameters; the same recipe gives the same scene.

    seed, split : where it was drawn. piece : name of the design in `scenes.pieces`.
    design : its parameters. metal : material of all metal.
    stones : layer of the piece -> material of its stones; "" is that of all other layers.
    finish : of all metal, as `materials.finish` reads it.
    rig : name of the studio, or type of the random rig. ground : None is the studio's own.
    studio, view, lens : as composed.
    """

    seed: int
    split: Split
    piece: str
    design: Design
    metal: str
    stones: Mapping[str, str]
    rig: str
    studio: Studio
    ground: Ground | None
    view: View
    lens: Lens
    finish: str = "polished"

    @property
    def cuts(self) -> tuple[str, ...]:
        """Cuts that the design names, sorted; designs that name none hold rounds, or no stone."""
        named = {
            value
            for parameter in self.design.parameters()
            if set(parameter.choices) & set(KINDS)
            for value in (getattr(self.design, parameter.name),)
            if value in KINDS
        }
        return tuple(sorted(named))

    def build(self) -> Piece:
        """The piece. Raises GeometryError where the design's parameters do not go together."""
        return self.design.build()

    def scene(self, size: tuple[int, int] = (256, 256), piece: Piece | None = None) -> Scene:
        """The scene; `piece` where it is built already. size : (width, height) in pixels."""
        built = self.build() if piece is None else piece
        dressed = compose(
            built,
            metal=self.metal,
            stone=self.stones[""],
            studio=self.studio,
            ground=self.ground,
            view=self.view,
            lens=self.lens,
            size=size,
            seed=self.seed,
            finish=self.finish,
        )
        chosen = {
            part.name: self.stones[part.layer]
            for part in built.parts
            if part.role == "stone" and part.layer in self.stones
        }
        return replace(dressed, materials={**dressed.materials, **chosen})

    def to_json(self) -> dict[str, Any]:
        """JSON values: what a manifest says of the scene."""
        return {
            "seed": self.seed,
            "split": self.split,
            "piece": self.piece,
            "parameters": {p.name: getattr(self.design, p.name) for p in self.design.parameters()},
            "metal": self.metal,
            "finish": self.finish,
            "stones": dict(self.stones),
            "rig": self.rig,
            "ground": None if self.ground is None else asdict(self.ground),
            "view": asdict(self.view),
            "lens": asdict(self.lens),
        }
