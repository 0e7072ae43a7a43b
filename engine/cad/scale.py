"""Is this the size that jewelry has? Units, factors, and warnings that name a likely cause."""

from __future__ import annotations

import math

from engine.cad.sizes import describe_size
from engine.errors import SceneError
from engine.types import LoadOptions, Note

UNITS_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4}

PIECE_MM = (2.0, 900.0)
LARGEST_STONE_MM = 25.0
INSIDE_MM = (12.0, 26.0)
#: What a piece and a stone usually measure; a likely cause must lead there.
USUAL_PIECE_MM = (5.0, 120.0)
USUAL_STONE_MM = (0.8, 20.0)
#: Inside diameter of ring size 54, the one suggested.
SIZE_54_MM = 54.0 / math.pi

_CAUSES = (
    ("its numbers are inches", 25.4, "--unit inch"),
    ("its numbers are metres", 1000.0, "--unit m"),
    ("its numbers are centimetres", 10.0, "--unit cm"),
    ("its numbers are millimetres", 1.0, "--unit mm"),
)


def unit_of(options: LoadOptions, stated: str | None) -> str:
    """The unit in force: that of the options, else the file's, else mm.

    Raises `SceneError` for a unit or factor that makes no sense.
    """
    if not (math.isfinite(options.scale) and options.scale > 0):
        raise SceneError(
            f"scale {options.scale} makes no sense; give a positive factor such as 0.1"
        )
    unit = options.unit or stated or "mm"
    if unit not in UNITS_MM:
        raise SceneError(f"unit '{unit}' is unknown; use one of {', '.join(UNITS_MM)}")
    return unit


def unit_note(options: LoadOptions, stated: str | None, format_: str) -> Note | None:
    """What was assumed about the unit, where the file did not simply say it."""
    factor = f", times {options.scale:g}" if options.scale != 1.0 else ""
    if options.unit is not None:
        was = f" (the file says {stated})" if stated not in (None, options.unit) else ""
        return Note("scale", f"Lengths are read as {options.unit}{was}, as asked{factor}.")
    if stated is None:
        text = f"{format_.upper()} files state no unit; millimetres assumed{factor}."
        return Note("scale", text)
    if not factor and stated == "mm":
        return None
    return Note("scale", f"The file's lengths are in {stated}{factor}.")


def warnings(size_mm: float, stone_mm: float | None, inside: float | None, unit: str) -> list[Note]:
    """Warn of sizes that jewelry does not have.

    size_mm : longest side of the piece. stone_mm : longest side of its largest stone.
    inside : inside diameter of a ring, mm. unit : the unit in force. Each None where missing.
    """
    notes = []
    if inside is not None and not INSIDE_MM[0] <= inside <= INSIDE_MM[1]:
        cause = _cause(inside, INSIDE_MM, unit)
        factor = SIZE_54_MM / inside
        remedy = f"--scale {factor:.4g} or --ring-size 54 makes it ring size 54"
        notes.append(
            f"The ring is {inside:.4g} mm wide inside, but fingers need 12 to 26 mm; "
            + (f"{cause}, or {remedy}." if cause else f"{remedy}.")
        )
    if not PIECE_MM[0] <= size_mm <= PIECE_MM[1]:
        cause = _cause(size_mm, USUAL_PIECE_MM, unit)
        notes.append(
            f"The piece measures {size_mm:.4g} mm, which jewelry does not (2 to 900 mm); "
            + (f"{cause}." if cause else "check the unit or give --scale.")
        )
    if stone_mm is not None and stone_mm > LARGEST_STONE_MM:
        cause = _cause(stone_mm, USUAL_STONE_MM, unit) if inside is None else None
        notes.append(
            f"The largest stone measures {stone_mm:.4g} mm, more than 25 mm; "
            + (f"{cause}." if cause else "check the scale.")
        )
    return [Note("warning", text) for text in notes]


def _cause(length: float, usual: tuple[float, float], unit: str) -> str | None:
    """The unit that would bring a length into its usual range, and the option for it."""
    for text, factor, remedy in _CAUSES:
        if usual[0] <= length * factor / UNITS_MM[unit] <= usual[1] and factor != UNITS_MM[unit]:
            return f"probably {text}: try {remedy}"
    return None


def likely_factor(size_mm: float, inside: float | None, unit: str) -> float:
    """What lengths must be multiplied by to be those of jewelry: another unit, else a ring of size
    54; 1 where nothing is wrong or nothing is likely. Arguments as of `warnings`."""
    if inside is not None:
        if INSIDE_MM[0] <= inside <= INSIDE_MM[1]:
            return 1.0
        return _unit_factor(inside, INSIDE_MM, unit) or SIZE_54_MM / inside
    if PIECE_MM[0] <= size_mm <= PIECE_MM[1]:
        return 1.0
    return _unit_factor(size_mm, USUAL_PIECE_MM, unit) or 1.0


def _unit_factor(length: float, usual: tuple[float, float], unit: str) -> float | None:
    """Factor of the first unit that brings a length into its usual range."""
    ratios = (factor / UNITS_MM[unit] for _, factor, _ in _CAUSES)
    return next((r for r in ratios if r != 1.0 and usual[0] <= length * r <= usual[1]), None)


def ring_factor(inside: float | None, target_mm: float) -> float:
    """Factor that gives a ring the inside diameter `target_mm`; `SceneError` for a non-ring."""
    if inside is None:
        raise SceneError(
            "a ring size was asked for, but no finger hole was found in this piece; "
            "use --scale instead"
        )
    return target_mm / inside


def sized_note(before: float, after: float) -> Note:
    """The note that a ring was brought to a size."""
    return Note(
        "scale",
        f"Scaled by {after / before:.4g} from {before:.4g} to {after:.4g} mm inside "
        f"({describe_size(after)}).",
    )
