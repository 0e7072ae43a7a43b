"""The scene as plain, immutable data: what is looked at, from where, in which light."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from engine.cad.clarity import GRADES
from engine.errors import SceneError
from engine.scene.studios import Studio
from engine.types import Piece, Vec3
from materials import POLISHED, Finish

GroundKind = Literal["sweep", "mirror", "none"]

#: Named views, (azimuth, elevation) in degrees.
VIEWS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "front": (0.0, 10.0),
        "three-quarter": (35.0, 25.0),
        "side": (90.0, 10.0),
        "top": (0.0, 90.0),
    }
)

LARGEST_SIDE = 16384
MOST_VIEWS = 10000
MOST_BLADES = 16
LARGEST_SEED = 2**32 - 1


def check(name: str, value: float, low: float, high: float) -> None:
    """Raise SceneError unless `value` is a finite number in [low, high]."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not low <= value <= high:
        raise SceneError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}")


@dataclass(frozen=True)
class View:
    """Where the camera stands and how it frames the piece.

    azimuth_deg   : 0 is the front (-y), 90 the right side (+x); any turn.
    elevation_deg : 0 (level) to 90 (from above); the ground hides what is below.
    fill          : the share of the frame that the piece spans in the tighter direction, 0 to 1.
    turntable     : keep one distance and one target for every azimuth: the whole turn fits.
    name          : for file names.
    light_deg     : turns the studio's lights about the piece, beside what its rig turns them by.
    """

    azimuth_deg: float = 0.0
    elevation_deg: float = 0.0
    fill: float = 0.85
    turntable: bool = False
    name: str = "view"
    light_deg: float = 0.0

    def __post_init__(self) -> None:
        check("a view's azimuth_deg", self.azimuth_deg, -3600, 3600)
        check("a view's elevation_deg", self.elevation_deg, 0, 90)
        check("a view's fill", self.fill, 0.01, 1)
        check("a view's light_deg", self.light_deg, -3600, 3600)
        if not re.fullmatch(r"[\w.-]{1,64}", self.name) or self.name.startswith("."):
            raise SceneError(
                f"a view's name must be 1 to 64 letters, digits, '.', '_' or '-', not {self.name!r}"
            )


@dataclass(frozen=True)
class Lens:
    """A lens in 35 mm terms: 36 mm across the longer side of the picture.

    Everything is sharp unless an f-number is given: the trade stacks its pictures in focus.

    focal_mm : sets the field of view, 2 atan(18 / focal_mm) across the longer side.
    f_number : None keeps everything sharp; otherwise depth of field as real optics have it.
    focus    : mm from the lens, or the name of a part, or None: the largest stone, else the piece.
               Of a part the plane of focus goes through the centre.
    blades   : of the diaphragm, straight ones: 5 to 16, or 0 for a round opening. The f-number is
               that of the round opening of equal area (as the camera files of Cornell's Program of
               Computer Graphics have it, MDL `aprtr`): stops pass the same light, whatever shape.
    blade_turn_deg : turns the opening clockwise; at 0 a highlight behind the plane of focus has a
               corner on top, one before it (for an odd number of blades) an edge.
    """

    focal_mm: float = 100.0
    f_number: float | None = None
    focus: float | str | None = None
    blades: int = 0
    blade_turn_deg: float = 0.0

    def __post_init__(self) -> None:
        check("a lens's focal_mm", self.focal_mm, 8, 1200)
        if self.f_number is not None:
            check("a lens's f_number", self.f_number, 0.5, 128)
        if self.focus is not None and not isinstance(self.focus, str):
            check("a lens's focus in mm", self.focus, 0.1, 1e6)
        if type(self.blades) is not int or self.blades not in (0, *range(5, MOST_BLADES + 1)):
            raise SceneError(
                f"a lens's blades must be 0, for a round opening, or a whole number from 5 to "
                f"{MOST_BLADES}, not {self.blades!r}"
            )
        check("a lens's blade_turn_deg", self.blade_turn_deg, -360, 360)


@dataclass(frozen=True)
class Ground:
    """What the piece stands on: the plane z = 0.

    kind   : "sweep": diffuse, runs into the backdrop. "mirror": polished acrylic, a clear coat of
             n = 1.49 over the albedo. "none": nothing is seen, but the same diffuse ground still
             lights the piece and catches its shadow.
    albedo : diffuse reflectance, 0 to 1, the same at every wavelength unless there is a colour.
    colour : linear Rec. 709 under D65, 0 to 1 each; the albedo is multiplied by its smooth
             reflectance spectrum. None is grey.
    fade   : a graduated ground, as printed backdrops are: the albedo falls to `fade_level` of
             itself, evenly for the eye, between the distances `fade_from` and `fade_to` from the
             piece's middle, in units of the longest side of the piece's bounds. "back": along the
             line of sight (negative is before the piece); "round": on circles. "none": even.
    """

    kind: GroundKind = "sweep"
    albedo: float = 0.9
    colour: Vec3 | None = None
    fade: Literal["none", "back", "round"] = "none"
    fade_from: float = 0.0
    fade_to: float = 5.0
    fade_level: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(GroundKind):
            raise SceneError(
                f"unknown ground {self.kind!r}; choose one of {', '.join(get_args(GroundKind))}"
            )
        check("a ground's albedo", self.albedo, 0, 1)
        if self.colour is not None:
            if not isinstance(self.colour, tuple) or len(self.colour) != 3:
                raise SceneError(f"a ground's colour must be (r, g, b), not {self.colour!r}")
            for value in self.colour:
                check("each of the three of a ground's colour", value, 0, 1)
        if self.fade not in ("none", "back", "round"):
            raise SceneError(f"unknown fade {self.fade!r}; choose one of none, back, round")
        check("a ground's fade_from", self.fade_from, -100, 100)
        check("a ground's fade_to", self.fade_to, -100, 100)
        check("a ground's fade_level", self.fade_level, 0.001, 1)
        if self.fade_to <= self.fade_from:
            raise SceneError("a ground's fade_to must be above its fade_from")

    @property
    def toned(self) -> bool:
        """Whether the ground has a colour or a gradient of its own, to be shown as it is."""
        return self.colour is not None or self.fade != "none"


@dataclass(frozen=True, eq=False)
class Scene:
    """A piece, what it is made of, and how it is looked at and lit.

    Two scenes are the same when their `to_toml()` is: geometry is known by its file's hash.

    materials : part name -> name of a library material or path of a YAML file; every part has one.
    size      : (width, height) in pixels.
    seed      : 0 to 2^32 - 1.
    finishes  : part name -> finish of metal that is not simply polished.
    axes      : part name -> where the optic axis of its crystal points (of two, the axis of the
                largest index): any length, in the stone's frame, x along its length, z out of its
                table. Stones that are left out have it along z, as cutters turn moissanite: seen
                through the table it is not doubled.
    clarity   : part name -> grade of a gem on GIA's scale, from FL to SI2; those that are left out
                are flawless. See `engine.cad.clarity`.
    """

    piece: Piece
    materials: Mapping[str, str]
    studio: Studio
    ground: Ground = field(default_factory=Ground)
    view: View = field(default_factory=lambda: view("three-quarter"))
    lens: Lens = field(default_factory=Lens)
    size: tuple[int, int] = (1024, 1024)
    seed: int = 0
    finishes: Mapping[str, Finish] = field(default_factory=dict)
    axes: Mapping[str, Vec3] = field(default_factory=dict)
    clarity: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "materials", MappingProxyType(dict(self.materials)))
        object.__setattr__(self, "finishes", MappingProxyType(dict(self.finishes)))
        object.__setattr__(self, "axes", MappingProxyType(dict(self.axes)))
        object.__setattr__(self, "clarity", MappingProxyType(dict(self.clarity)))
        _check_parts(self.piece, self.materials)
        if not isinstance(self.size, tuple) or len(self.size) != 2:
            raise SceneError(f"the size must be (width, height) in pixels, not {self.size!r}")
        for side in self.size:
            _check_integer("each side of the size in pixels", side, 1, LARGEST_SIDE)
        _check_integer("the seed", self.seed, 0, LARGEST_SEED)
        for name, axis in self.axes.items():
            _check_axis(name, axis, name in self.materials)
        for name, grade in self.clarity.items():
            check_grade(grade)
            if name not in self.materials:
                raise SceneError(
                    f"a clarity is given for part {name!r}, which the piece does not have"
                )
        if isinstance(self.lens.focus, str) and self.lens.focus not in self.materials:
            raise SceneError(f"the lens focuses on part {self.lens.focus!r}, which does not exist")
        for name in sorted(self.finishes.keys() - self.materials.keys()):
            raise SceneError(f"a finish is given for part {name!r}, which the piece does not have")

    def finish_of(self, part: str) -> Finish:
        """The finish of a part, by its name."""
        return self.finishes.get(part, POLISHED)

    def to_toml(self, folder: str | Path | None = None) -> str:
        """The scene as TOML, without its geometry.

        folder : where the text will be stored; files below it are written as relative paths,
                 everything else as absolute ones.
        Raises SceneError for a piece that has no file (`save` writes one).
        """
        from engine.scene.toml import to_toml

        return to_toml(self, folder)

    def save(self, path: str | Path) -> Path:
        """Write the scene as TOML; a piece made by a script is written beside it. See `toml`."""
        from engine.scene.toml import save_scene

        return save_scene(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Scene:
        """Read a scene that `save` wrote. Raises SceneError or FileError."""
        from engine.scene.reading import load_scene

        return load_scene(path)


def _check_parts(piece: Piece, materials: Mapping[str, str]) -> None:
    if not piece.parts:
        raise SceneError("the piece has no parts")
    names = {part.name for part in piece.parts}
    for name in sorted(names - materials.keys()):
        raise SceneError(f"part {name!r} has no material")
    for name in sorted(materials.keys() - names):
        raise SceneError(f"a material is given for part {name!r}, which the piece does not have")


def _check_axis(name: str, axis: Vec3, known: bool) -> None:
    if not known:
        raise SceneError(f"an axis is given for part {name!r}, which the piece does not have")
    if not isinstance(axis, tuple) or len(axis) != 3:
        raise SceneError(f"the axis of part {name!r} must be (x, y, z), not {axis!r}")
    for value in axis:
        check(f"each of the three of the axis of part {name!r}", value, -1e6, 1e6)
    if not any(axis):
        raise SceneError(f"the axis of part {name!r} must not be (0, 0, 0)")


def check_grade(grade: str) -> None:
    """Raise SceneError unless it is a grade of clarity."""
    if grade not in GRADES:
        raise SceneError(f"unknown clarity {grade!r:.60}; choose one of {', '.join(GRADES)}")


def _check_integer(name: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SceneError(f"{name} must be a whole number from {low} to {high}, not {value!r}")


def view(name: str | View) -> View:
    """A view by name ("front", "three-quarter", "side", "top") or as "azimuth/elevation".

    Raises SceneError for anything else.

    >>> view("30/20").azimuth_deg
    30.0
    """
    if isinstance(name, View):
        return name
    if name in VIEWS:
        return View(*VIEWS[name], name=name)
    try:
        azimuth, elevation = (float(text) for text in name.split("/"))
    except ValueError:
        raise SceneError(
            f"unknown view {name!r}; choose one of {', '.join(VIEWS)}, "
            "or azimuth/elevation in degrees such as 30/20"
        ) from None
    return View(azimuth, elevation, name=f"{azimuth:g}-{elevation:g}")


def orbit(
    count: int, elevation_deg: float = 20.0, *, start_deg: float = 0.0, arc_deg: float = 360.0
) -> tuple[View, ...]:
    """`count` views around the piece at equal steps, the first from the front.

    start_deg : azimuth of the first. arc_deg : of the whole turn; the last view is one step before
    its end, so that after a full turn the first may follow again.
    All share one distance and target.
    """
    _check_integer("the number of views of an orbit", count, 1, MOST_VIEWS)
    check("an orbit's arc_deg", arc_deg, -3600, 3600)
    digits = len(str(count - 1))
    return tuple(
        View(
            start_deg + arc_deg * i / count,
            elevation_deg,
            turntable=True,
            name=f"orbit-{i:0{digits}d}",
        )
        for i in range(count)
    )


def rock(view: View, count: int, sway_deg: float) -> tuple[View, ...]:
    """`count` pictures of one view while the light sways once to both sides, as a hand rocks a
    stone: by sway_deg · sin(2π i / count)."""
    _check_integer("the number of pictures of a rocking light", count, 1, MOST_VIEWS)
    check("the sway_deg of a rocking light", sway_deg, -180, 180)
    digits = len(str(count - 1))
    return tuple(
        replace(
            view,
            light_deg=view.light_deg + sway_deg * math.sin(2 * math.pi * i / count),
            name=f"rock-{i:0{digits}d}",
        )
        for i in range(count)
    )
