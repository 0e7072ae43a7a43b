"""Ratios of all scenes in a table: medians and the worst, none hidden."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.kit.measure import AT_SPP, BASELINE, OURS
from benchmarks.kit.scenes import LOOSE, MOUNTED, NAMES

#: Columns: heading, mask, ratio, and what is asked of the median of loose, mounted, all scenes.
COLUMNS: tuple[tuple[str, str, str, dict[str, float]], ...] = (
    ("stones: relMSE, equal time", "stone", "relmse", {"loose": 10.0, "mounted": 6.0}),
    ("stones: time to equal FLIP", "stone", "flip_time", {"loose": 4.0, "mounted": 3.0}),
    ("stones: chroma, equal time", "stone", "chroma", {}),
    ("metal: relMSE, equal time", "metal", "relmse", {}),
    ("all: relMSE, equal time", "all", "relmse", {"all": 5.0}),
    ("all: time to equal FLIP", "all", "flip_time", {}),
)
GROUPS = {"loose": LOOSE, "mounted": MOUNTED, "all": NAMES}


def summarise(results: dict[str, Any]) -> dict[str, Any]:
    """Per group and column: median, worst and the scene of the worst."""
    found: dict[str, Any] = {}
    for group, names in GROUPS.items():
        rows = {}
        for _, mask, kind, goals in COLUMNS:
            values = {
                name: results[name]["ratios"][mask][kind]["ratio"]
                for name in names
                if name in results and mask in results[name]["ratios"]
            }
            if values:
                worst = min(values, key=lambda name: values[name])
                rows[f"{mask} {kind}"] = {
                    "median": statistics.median(values.values()),
                    "worst": values[worst],
                    "worst_scene": worst,
                    "goal": goals.get(group),
                }
        if rows:
            found[group] = rows
    return found


def table(results: dict[str, Any]) -> str:
    """The ratios as Markdown: how many times better than the baseline; * marks a fit."""
    head = ["scene", f"ours, {AT_SPP} spp", *(heading for heading, *_ in COLUMNS)]
    lines = [_row(head), _row(["---"] + ["---:"] * (len(head) - 1))]
    for name, result in results.items():
        point = next(p for p in result[OURS] if p["spp"] == AT_SPP)
        cells = [_cell(result["ratios"].get(mask, {}).get(kind)) for _, mask, kind, _ in COLUMNS]
        mark = " (c)" if result["coloured"] else ""
        lines.append(_row([name + mark, f"{point['seconds']:.2f} s", *cells]))
    for group, rows in summarise(results).items():
        for kind in ("median", "worst"):
            found = [rows.get(f"{mask} {ratio}") for _, mask, ratio, _ in COLUMNS]
            cells = ["" if row is None else f"**{row[kind]:.2g}**" for row in found]
            lines.append(_row([f"{kind}, {group}", "", *cells]))
    goals = {group: [f"{g.get(group, 0):g}" if group in g else "" for *_, g in COLUMNS]
             for group in GROUPS}  # fmt: skip
    for group, cells in goals.items():
        lines.append(_row([f"asked of the median, {group}", "", *cells]))
    return "\n".join(lines)


def notes(results: dict[str, Any]) -> str:
    """What a reader must know of the table."""
    lines = [
        f"Numbers are how many times better {AT_SPP} samples of ours are than the baseline: its "
        "error after the same time over ours, or its time to our FLIP over our time; below 1 the "
        f"baseline is better. {OURS.capitalize()} and the {BASELINE} took turns, warm, on the same "
        "threads; times are medians. `*`: beyond the measured points, by a log-log line through "
        "the nearest three.",
    ]
    if any(result["coloured"] for result in results.values()):
        lines.append(
            "(c): coloured stones. The baseline knows no absorption and renders them colourless; "
            "its error is against a reference of the same scene with colourless stones."
        )
    denied = [n for n, r in results.items() if not r["reference"]["baseline_agrees"]]
    lines.append(
        "The references' means agree with the baseline's in every scene, colourless where the "
        "baseline is (Z-test of blocks of 4 x 4 pixels, Sidak)."
        if not denied
        else f"**The reference and the baseline disagree in {', '.join(denied)}.**"
    )
    return "\n\n".join(lines)


def _cell(found: dict[str, Any] | None) -> str:
    return "" if found is None else f"{found['ratio']:.2g}" + ("*" if found["fitted"] else "")


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
