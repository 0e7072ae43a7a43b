"""Medians, worst cases and ratios over the scenes, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.quality.errors import MASKS, METRICS
from benchmarks.quality.methods import CONTROL, FILTER, OURS
from benchmarks.quality.oidn import PLAIN, VARIANTS

#: Ratios that are told. Plain: without our estimate as an input.
OVER = ("filter over best oidn", "over best plain oidn", "over best oidn", "over control")
#: Resampled sets of scenes, and the interval that is told.
RESAMPLED, INTERVAL = 2000, (5, 95)

Results = Mapping[str, Mapping[str, Any]]


def summarise(results: Results) -> dict[str, Any]:
    """Samples -> spp -> mask -> metric: what each method reaches, and ours over others."""
    out: dict[str, Any] = {}
    for kind in ("chain", "baseline"):
        rows = [table[kind] for table in results.values() if kind in table]
        for spp in rows[0] if rows else ():
            for mask in MASKS:
                seen = [row[spp] for row in rows if mask in row[spp][OURS]]
                if seen:
                    there = out.setdefault(kind, {}).setdefault(spp, {})
                    there[mask] = {metric: _metric(seen, mask, metric) for metric in METRICS}
    return out


def _metric(rows: list[Any], mask: str, metric: str) -> dict[str, Any]:
    """Median and worst per method, and the median of ours over the best OIDN and the control."""
    values = {n: np.array([row[n][mask][metric] for row in rows]) for n in rows[0]}
    found: dict[str, Any] = {
        "scenes": len(rows),
        "methods": {
            n: {"median": _short(np.median(v)), "worst": _short(v.max())} for n, v in values.items()
        },
    }
    # For each scene its own best variant.
    for told, variants in (("best oidn", VARIANTS), ("best plain oidn", PLAIN)):
        best = np.min([values[name] for name in variants], axis=0)
        found[f"over {told}"] = _ratio(values[OURS], best)
        found[f"filter over {told}"] = _ratio(values[FILTER], best)
    if CONTROL in values:
        found["over control"] = _ratio(values[OURS], values[CONTROL])
    return found


def _ratio(ours: Any, theirs: Any) -> dict[str, Any]:
    """Median of ours / theirs over the scenes, and its interval by resampling scenes."""
    ratio = ours / np.maximum(theirs, 1e-12)
    rng = np.random.default_rng(0)
    again = np.median(rng.choice(ratio, (RESAMPLED, len(ratio))), axis=1)
    low, high = np.percentile(again, INTERVAL)
    return {"median": _short(np.median(ratio)), "interval": [_short(low), _short(high)]}


def _short(value: Any) -> float:
    return float(f"{float(value):.4g}")


def readme(found: Mapping[str, Any]) -> str:
    """Tables of medians for the README, chain samples."""
    lines = []
    for spp, masks in found["chain"].items():
        lines += [f"| {spp} spp | relMSE, stones | FLIP, stones | chroma, stones | edges, stones "
                  "| relMSE, metal | FLIP, metal | relMSE, ground | FLIP, piece |",
                  "| --- |" + " ---: |" * 8]  # fmt: skip
        wanted = (("stone", METRICS), ("metal", METRICS[:2]), ("ground", METRICS[:1]),
                  ("piece", ("flip",)))  # fmt: skip
        cells = [(mask, metric) for mask, metrics in wanted for metric in metrics]
        for name in masks["stone"]["relmse"]["methods"]:
            row = [masks[k][m]["methods"][name]["median"] for k, m in cells]
            lines.append(f"| {name} | " + " | ".join(f"{value:.3g}" for value in row) + " |")
        for other in OVER:
            if other in masks["stone"]["relmse"]:
                row = [masks[k][m][other] for k, m in cells]
                shown = (f"{r['median']:.2f} ({r['interval'][0]:.2f}-{r['interval'][1]:.2f})"
                         for r in row)  # fmt: skip
                name = other if other.startswith("filter") else f"ours {other}"
                lines.append(f"| {name} | " + " | ".join(shown) + " |")
        lines.append("")
    return "\n".join(lines)
