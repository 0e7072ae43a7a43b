"""The table and the picture in benchmarks/README.md, between two marks."""

from __future__ import annotations

import os
from pathlib import Path

BEGIN, END = "<!-- kit: begin -->", "<!-- kit: end -->"


def replaced(text: str, content: str) -> str:
    """`text` with `content` between the marks. Raises ValueError where these are not."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the text needs the lines {BEGIN} and {END}, in this order")
    return f"{before}{BEGIN}\n\n{content.strip()}\n\n{END}{after}"


def publish(readme: Path, content: str) -> None:
    """Put `content` between the marks of a file."""
    fresh = readme.with_suffix(".part")
    fresh.write_text(replaced(readme.read_text(encoding="utf-8"), content), encoding="utf-8")
    os.replace(fresh, readme)
