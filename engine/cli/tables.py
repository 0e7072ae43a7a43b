"""Tables and JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import typer


def print_json(value: Any) -> None:
    """Indented, as it is: no escapes for letters beyond ASCII."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(
    rows: Iterable[Iterable[str]], *headings: str, right: frozenset[int] = frozenset()
) -> None:
    """Rows of plain text under headings; no heading line where all are empty.

    right : columns of figures.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_header=any(headings), pad_edge=False)
    for column, heading in enumerate(headings):
        justify: Any = "right" if column in right else "left"
        table.add_column(heading, overflow="fold", justify=justify)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: a bracket in a name is no markup
    # A pipe has no width of its own: wide enough there for whole sentences.
    Console(width=None if sys.stdout.isatty() else 120).print(table)
