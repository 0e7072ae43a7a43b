"""`culet variations`: random designs of one piece, in random metals and stones, on one sheet."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli import options as opt
from engine.cli.console import attempt
from engine.cli.designs import Choice, flag, values, width_of
from engine.cli.piece import Carat
from engine.cli.sheets import Heading, Shot, develop, plan_sheet
from engine.cli.vary import SIZE, OneView, Title, listed, look_of
from engine.errors import SceneError
from engine.lazy import Lazy
from engine.pipeline import Settings, render_each

if TYPE_CHECKING:
    from engine.scene import Scene
    from scenes.pieces.design import Design

#: Seeds of designs that one seed of a sheet stands for; no sheet holds more.
SEEDS = 1000

#: How often a stone is a diamond where nothing is said of stones (estimated, as shops have it).
DIAMONDS = 0.5

Count = Annotated[
    int,
    typer.Option(
        "--count",
        help="How many. \\[12]",
        min=1,
        max=SEEDS,
        rich_help_panel=opt.OUTPUT,
        show_default=False,
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        help="Which ones; another number shows others. \\[0]",
        min=0,
        max=(2**32 - 1) // SEEDS - 1,
        rich_help_panel=opt.OUTPUT,
        show_default=False,
    ),
]
Metals = Annotated[
    str | None, opt.several("--metal", "Metals to draw from, with commas between. [all]")
]
Stones = Annotated[
    str | None, opt.several("--stone", "Stones to draw from, with commas between. [all]")
]
Pixels = Annotated[  # `--size` is that of a ring
    str | None,
    typer.Option(
        "--pixels",
        help="Size of each picture, or one number. \\[512x512]",
        metavar="WxH",
        rich_help_panel=opt.LOOK,
        show_default=False,
    ),
]
Out = Annotated[Path | None, opt.sheet("DESIGN-variations.png")]


@dataclass(frozen=True)
class Variation:
    """A random design in random materials.

    seed : what `culet piece` draws the same design from.
    """

    seed: int
    design: Design
    metal: str
    stone: str


def variations(
    choice: Choice,
    count: Count = 12,
    seed: Seed = 0,
    carat: Carat = None,
    metal: Metals = None,
    stone: Stones = None,
    studio: opt.StudioName = None,
    view: OneView = None,
    pixels: Pixels = None,
    spp: opt.Spp = 8,
    device: opt.DeviceName = opt.Device.auto,
    caustics: opt.CausticsBudget = opt.Caustics.fast,
    refiner: opt.RefinerName = opt.Refiner.neural,
    no_refine: opt.NoRefine = False,
    title: Title = None,
    out: Out = None,
    debug: opt.Debug = False,
) -> int:
    """Draw and render designs; parameters that are given stay as given."""

    def work() -> None:
        from engine.scene.studios import load_studio

        light = load_studio(studio or "tent")
        look = {"size": SIZE, **look_of(view, pixels, None, "--pixels"), "studio": light}
        settings = Settings(
            spp=spp,
            device=device.value,
            caustics=caustics.value,
            refine=not no_refine,
            refiner=refiner.value,
        )
        target = plan_sheet(out, f"{choice.name}-variations")
        metals, stones = listed("--metal", metal), listed("--stone", stone)
        seeds = range(SEEDS * seed, SEEDS * seed + count)
        drawn = [_drawn(choice, number, carat, metals, stones) for number in seeds]
        pictures = render_each(Lazy(count, lambda i: _scene(drawn[i], look)), settings)
        heading = Heading(title or f"{choice.name}, {count} variations", light.title or light.name)
        develop(pictures, [_shot(choice, variation, carat) for variation in drawn], heading, target)

    return attempt(work, debug=debug)


def _drawn(
    choice: Choice,
    seed: int,
    carat: float | None,
    metals: Sequence[str],
    stones: Sequence[str],
) -> Variation:
    """The variation of a seed."""
    import numpy as np

    import materials

    try:
        design = choice.make(seed, carat)
    except SceneError as error:
        raise SceneError(f"seed {seed}: {error}") from None
    rng = np.random.default_rng([seed, 1])  # apart from the design's own numbers
    plain = not stones and rng.random() < DIAMONDS
    among = ("diamond",) if plain else stones or materials.names("gem")
    return Variation(
        seed,
        design,
        metal=str(rng.choice(list(metals or materials.names("metal")))),
        stone=str(rng.choice(list(among))),
    )


def _scene(variation: Variation, look: dict[str, Any]) -> Scene:
    from engine.scene import compose

    piece = variation.design.build()
    return compose(piece, metal=variation.metal, stone=variation.stone, **look)


def _shot(choice: Choice, variation: Variation, carat: float | None) -> Shot:
    """Words and record of a variation: what it is of, and how to have it again."""
    import materials

    told = values(variation.design)
    width = width_of(choice.design)
    words = [materials.load(variation.metal).label]
    if width is not None:
        cut = f"{told['cut']}, " if "cut" in told else ""
        size = f"{told['carat']:.2f} ct" if "carat" in told else f"{told[width]:.3g} mm"
        words.append(f"{materials.load(variation.stone).label}, {cut}{size}")
    words.append(f"seed {variation.seed}")
    record = {
        "design": choice.name,
        "seed": variation.seed,
        "parameters": told,
        "metal": variation.metal,
        "stone": variation.stone,
        "again": _command(choice, variation.seed, carat),
    }
    return Shot(f"{choice.name}-{variation.seed}", tuple(words), record)


def _command(choice: Choice, seed: int, carat: float | None) -> str:
    """The command that makes the design's CAD file."""
    argv = ["culet", "piece", choice.name, "--seed", str(seed)]
    for name, value in choice.given.items():
        if isinstance(value, bool):
            argv.append(flag(name) if value else f"--no-{flag(name)[2:]}")
        else:
            argv += [flag(name), str(value)]
    if carat is not None:
        argv += ["--carat", str(carat)]
    return shlex.join([*argv, "-o", f"{choice.name}-{seed}.3dm"])
