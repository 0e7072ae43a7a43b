"""`check`: whether a piece can be made and worn, and where not.

    report = check(load("ring.3dm"))
    for finding in report.findings:
        print(finding.severity, finding.kind, finding.parts, finding.at, finding.text)

Each fault has its module; what is measured once for all of them stands in `survey` (the piece as
bodies and stones), `gem` (a stone with its girdle) and `contact` (metal around a stone).
"""

from __future__ import annotations

from engine.cad.check.report import Finding as Finding
from engine.cad.check.report import Report as Report
from engine.cad.check.run import check as check
