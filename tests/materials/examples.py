"""Small material files for tests, and a helper that writes them."""

from pathlib import Path

GEM = """\
name: my-stone
label: My stone
kind: gem
density: {value: 3.0, evidence: measured, source: weighed in the shop}
roughness: {value: 0.0, evidence: estimated, source: polished}
index:
  model: sellmeier
  form: b w^2 / (w^2 - c^2)
  unit: um
  terms:
    - {b: 1.4, c: 0.1}
  valid_nm: [400, 700]
  outside: formula
  evidence: fitted
  source: a test
absorption:
  model: table
  wavelength_nm: [400, 500, 600]
  per_mm: [0.0, 0.2, 0.1]
  outside: hold
  evidence: estimated
  source: a test
"""

METAL = """\
name: my-metal
label: My metal
kind: metal
density: {value: 12.0, evidence: measured, source: weighed in the shop}
roughness: {value: 0.03, evidence: estimated, source: polished}
index:
  model: table
  wavelength_nm: [400, 500, 600]
  n: [1.5, 0.9, 0.3]
  k: [1.8, 1.9, 2.9]
  outside: hold
  evidence: measured
  source: a test
"""


def write(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    """Writes `text` as a file and returns its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
