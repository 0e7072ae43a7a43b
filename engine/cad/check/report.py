"""What a check finds: findings in a stable form for people and programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from engine.types import FloatArray, Vec3

Severity = Literal["error", "warning"]
FindingKind = Literal[
    "floating-stone",
    "loose-stone",
    "missing-prong",
    "stones-cut",
    "metal-in-stone",
    "detached-part",
    "open-link",
    "unlinked-links",
    "thin-wall",
    "wrong-scale",
    "open-stone",
    "open-metal",
    "inside-out",
]


@dataclass(frozen=True)
class Finding:
    """One fault of a piece.

    kind     : stable name, for programs. severity : "error" where the piece cannot be made or worn
    so, "warning" where a goldsmith should look.
    parts    : names of the parts at fault, the worst first. text : one sentence: what, where, and
    what to do.
    at       : [3] mm in the piece's frame, or None where the whole piece is meant.
    value, limit, unit : what was measured and what is allowed; None where nothing is.
    """

    kind: FindingKind
    severity: Severity
    parts: tuple[str, ...]
    text: str
    at: Vec3 | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = "mm"


@dataclass(frozen=True)
class Report:
    """All findings, errors first; empty when the piece is clean."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings because of which the piece cannot be made or worn."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that a goldsmith should look at."""
        return tuple(f for f in self.findings if f.severity == "warning")

    def summary(self) -> str:
        """One sentence: how many faults, and of what kind.

        >>> Report(()).summary()
        'no faults found'
        """
        if not self.findings:
            return "no faults found"
        kinds = dict.fromkeys(f.kind for f in self.findings)
        counted = [(kind, sum(f.kind == kind for f in self.findings)) for kind in kinds]
        listed = ", ".join(f"{n} {kind}" for kind, n in counted)
        errors, warnings = len(self.errors), len(self.warnings)
        return f"{_many(errors, 'error')} and {_many(warnings, 'warning')}: {listed}"

    def to_json(self) -> dict[str, Any]:
        """JSON values: counts, and the findings under the names of their fields."""
        return {
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [asdict(finding) for finding in self.findings],
        }


def ordered(findings: Sequence[Finding]) -> Report:
    """The report of `findings`: errors before warnings, else in the order they were found."""
    return Report(tuple(sorted(findings, key=lambda f: f.severity != "error")))


def place(point: FloatArray) -> Vec3:
    """A point [3] as three numbers, to a micrometre."""
    x, y, z = (round(float(value), 3) + 0.0 for value in np.asarray(point))
    return x, y, z


def _many(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
