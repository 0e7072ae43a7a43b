"""What may be given on the command line: one name per option, and how its text is read."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.errors import FileError, InputError
from engine.trace import MOST_SAMPLES
from engine.types import LoadOptions

LOOK, FILE, JOB, OUTPUT = "The picture", "Reading the file", "How it is computed", "Output"


class Estimator(StrEnum):
    """The estimators of `engine.trace`."""

    chain = "chain"
    reference = "reference"


class Device(StrEnum):
    """Where kernels run."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Caustics(StrEnum):
    """Budgets of the layer of caustics."""

    off = "off"
    fast = "fast"
    full = "full"


class Refiner(StrEnum):
    """The refiners of `engine.refine`."""

    welch = "welch"
    neural = "neural"


class GroundKind(StrEnum):
    """What a piece stands on."""

    sweep = "sweep"
    mirror = "mirror"
    none = "none"


class Look(StrEnum):
    """The looks of `engine.finish`."""

    photo = "photo"
    neutral = "neutral"
    soft = "soft"
    crisp = "crisp"


class Kind(StrEnum):
    """Kinds of pictures that go into a folder."""

    png = "png"
    jpg = "jpg"
    webp = "webp"
    exr = "exr"


def option(flag: str, help_text: str, panel: str, **more: object) -> typer.models.OptionInfo:
    """An option with `help_text` as it stands, in a panel of the help."""
    option: typer.models.OptionInfo = typer.Option(
        *flag.split(),
        help=help_text.replace("[", "\\["),  # a bracket would be markup
        rich_help_panel=panel,
        show_default=False,
        **more,  # type: ignore[arg-type]
    )
    return option


def several(flag: str, help_text: str) -> typer.models.OptionInfo:
    """An option that takes names with commas between."""
    return option(flag, help_text, LOOK, metavar="NAME,NAME...")


def sheet(default: str) -> typer.models.OptionInfo:
    """Where a contact sheet goes. default : where nothing is said."""
    where = "its pictures in the folder of that name, or a folder for both"
    return option("-o --out", f"The sheet (.png .jpg .webp), {where}. [{default}]", OUTPUT)


Files = Annotated[
    list[Path],
    typer.Argument(
        help="CAD files, or scenes saved as .toml.",
        metavar="FILE...",
        show_default=False,
        readable=False,  # the reader says so: one that cannot be read does not stop the others
    ),
]
File = Annotated[
    Path, typer.Argument(help="A CAD file.", metavar="FILE", show_default=False, readable=False)
]
Debug = Annotated[bool, option("--debug", "Show the traceback of an error.", OUTPUT)]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs.", show_default=False)]

Metal = Annotated[
    str | None, option("--metal", "Of metal parts: a name of the library, or a YAML file.", LOOK)
]
Stone = Annotated[
    str | None, option("--stone", "Of stones: a name of the library, or a YAML file.", LOOK)
]
StudioName = Annotated[
    str | None, option("--studio", "A name from `culet studios`, or a TOML file. [tent]", LOOK)
]
Ground = Annotated[GroundKind | None, option("--ground", "What it stands on. [the studio's]", LOOK)]
Views = Annotated[
    list[str] | None,
    option(
        "--view",
        "front, three-quarter, side, top, or azimuth/elevation; repeat for more; or suggested, the "
        "studio's own view and lens. [three-quarter]",
        LOOK,
        metavar="VIEW",
    ),
]
Hdri = Annotated[
    Path | None, option("--hdri", "Light it with an equirectangular picture instead.", LOOK)
]
HdriRotation = Annotated[
    float | None, option("--hdri-rotation", "Degrees to turn the HDRI by. [0]", LOOK)
]
HdriStrength = Annotated[float | None, option("--hdri-strength", "Factor on it. [1]", LOOK)]
Size = Annotated[
    str | None, option("--size", "Pixels, or one number. [1024x1024]", LOOK, metavar="WxH")
]
Exposure = Annotated[
    str, option("--exposure", "auto, or a fixed exposure in EV. [auto]", LOOK, metavar="EV")
]
LookName = Annotated[
    Look,
    option("--look", "Contrast and colour: a camera's, true, gentler or deeper. [photo]", LOOK),
]
Transparent = Annotated[
    bool, option("--transparent", "No backdrop; the same as --ground none.", LOOK)
]

Assign = Annotated[
    list[str] | None,
    option(
        "--assign",
        "Material for parts or layers by glob pattern, as 'Layer 03=platinum-950'; repeatable.",
        FILE,
        metavar="PATTERN=MATERIAL",
    ),
]
Mapping = Annotated[Path | None, option("--mapping", "A TOML file of such assignments.", FILE)]
Finish = Annotated[
    list[str] | None,
    option(
        "--finish",
        "Of metal: polished, mirror, satin, brushed, matte, sandblasted, hammered or worn, as "
        "brushed:radial, hammered:2 (mm), worn:0.4; of parts or layers as 'Layer 03=satin'; "
        "repeatable.",
        LOOK,
        metavar="[PATTERN=]FINISH",
    ),
]
Clarity = Annotated[
    str | None,
    option(
        "--clarity",
        "Inclusions of gems: FL, IF, VVS1, VVS2, VS1, VS2, SI1 or SI2. [FL]",
        LOOK,
        metavar="GRADE",
    ),
]
Scale = Annotated[float | None, option("--scale", "Factor on the file's size.", FILE)]
Unit = Annotated[str | None, option("--unit", "mm, cm, m or inch, whatever the file says.", FILE)]
RingSize = Annotated[
    str | None, option("--ring-size", "Scale a ring to 54, 'US 7' or 'UK N'.", FILE)
]
Up = Annotated[str | None, option("--up", "The file's axis that points up, as z or -y.", FILE)]
NoPose = Annotated[bool, option("--no-pose", "Keep the file's orientation.", FILE)]
Force = Annotated[bool, option("--force", "Take an open stone as its convex hull.", FILE)]

Spp = Annotated[int, option("--spp", "Samples per pixel. [8]", JOB, min=1, max=MOST_SAMPLES)]
Seed = Annotated[int | None, option("--seed", "Of the sampler. [0]", JOB)]
EstimatorName = Annotated[Estimator, option("--estimator", "How stones are traced. [chain]", JOB)]
DeviceName = Annotated[Device, option("--device", "CUDA where it works, or choose. [auto]", JOB)]
CausticsBudget = Annotated[
    Caustics,
    option("--caustics", "Light through stones on the ground: off, fast or full. [fast]", JOB),
]
RefinerName = Annotated[
    Refiner, option("--refiner", "The network, or the statistical filter (welch). [neural]", JOB)
]
NoRefine = Annotated[bool, option("--no-refine", "Leave the noise in.", JOB)]

Out = Annotated[
    Path | None,
    option("-o --out", "A picture (.png .jpg .webp .exr) or a folder. [FILE.png]", OUTPUT),
]
PictureKind = Annotated[Kind, option("--format", "Of pictures in a folder. [png]", OUTPUT)]
Depth = Annotated[
    int | None, option("--depth", "Bits per channel: PNG 8 or 16, EXR 16 or 32. [8, 32]", OUTPUT)
]
Layers = Annotated[bool, option("--layers", "Also write shadow, masks and features.", OUTPUT)]
Times = Annotated[bool, option("--times", "Print the time of each stage.", OUTPUT)]


def read_size(text: str, flag: str = "--size") -> tuple[int, int]:
    """(width, height) from "1024x768" or "1024", which were given as `flag`.

    >>> read_size("640x480"), read_size("512")
    ((640, 480), (512, 512))
    """
    from engine.scene.model import LARGEST_SIDE

    match = re.fullmatch(r"(\d{1,9})(?:[xX×](\d{1,9}))?", text.strip(), re.ASCII)
    size = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not all(1 <= side <= LARGEST_SIDE for side in size):
        raise InputError(
            f"{flag} {text!r} is no size; give it as 1024x768 or 1024, "
            f"each side from 1 to {LARGEST_SIDE} pixels"
        )
    return size


def read_exposure(text: str) -> float | Literal["auto"]:
    """EV, or "auto".

    >>> read_exposure("-1.5")
    -1.5
    """
    if text == "auto":
        return "auto"
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -20 <= value <= 20:
        raise InputError(f"--exposure {text!r} is neither 'auto' nor a number from -20 to 20 (EV)")
    return value


def read_assignments(texts: list[str] | None) -> tuple[tuple[str, str], ...]:
    """(pattern, material) pairs; the last "=" divides them.

    >>> read_assignments(["Layer 03=platinum-950"])
    (('Layer 03', 'platinum-950'),)
    """
    pairs = [tuple(part.strip() for part in text.rpartition("=")[::2]) for text in texts or ()]
    for text, pair in zip(texts or (), pairs, strict=True):
        if not all(pair):
            raise InputError(f"--assign {text!r} must read PATTERN=MATERIAL")
    return tuple((pattern, material) for pattern, material in pairs)


def read_finishes(texts: list[str] | None) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The finish of all metal, if one is given, and those of parts by (pattern, finish).

    >>> read_finishes(["satin", "Layer 03=worn:0.4"])
    ('satin', (('Layer 03', 'worn:0.4'),))
    """
    import materials

    whole: list[str] = []
    parts: list[tuple[str, str]] = []
    for text in texts or ():
        pattern, divided, name = (part.strip() for part in text.rpartition("="))
        materials.finish(name)
        if divided and not pattern:
            raise InputError(f"--finish {text!r} must read FINISH or PATTERN=FINISH")
        if divided:
            parts.append((pattern, name))
        else:
            whole.append(name)
    if len(whole) > 1:
        raise InputError(
            f"--finish was given for all metal as {whole[0]!r} and {whole[1]!r}; "
            "say which parts, as PATTERN=FINISH"
        )
    return (whole[0] if whole else None), tuple(parts)


def read_path(path: Path | None, what: str) -> Path | None:
    """`path`, if it is a file: a pipe would be waited for, and a folder found out only later."""
    if path is not None and not path.is_file():
        raise FileError(f"there is no such {what}; check the path", file=path)
    return path


def read_loading(
    assign: list[str] | None,
    mapping: Path | None,
    scale: float | None,
    unit: str | None,
    ring_size: str | None,
    up: str | None,
    *,
    pose: bool,
    force: bool,
) -> LoadOptions:
    """How files are to be read, from the options of that panel."""
    mapping = read_path(mapping, "mapping file")
    return LoadOptions(
        assign=read_assignments(assign),
        mapping=None if mapping is None else str(mapping),
        scale=1.0 if scale is None else scale,
        unit=unit,
        ring_size=ring_size,
        up=up,
        pose=pose,
        force=force,
    )
