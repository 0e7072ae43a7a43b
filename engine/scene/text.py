"""Reading TOML that people wrote: bounded, and with errors that name file, line and field."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.errors import FileError, SceneError

LARGEST_TOML = 4 * 2**20


def read_text(path: Path) -> str:
    """The text of a small UTF-8 file. Raises FileError, or SceneError when it is not text."""
    try:
        if not path.is_file():
            raise FileError("there is no such file; check the path", file=path)
        if path.stat().st_size > LARGEST_TOML:
            raise FileError("is larger than 4 MB, so it is no TOML of ours", file=path)
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise SceneError("is not UTF-8 text; save it as UTF-8 TOML", file=path) from None
    except (OSError, ValueError) as error:
        raise FileError(f"cannot be read: {error}", file=path) from None


def parse_toml(text: str, file: Path) -> dict[str, Any]:
    """Parse TOML. Raises SceneError with the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", str(error), re.DOTALL)
        reason, line = (found[1], int(found[2])) if found else (str(error), None)
        reason = reason[:1].lower() + reason[1:]
        raise SceneError(f"is not valid TOML: {reason}", file=file, line=line) from None
    except (RecursionError, ValueError):
        raise SceneError(
            "is not valid TOML: nested too deep or a number too long", file=file
        ) from None


def freeze(value: Any) -> Any:
    """TOML's arrays as tuples, all the way down."""
    if isinstance(value, dict):
        return {key: freeze(inner) for key, inner in value.items()}
    return tuple(freeze(inner) for inner in value) if isinstance(value, list) else value


def explain(error: ValidationError, prefix: str = "") -> str:
    """The first thing wrong, as one sentence that starts with the field."""
    first = error.errors(include_url=False, include_context=False)[0]
    path = [
        str(step) for step in first["loc"] if not str(step).startswith(("function-", "literal["))
    ]
    where = ".".join(([prefix] if prefix else []) + path)
    reason = first["msg"].removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    given = first.get("input")
    shown = f", not {given!r}" if isinstance(given, (str, int, float)) else ""
    if first["type"] in ("missing", "extra_forbidden"):
        known = {"missing": "is required", "extra_forbidden": "is not a known field"}
        return f"field '{where}' {known[first['type']]}"
    return f"field '{where}': {reason}{shown[:80]}" if where else f"{reason}{shown[:80]}"
