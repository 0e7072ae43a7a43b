"""`culet vary`: one piece in several metals, with several stones, in several studios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli import options as opt
from engine.cli.console import attempt, tell
from engine.cli.library import warn_of_materials
from engine.cli.sheets import Heading, SheetTarget, Shot, develop, file_names, plan_sheet
from engine.errors import InputError, SceneError
from engine.lazy import Lazy
from engine.pipeline import Settings, render_each
from engine.types import LoadOptions

if TYPE_CHECKING:
    from engine.scene import Scene
    from engine.scene.studios import Studio

#: Pixels of a picture, when nothing is said of its size.
SIZE = (512, 512)


File = Annotated[
    Path,
    typer.Argument(
        help="A CAD file, or a scene saved as .toml.",
        metavar="FILE",
        show_default=False,
        readable=False,
    ),
]
Metals = Annotated[
    str | None,
    opt.several("--metal", "Metals of the library, or YAML files, with commas between."),
]
Stones = Annotated[
    str | None,
    opt.several("--stone", "Stones of the library, or YAML files, with commas between."),
]
Studios = Annotated[
    str | None,
    opt.several("--studio", "Names from `culet studios`, or TOML files, with commas between."),
]
OneView = Annotated[
    str | None,
    typer.Option(
        "--view",
        help="front, three-quarter, side, top, azimuth/elevation, or suggested: the studio's. "
        "\\[three-quarter]",
        rich_help_panel=opt.LOOK,
        show_default=False,
    ),
]
Size = Annotated[
    str | None,
    typer.Option(
        "--size",
        help="Pixels of each picture, or one number. \\[512x512, or the scene's]",
        metavar="WxH",
        rich_help_panel=opt.LOOK,
        show_default=False,
    ),
]
Title = Annotated[
    str | None,
    typer.Option(
        "--title",
        help="Above the pictures. \\[the piece's name]",
        rich_help_panel=opt.OUTPUT,
        show_default=False,
    ),
]
Out = Annotated[Path | None, opt.sheet("FILE-sheet.png")]


@dataclass(frozen=True)
class _Axes:
    """What is to be combined; an empty one stays as it is."""

    metals: tuple[str, ...]
    stones: tuple[str, ...]
    studios: tuple[Studio, ...]

    def lengths(self) -> tuple[int, int, int]:
        return len(self.metals), len(self.stones), len(self.studios)


@dataclass(frozen=True)
class _Job:
    """How the piece is read and looked at; `look` holds arguments of `compose`."""

    file: Path
    reading: LoadOptions
    look: Mapping[str, Any]


def vary(
    file: File,
    metal: Metals = None,
    stone: Stones = None,
    studio: Studios = None,
    view: OneView = None,
    size: Size = None,
    exposure: opt.Exposure = "auto",
    look: opt.LookName = opt.Look.photo,
    finish: opt.Finish = None,
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
    title: Title = None,
    out: Out = None,
    debug: opt.Debug = False,
) -> int:
    """Render every combination of metals, stones and studios, and a labelled sheet of them all."""

    def work() -> None:
        axes = _axes(metal, stone, studio)
        whole, finishes = opt.read_finishes(finish)
        reading = opt.read_loading(
            assign, mapping, scale, unit, ring_size, up, pose=not no_pose, force=force
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
        seen = look_of(view, size, seed) | ({} if whole is None else {"finish": whole})
        job = _Job(file, replace(reading, finishes=finishes), seen)
        target = plan_sheet(out, f"{file.stem}-sheet")
        _render(_scene(job, axes.studios), axes, settings, title, target)

    return attempt(work, debug=debug)


def _render(
    scene: Scene, axes: _Axes, settings: Settings, title: str | None, target: SheetTarget
) -> None:
    from engine.scene import varied

    chosen = list(product(*(axis or (None,) for axis in _each(axes))))
    warn_of_materials([*scene.materials.values(), *axes.metals, *axes.stones])
    first = varied(scene, metal=chosen[0][0], stone=chosen[0][1], studio=chosen[0][2])

    def make(index: int) -> Scene:
        metal, stone, studio = chosen[index]
        return varied(first, metal=metal, stone=stone, studio=studio)

    pictures = render_each(Lazy(len(chosen), make), settings)
    heading = Heading(title or scene.piece.name, _note(first, axes), _columns(axes))
    develop(pictures, _shots(first, axes, chosen), heading, target)


def _each(axes: _Axes) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    return axes.metals, axes.stones, axes.studios


def _axes(metal: str | None, stone: str | None, studio: str | None) -> _Axes:
    """What is to be combined, looked up before anything is loaded."""
    from engine.scene.studios import load_studio

    if metal is None and stone is None and studio is None:
        raise InputError(
            "there is nothing to vary; give --metal, --stone or --studio, "
            "each with names and commas between them"
        )
    metals, stones = listed("--metal", metal), listed("--stone", stone)
    return _Axes(metals, stones, tuple(map(load_studio, _names("--studio", studio))))


def listed(flag: str, text: str | None) -> tuple[str, ...]:
    """The materials in a list with commas, each once; flag : --metal or --stone. Raises SceneError
    for what cannot be one."""
    import materials
    from engine.scene.compose import KINDS

    names, role = _names(flag, text), flag.removeprefix("--")
    for name in names:
        found = materials.load(name).kind
        if found not in KINDS[role]:
            known = ", ".join(other for kind in KINDS[role] for other in materials.names(kind))
            raise SceneError(
                f"'{name}' is no {role}, it is {materials.a_kind(found)}; choose of {known}"
            )
    return names


def _names(flag: str, text: str | None) -> tuple[str, ...]:
    """The names in a list with commas, each once."""
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise InputError(f"{flag} '{text}' has a comma too many; give names between commas")
    return tuple(dict.fromkeys(names))


def look_of(
    view: str | None, size: str | None, seed: int | None, flag: str = "--size"
) -> dict[str, Any]:
    """What was given of view, size and seed, as arguments of `compose`."""
    from engine.scene import view as named_view
    from engine.scene.compose import SUGGESTED

    look: dict[str, Any] = {} if seed is None else {"seed": seed}
    if view is not None:
        look["view"] = view if view == SUGGESTED else named_view(view)
    return look if size is None else look | {"size": opt.read_size(size, flag)}


def _scene(job: _Job, studios: Sequence[Studio]) -> Scene:
    """The scene that is varied: as it was saved, or a CAD file in the first studio."""
    if job.file.suffix.lower() == ".toml":
        from engine.scene import load_scene

        suggested = isinstance(job.look.get("view"), str)
        if job.reading != LoadOptions() or suggested or "finish" in job.look:
            raise InputError(
                "a saved scene says itself how its file is read, finished and looked at; "
                "edit the file",
                file=job.file,
            )
        return replace(load_scene(job.file), **job.look)
    from engine.cad.load import load
    from engine.scene import compose

    piece = load(job.file, job.reading)
    for note in piece.notes:
        if note.kind == "warning":
            tell(f"{job.file}: warning: {note.text}")
    light = {"studio": studios[0]} if studios else {}
    return compose(piece, **{"size": SIZE, **light, **job.look})


def _shots(scene: Scene, axes: _Axes, chosen: Sequence[tuple[Any, ...]]) -> list[Shot]:
    """File name and words of each combination: what differs between the pictures."""
    different = [i for i, length in enumerate(axes.lengths()) if length > 1]
    stems, lines, records = [], [], []
    for combination in chosen:
        said = [_told(i, combination[i]) for i in different]
        stems.append("_".join(name for name, _ in said) or scene.piece.name)
        lines.append(tuple(label for _, label in said) or (scene.piece.name,))
        keys = zip(("metal", "stone", "studio"), combination, strict=True)
        records.append({key: getattr(v, "name", v) for key, v in keys if v is not None})
    return [
        Shot(name, words, record)
        for name, words, record in zip(file_names(stems), lines, records, strict=True)
    ]


def _told(axis: int, choice: Any) -> tuple[str, str]:
    """Name and label of a choice."""
    import materials

    if axis == 2:
        return choice.name, choice.title or choice.name
    material = materials.load(choice)
    return material.name, material.label


def _note(scene: Scene, axes: _Axes) -> str:
    """What all pictures have in common: materials, then the studio."""
    import materials

    same: list[str] = []
    for role, names in (("metal", axes.metals), ("stone", axes.stones)):
        used = (scene.materials[part.name] for part in scene.piece.parts if part.role == role)
        if len(names) < 2:
            same += [materials.load(name).label for name in dict.fromkeys(used)]
    if len(axes.studios) < 2:
        same.append(scene.studio.title or scene.studio.name)
    return " · ".join(same)


def _columns(axes: _Axes) -> int | None:
    """Where two things vary, what varies fastest runs across the sheet."""
    varying = [length for length in axes.lengths() if length > 1]
    return varying[-1] if len(varying) > 1 and varying[-1] <= 8 else None
