"""Reading TOML that people wrote: bounded, and with errors that name file, line and field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
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
    """The first thing wrong, as one sentence that starts with the field; lists count from 1.

    prefix : where in the file the validated table stands.
    """
    first = error.errors(include_url=False)[0]
    where = prefix
    for step in first["loc"]:
        if isinstance(step, int):
            where += f"#{step + 1}"
        elif step not in _UNION_STEPS:
            where += f".{step}" if where else step
    reason = _reason(first["type"], first["msg"], first.get("ctx", {}))
    given = first.get("input")
    if isinstance(given, (str, int, float)) and first["type"] not in _OWN_WORDS:
        reason += f", not {given!r:.60}"
    return f"field '{where}' {reason}" if where else reason


#: What pydantic adds to the path to say which member of a union it tried.
_UNION_STEPS = {"float", "str", "disc", "rectangle", "dome", "card", "dict[str,any]"}
_OWN_WORDS = {"missing", "extra_forbidden", "value_error", "union_tag_invalid"}
_PLAIN_WORDS = {
    "input should be": "must be",
    "a valid tuple": "a list",
    "a valid string": "a string",
    "a valid dictionary": "a table",
    "a valid number": "a number",
    "a valid integer": "a whole number",
    "a valid boolean": "true or false",
    "value error, ": "",
}


def _reason(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a known field"
    if kind == "union_tag_not_found":
        return "needs a shape: disc, rectangle, dome or card"
    if kind == "union_tag_invalid":
        return f"has an unknown shape {context['tag']!r:.60}; use {context['expected_tags']}"
    reason = message[:1].lower() + message[1:]
    for theirs, ours in _PLAIN_WORDS.items():
        reason = reason.replace(theirs, ours)
    return reason
