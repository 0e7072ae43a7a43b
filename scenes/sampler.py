"""Random scenes: a piece, what it is made of, a studio or a random rig, and a camera, by a seed.

Three splits never share a design or a rig: a hash of its parameters says to which split a design
belongs, random rigs come from random numbers of their own, and every named studio belongs to one
split. What a network has not seen is asked of the held-out
split alone: one cut, one variety of stone and one type of rig occur nowhere else, and each of its
scenes has at least one of the three.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TypeVar, get_args

import numpy as np

import materials
from engine.cad.cuts import KINDS
from engine.errors import SceneError
from engine.scene import Ground, Lens, Scene, Studio, View, load_studio
from engine.scene.model import GroundKind
from scenes.pieces import PIECES
from scenes.pieces.design import Design
from scenes.recipe import Recipe, Split
from scenes.rigs import RIG_TYPES, RigType, random_rig

T = TypeVar("T")

SPLITS: tuple[Split, ...] = ("training", "validation", "held-out")

#: The share of all designs that each split takes; the rest is the last one's.
DESIGNS = (0.7, 0.15)

#: What only the held-out split shows.
HELD_OUT_CUT, HELD_OUT_STONE = "radiant", "emerald"
HELD_OUT_RIG: RigType = "ring-light"

GROUNDS: tuple[GroundKind, ...] = get_args(GroundKind)

#: The named studios of each split.
STUDIOS: dict[Split, tuple[str, ...]] = {
    "training": ("tent", "fire", "gradient", "velvet", "window"),
    "validation": ("counter",),
    "held-out": ("macro", "sunset"),
}

#: How often a piece is drawn, relative to 1: stones are what is hard to render.
WEIGHTS = {"plain-band": 0.4, "signet": 0.4, "chain": 0.5, "pearl-strand": 0.5, "bangle": 0.5,
           "solitaire": 2.0, "halo": 1.5, "three-stone": 1.5, "bezel": 1.5}  # fmt: skip

#: How often metal is finished how (estimated), and how often the brush went away from the middle.
FINISHES = {"polished": 0.5, "satin": 0.1, "brushed": 0.12, "matte": 0.06, "sandblasted": 0.04,
            "hammered": 0.06, "worn": 0.12}  # fmt: skip
#: The same for training: of few scenes, what is rare would be none.
TAUGHT = {"polished": 0.3, "satin": 0.12, "brushed": 0.18, "matte": 0.1, "sandblasted": 0.1,
          "hammered": 0.08, "worn": 0.12}  # fmt: skip
RADIAL = 0.25

#: Chances: of a named studio instead of a random rig, of a lens that is not sharp everywhere, of
#: diamond in a layer of stones, of each of the three novelties in a held-out scene.
NAMED, BLURRED, DIAMOND, NOVEL = 0.4, 0.25, 0.55, 0.5


def sample(seed: int, split: Split = "training", *, size: tuple[int, int] = (256, 256)) -> Scene:
    """The scene of a seed; the same seed and split give the same scene.

    size : (width, height) in pixels. Raises SceneError for a negative seed or an unknown split.
    """
    return draw(seed, split).scene(size)


def draw(seed: int, split: Split = "training") -> Recipe:
    """What the scene of a seed is made of; raises as `sample`."""
    if seed < 0:
        raise SceneError(f"the seed is {seed}; give a whole number from 0 up")
    if split not in SPLITS:
        raise SceneError(f"no split is called '{split}'; choose one of {', '.join(SPLITS)}")
    rng = np.random.default_rng([SPLITS.index(split), seed])
    cut, stone, rig = _novelties(rng) if split == "held-out" else (False, False, False)
    cuts = [name for name in KINDS if name != HELD_OUT_CUT]
    name = _piece(rng, novel=cut)
    design = _design(rng, split, name, [HELD_OUT_CUT, "round"] if cut else cuts)
    label, studio = _studio(rng, split, novel=rig)
    return Recipe(
        seed=seed,
        split=split,
        piece=name,
        design=design,
        metal=_one(rng, materials.names("metal")),
        stones=_stones(rng, novel=stone),
        rig=label,
        studio=studio,
        ground=_ground(rng),
        view=_view(rng),
        lens=_lens(rng),
        # By numbers of its own: designs and rigs are what they were before there were finishes.
        finish=_finish(np.random.default_rng([SPLITS.index(split), seed, 1]), split),
    )


def _novelties(rng: np.random.Generator) -> tuple[bool, bool, bool]:
    """Which of cut, stone and rig are new to a network; at least one."""
    novel = rng.uniform(size=3) < NOVEL
    novel[int(rng.integers(3))] = True
    return bool(novel[0]), bool(novel[1]), bool(novel[2])


def _piece(rng: np.random.Generator, novel: bool) -> str:
    """A design; one that can hold the held-out cut where that is asked for."""
    known = [name for name in PIECES if not novel or _holds(name, HELD_OUT_CUT)]
    weight = np.array([WEIGHTS.get(name, 1.0) for name in known])
    return known[int(rng.choice(len(known), p=weight / weight.sum()))]


def _design(rng: np.random.Generator, split: Split, name: str, cuts: Sequence[str]) -> Design:
    """The first design drawn that belongs to the split: many are drawn, for one is soon made."""
    while True:
        design = PIECES[name].draw(rng, cuts)
        if split_of(name, design) == split:
            return design


def split_of(name: str, design: Design) -> Split:
    """The split to which a design belongs."""
    told = json.dumps([name, asdict(design)], sort_keys=True, default=repr)
    part = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8]) / 2.0**64
    return SPLITS[int(np.searchsorted(np.cumsum(DESIGNS), part, side="right"))]


def _holds(name: str, cut: str) -> bool:
    return any(cut in parameter.choices for parameter in PIECES[name].parameters())


def _stones(rng: np.random.Generator, novel: bool) -> dict[str, str]:
    """Materials of the layers: melee and side stones are diamonds more often than not."""
    seen = [name for name in materials.names("gem") if name != HELD_OUT_STONE]

    def variety() -> str:
        return "diamond" if rng.uniform() < DIAMOND else _one(rng, seen)

    centre, side, melee = variety(), variety(), variety()
    if novel:
        centre = HELD_OUT_STONE
    return {"": centre, "centre stone": centre, "side stones": side, "melee": melee}


def _studio(rng: np.random.Generator, split: Split, novel: bool) -> tuple[str, Studio]:
    """A studio and what it is called."""
    if novel:
        studio = random_rig(rng, HELD_OUT_RIG)
        return studio.name, studio
    if rng.uniform() < NAMED:
        name = _one(rng, STUDIOS[split])
        return name, load_studio(name)
    kind = _one(rng, [name for name in RIG_TYPES if name != HELD_OUT_RIG])
    studio = random_rig(rng, kind)
    return studio.name, studio


def _ground(rng: np.random.Generator) -> Ground | None:
    """None, for the studio's own, or another one."""
    if rng.uniform() < 0.5:
        return None
    kind = _one(rng, GROUNDS)
    albedo = float(rng.uniform(0.02, 0.2) if kind == "mirror" else rng.uniform(0.02, 0.9))
    return Ground(kind, round(albedo, 3))


def _view(rng: np.random.Generator) -> View:
    """From any side, rather from a little above than from high up."""
    azimuth = float(rng.uniform(-180.0, 180.0))
    elevation = 75.0 * float(rng.beta(1.5, 2.5)) + 5.0
    return View(azimuth, elevation, fill=float(rng.uniform(0.7, 0.98)), name="sampled")


def _lens(rng: np.random.Generator) -> Lens:
    """A short to long telephoto, sharp everywhere or as the diaphragm has it."""
    focal = float(rng.uniform(60.0, 150.0))
    if rng.uniform() >= BLURRED:
        return Lens(focal)
    return Lens(
        focal,
        f_number=float(rng.choice([4.0, 5.6, 8.0, 11.0, 16.0])),
        blades=int(rng.choice([0, 7, 9])),
        blade_turn_deg=float(rng.uniform(0.0, 360.0)),
    )


def _finish(rng: np.random.Generator, split: Split) -> str:
    """As shops show metal, polished more often than not, or as training needs it."""
    chances = TAUGHT if split == "training" else FINISHES
    kind = str(rng.choice(list(chances), p=list(chances.values())))
    seed = int(rng.integers(1000))
    if kind == "brushed" and rng.uniform() < RADIAL:
        return f"brushed:radial#{seed}"
    if kind == "hammered":
        return f"hammered:{rng.uniform(1.4, 2.6):.2f}#{seed}"
    if kind == "worn":
        return f"worn:{rng.uniform(0.1, 0.9):.2f}#{seed}"
    return f"{kind}#{seed}"


def _one(rng: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(len(choices)))]
