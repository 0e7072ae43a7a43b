"""What all writers agree on: names and the colours by which other programs show the roles."""

from __future__ import annotations

from engine.types import Part, Role

#: Linear RGB for viewers that know nothing of our materials (estimated: yellow metal, pale stone).
COLOURS: dict[Role, tuple[float, float, float]] = {
    "metal": (1.0, 0.77, 0.34),
    "stone": (0.95, 0.97, 1.0),
    "pearl": (0.9, 0.88, 0.84),
    "other": (0.5, 0.5, 0.5),
}


def material_name(part: Part) -> str:
    """The name of the part's material: the chosen one, or the file's, or ""."""
    return one_line(part.material or part.hint or "")


def one_line(name: str) -> str:
    """`name` fit for a line of a text file: no line breaks, no backslash that would join lines."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split()).rstrip("\\ ")
