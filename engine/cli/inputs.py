"""What a command is given to render: a CAD file with what was said about it, or a saved scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import options as opt
from engine.cli.check import warn_of_faults
from engine.cli.console import tell
from engine.errors import InputError
from engine.pipeline import Clock
from engine.types import LoadOptions

if TYPE_CHECKING:
    from engine.scene import Scene


@dataclass(frozen=True)
class Wanted:
    """What was said about a file.

    look    : arguments of `compose` that were given; all others keep their defaults.
    reading : how a CAD file is read.
    """

    look: Mapping[str, Any] = field(default_factory=dict)
    reading: LoadOptions = field(default_factory=LoadOptions)


def wanted(
    reading: LoadOptions,
    *,
    ground: opt.GroundKind | None,
    transparent: bool,
    finish: list[str] | None,
    hdri: Path | None,
    **look: Any,
) -> Wanted:
    """What the options of a command say; look : those that are arguments of `compose` as they are.

    Raises InputError for options that exclude each other, and what `_given` raises.
    """
    if transparent and ground not in (None, opt.GroundKind.none):
        raise InputError(f"--transparent and --ground {ground} exclude each other; drop one")
    whole, finishes = opt.read_finishes(finish)
    chosen = _given(
        ground="none" if transparent else ground and ground.value,
        finish=whole,
        hdri=opt.read_path(hdri, "panorama"),
        **look,
    )
    return Wanted(chosen, replace(reading, finishes=finishes))


def _given(**arguments: Any) -> dict[str, Any]:
    """The arguments that were given; what they name is looked up now, not after a long load."""
    import materials
    from engine.scene.model import check_grade
    from engine.scene.studios import load_studio

    given = {name: value for name, value in arguments.items() if value is not None}
    if "hdri" not in given and given.keys() & {"hdri_rotation_deg", "hdri_strength"}:
        raise InputError("--hdri-rotation and --hdri-strength are for a panorama; give --hdri too")
    for name in given.keys() & {"metal", "stone"}:
        materials.load(given[name])
    if "clarity" in given:
        check_grade(given["clarity"])
    if "studio" in given:
        given["studio"] = load_studio(given["studio"])
    return given


def scene_of(file: Path, wanted: Wanted, clock: Clock) -> Scene:
    """The scene that a file asks for: composed from CAD, or read as it was saved."""
    if file.suffix.lower() == ".toml":
        return _saved_scene(file, wanted, clock)
    from engine.cad.load import load
    from engine.scene import compose

    with clock.stage("load"):
        piece = load(file, wanted.reading)
    for note in piece.notes:
        if note.kind == "warning":
            tell(f"{file}: warning: {note.text}")
    with clock.stage("check"):
        warn_of_faults(file, piece)
    with clock.stage("compose"):
        return compose(piece, **wanted.look)


def _saved_scene(file: Path, wanted: Wanted, clock: Clock) -> Scene:
    """A scene as it was saved, with another view, size or seed where one is given."""
    from engine.scene import load_scene

    fixed = [name for name in wanted.look if name not in ("view", "size", "seed")]
    suggested = isinstance(wanted.look.get("view"), str)
    if fixed or suggested or wanted.reading != LoadOptions():
        raise InputError(
            "a saved scene says itself what it is made of and how it is lit; "
            "edit the file, or give only --view, --size, --seed and how it is computed",
            file=file,
        )
    with clock.stage("load"):
        return replace(load_scene(file), **wanted.look)
