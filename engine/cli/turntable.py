"""`culet turntable`: all round a piece, as pictures, films and a page to turn it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from engine.cli import options as opt
from engine.cli.console import attempt, progress_bars, tell
from engine.cli.inputs import scene_of, wanted
from engine.cli.library import warn_of_materials
from engine.cli.targets import check_folder
from engine.errors import InputError
from engine.pipeline import Clock, Settings

if TYPE_CHECKING:
    from engine.scene import Scene, View
    from engine.trace import Workbench
    from engine.types import Progress

TURN = "The turn"
#: Pixels of a view, and of the still that the page shows when it is enlarged, times as many.
SIZE, CLOSER = (800, 800), 2
ELEVATION = 20.0
#: Fields of a name.
FIELDS = ("piece", "row", "number")


class Kind(StrEnum):
    """Kinds of pictures that a page can show."""

    png = "png"
    jpg = "jpg"
    webp = "webp"


class Film(StrEnum):
    """Kinds of films."""

    mp4 = "mp4"
    webm = "webm"
    webp = "webp"


ViewCount = Annotated[int, opt.option("--views", "In each row. [36]", TURN, min=1, max=3600)]
Elevations = Annotated[
    list[float] | None,
    opt.option(
        "--elevation", "Degrees above the ground; repeat for more rows. [20]", TURN, metavar="DEG"
    ),
]
Start = Annotated[float, opt.option("--start", "Azimuth of the first view, degrees. [0]", TURN)]
Arc = Annotated[
    float,
    opt.option("--arc", "Degrees of the whole turn; negative turns the other way. [360]", TURN),
]
Rock = Annotated[
    float | None,
    opt.option(
        "--rock",
        "Stand still at --start, and sway the light by so many degrees to both sides.",
        TURN,
        metavar="DEG",
    ),
]
Films = Annotated[
    list[Film] | None, opt.option("--film", "mp4, webm or webp; repeat for more.", opt.OUTPUT)
]
Fps = Annotated[
    float,
    opt.option(
        "--fps", "Views per second, of films and the page. [12]", opt.OUTPUT, min=0.5, max=120
    ),
]
Template = Annotated[
    str | None,
    opt.option(
        "--name",
        "Of a picture, with {piece}, {row} and {number}. [{number}, or {row}-{number}]",
        opt.OUTPUT,
        metavar="TEMPLATE",
    ),
]
First = Annotated[int, opt.option("--first", "Number of the first picture. [1]", opt.OUTPUT, min=0)]
Digits = Annotated[
    int, opt.option("--digits", "Of a number, at least. [as needed]", opt.OUTPUT, min=0, max=12)
]
NoPage = Annotated[bool, opt.option("--no-page", "Leave out spin.html.", opt.OUTPUT)]
Out = Annotated[Path | None, opt.option("-o --out", "The folder. [FILE-spin]", opt.OUTPUT)]
Size = Annotated[
    str | None, opt.option("--size", "Pixels, or one number. [800x800]", opt.LOOK, metavar="WxH")
]


@dataclass(frozen=True)
class Turn:
    """What is made.

    rows : views of each row. names : of their files. suffix : of pictures. films : suffixes.
    loop : the last view is one step before the first. page : whether there is one.
    """

    rows: tuple[tuple[View, ...], ...]
    names: tuple[tuple[str, ...], ...]
    suffix: str
    films: tuple[str, ...]
    fps: float
    loop: bool
    sense: int
    page: bool


def turntable(
    file: opt.File,
    views: ViewCount = 36,
    elevation: Elevations = None,
    start: Start = 0.0,
    arc: Arc = 360.0,
    rock: Rock = None,
    metal: opt.Metal = None,
    stone: opt.Stone = None,
    studio: opt.StudioName = None,
    ground: opt.Ground = None,
    size: Size = None,
    exposure: opt.Exposure = "auto",
    look: opt.LookName = opt.Look.photo,
    transparent: opt.Transparent = False,
    finish: opt.Finish = None,
    clarity: opt.Clarity = None,
    hdri: opt.Hdri = None,
    hdri_rotation: opt.HdriRotation = None,
    hdri_strength: opt.HdriStrength = None,
    assign: opt.Assign = None,
    mapping: opt.Mapping = None,
    scale: opt.Scale = None,
    unit: opt.Unit = None,
    ring_size: opt.RingSize = None,
    up: opt.Up = None,
    no_pose: opt.NoPose = False,
    force: opt.Force = False,
    spp: opt.Spp = 8,
    seed: opt.Seed = None,
    device: opt.DeviceName = opt.Device.auto,
    caustics: opt.CausticsBudget = opt.Caustics.fast,
    refiner: opt.RefinerName = opt.Refiner.neural,
    no_refine: opt.NoRefine = False,
    out: Out = None,
    kind: Annotated[Kind, opt.option("--format", "Of pictures. [png]", opt.OUTPUT)] = Kind.png,
    name: Template = None,
    first: First = 1,
    digits: Digits = 0,
    film: Films = None,
    fps: Fps = 12.0,
    no_page: NoPage = False,
    debug: opt.Debug = False,
) -> int:
    """Render a piece from all round. Interrupted, the same command goes on where it stopped."""

    def work() -> None:
        reading = opt.read_loading(
            assign, mapping, scale, unit, ring_size, up, pose=not no_pose, force=force
        )
        chosen = wanted(
            reading,
            metal=metal,
            stone=stone,
            studio=studio,
            ground=ground,
            transparent=transparent,
            size=SIZE if size is None else opt.read_size(size),
            finish=finish,
            clarity=clarity,
            hdri=hdri,
            hdri_rotation_deg=hdri_rotation,
            hdri_strength=hdri_strength,
            seed=seed,
        )
        settings = Settings(
            spp=spp,
            device=device.value,
            caustics=caustics.value,
            refine=not no_refine,
            refiner=refiner.value,
            exposure=opt.read_exposure(exposure),
            look=look.value,
        )
        rows = _rows(views, elevation or [ELEVATION], start, arc, rock)
        turn = Turn(
            rows,
            _names(name, file.stem, [len(row) for row in rows], first, digits),
            f".{kind.value}",
            tuple(f".{f.value}" for f in dict.fromkeys(film or ())),
            fps,
            loop=rock is not None or abs(arc) == 360.0,
            sense=1 if arc > 0 else -1,
            page=not no_page,
        )
        folder = Path(f"{file.stem}-spin") if out is None else out
        check_folder(folder)
        scene = scene_of(file, chosen, Clock())
        warn_of_materials(scene.materials.values())
        with progress_bars() as progress:
            written = _make(scene, turn, settings, folder, progress)
        if progress is not None:
            tell(f"{file}: wrote {', '.join(map(str, written))}")

    return attempt(work, debug=debug)


def _rows(
    count: int, elevations: Sequence[float], start: float, arc: float, rock: float | None
) -> tuple[tuple[View, ...], ...]:
    """The views, a row per elevation, the lowest first."""
    from engine.scene import View, orbit
    from engine.scene import rock as rocking

    heights = sorted(set(elevations))
    if arc == 0:
        raise InputError("--arc 0 is no turn; give the degrees of the whole turn, or --rock")
    if rock is None:
        return tuple(orbit(count, h, start_deg=start, arc_deg=arc) for h in heights)
    if arc != 360.0:
        raise InputError("--arc turns the piece and --rock the light; drop one of them")
    return tuple(rocking(View(start, h, turntable=True), count, rock) for h in heights)


def _names(
    template: str | None, piece: str, counts: Sequence[int], first: int, digits: int
) -> tuple[tuple[str, ...], ...]:
    """A name for every view, safe on every system; none twice."""
    from engine.output.names import check_template, safe
    from engine.turn import numbers

    wanted = template or ("{row}-{number}" if len(counts) > 1 else "{number}")
    check_template(wanted, FIELDS)
    rows = numbers(len(counts))
    names = tuple(
        tuple(
            safe(wanted.format(piece=piece, row=row, number=number))
            for number in numbers(count, first, digits)
        )
        for row, count in zip(rows, counts, strict=True)
    )
    flat = [name.casefold() for row in names for name in row]
    if len(set(flat)) < len(flat):
        needed = "{number}" if len(counts) == 1 else "{row} and {number}"
        raise InputError(f"--name {wanted!r} gives several pictures one name; it needs {needed}")
    return names


def _make(
    scene: Scene, turn: Turn, settings: Settings, folder: Path, progress: Progress | None
) -> list[Path]:
    """Pictures, then films, then the page; the paths of films and page, or the folder."""
    from engine.trace import Workbench
    from engine.turn import turntable as render_all

    bench = Workbench()
    views = [view for row in turn.rows for view in row]
    names = [name for row in turn.names for name in row]
    paths = render_all(
        scene,
        views,
        folder,
        settings,
        names=names,
        suffix=turn.suffix,
        workbench=bench,
        progress=progress,
    )
    ends = iter(paths)
    rows = [[next(ends) for _ in row] for row in turn.rows]
    made = [folder]
    for number, row in enumerate(rows):
        made += _films(row, turn, folder, f"-{number + 1}" if len(rows) > 1 else "")
    if turn.page:
        made.append(_page(scene, turn, rows, settings, folder, bench))
    return made


def _films(row: Sequence[Path], turn: Turn, folder: Path, which: str) -> list[Path]:
    """The films of a row: there and back again where the turn does not close."""
    from engine import images

    order = list(row) if turn.loop else [*row, *row[-2:0:-1]]
    return [
        images.write_film(
            folder / f"film{which}{suffix}", (images.read(path) for path in order), turn.fps
        )
        for suffix in turn.films
    ]


def _page(
    scene: Scene,
    turn: Turn,
    rows: list[list[Path]],
    settings: Settings,
    folder: Path,
    bench: Workbench,
) -> Path:
    """`spin.html`, with a larger picture of its first view."""
    from engine.output import Motion, Still, exposure_in, write_spin
    from engine.turn import turntable as render_all

    known = exposure_in(folder)
    settings = settings if known is None else replace(settings, exposure=known)
    large = replace(scene, size=(CLOSER * scene.size[0], CLOSER * scene.size[1]))
    first = turn.rows[0][:1]
    still = render_all(large, first, folder / "still", settings, suffix=".png", workbench=bench)[0]
    motion = Motion(turn.fps, turn.loop, turn.sense)
    return write_spin(
        folder / "spin.html", rows, title=scene.piece.name, still=Still(still), motion=motion
    )
