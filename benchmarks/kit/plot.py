"""One picture of all scenes: error over time, both axes logarithmic, as SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from benchmarks.kit.measure import BASELINE, OURS

COLOURS = {OURS: "#b8860b", BASELINE: "#4a6b8a"}
WIDTH, HEIGHT, COLUMNS = 240, 190, 4
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 26, 32


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis. low, high : decades. start, end : in the picture."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def decades(self) -> list[int]:
        return list(range(self.low, self.high + 1))


def draw(results: dict[str, Any], mask: str = "stone", metric: str = "relmse") -> str:
    """SVG text: a panel per scene, ours and the baseline in each, all on the same axes."""
    curves = {
        name: {who: _curve(result[who], mask, metric) for who in (OURS, BASELINE)}
        for name, result in results.items()
    }
    points = [point for both in curves.values() for curve in both.values() for point in curve]
    x = _axis([t for t, _ in points], LEFT, WIDTH - RIGHT)
    y = _axis([e for _, e in points], HEIGHT - BOTTOM, TOP)
    rows = -(-len(curves) // COLUMNS)
    wide, high = WIDTH * min(COLUMNS, len(curves)), HEIGHT * rows + 24
    body = [
        f'<g transform="translate({WIDTH * (i % COLUMNS)},{HEIGHT * (i // COLUMNS)})">'
        + _panel(name, both, x, y)
        + "</g>"
        for i, (name, both) in enumerate(curves.items())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" font-family="sans-serif" font-size="10" fill="#333">\n'
        f'<rect width="{wide}" height="{high}" fill="#fff"/>\n'
        + "\n".join(body)
        + "\n"
        + _legend(mask, metric, high - 9)
        + "\n</svg>\n"
    )


def _curve(points: list[dict[str, Any]], mask: str, metric: str) -> list[tuple[float, float]]:
    return [(p["seconds"], p["errors"][mask][metric]) for p in points]


def _axis(values: list[float], start: float, end: float) -> Axis:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(low, max(high, low + 1), start, end)


def _panel(name: str, both: dict[str, list[tuple[float, float]]], x: Axis, y: Axis) -> str:
    lines = [f'<text x="{LEFT}" y="{TOP - 9}" font-size="11">{name}</text>']
    for decade in x.decades():
        at = x.at(10.0**decade)
        lines.append(_line(at, y.start, at, y.end))
        lines.append(_text(at, HEIGHT - BOTTOM + 13, f"{10.0**decade:g} s", "middle"))
    for decade in y.decades():
        at = y.at(10.0**decade)
        lines.append(_line(x.start, at, x.end, at))
        lines.append(_text(LEFT - 5, at + 3, f"{10.0**decade:g}", "end"))
    for who, curve in both.items():
        placed = [(x.at(t), y.at(e)) for t, e in curve]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in placed)
        colour = COLOURS[who]
        lines.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
        lines += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="2.2" fill="{colour}"/>'
                  for px, py in placed]  # fmt: skip
    return "".join(lines)


def _legend(mask: str, metric: str, y: float) -> str:
    where = {"stone": "stones", "metal": "metal", "all": "all pixels"}[mask]
    parts = [_text(LEFT, y, f"{metric} on {where} over seconds", "start")]
    for i, (who, colour) in enumerate(COLOURS.items()):
        left = LEFT + 190 + 60 * i
        parts.append(f'<circle cx="{left}" cy="{y - 3}" r="3" fill="{colour}"/>')
        parts.append(_text(left + 8, y, who, "start"))
    return "".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
