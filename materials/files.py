"""Reading one YAML file that a stranger may have written.

The size is bounded. Refused are anchors and aliases (a few lines of them can stand for gigabytes),
tags (they can name code) and fields given twice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from materials.errors import MaterialError
from materials.schema import Record

#: A material with full tables is below 100 kB.
MAX_BYTES = 256 * 1024

#: Levels of nesting; the deepest field of the schema lies at five.
MAX_DEPTH = 16

#: Values of the field `model`.
MODELS = (
    *("sellmeier", "table", "constant", "alloy", "bands", "offset", "uniaxial", "biaxial"),
    *("nacre", "grains", "lamellae"),
)

R = TypeVar("R", bound=Record)


class _PlainLoader(yaml.SafeLoader):
    """PyYAML's safe loader without anchors, aliases, tags and repeated fields, of bounded depth."""

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases (& and *) are not allowed: write the values out",
                problem_mark=event.start_mark,
            )
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(
                problem="tags (!) are not allowed: write plain values",
                problem_mark=event.start_mark,
            )
        if self._depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(
                problem="it is nested too deeply", problem_mark=event.start_mark
            )
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(
                    problem="a field's name must be a word", problem_mark=key.start_mark
                )
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the field '{key.value}' is given twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_record(path: Path, model: type[R]) -> R:
    """The validated content of a YAML file; raises MaterialError with file, field and reason."""
    return checked(read_fields(path), model, path)


def read_fields(path: Path, most: int = MAX_BYTES) -> dict[str, Any]:
    """The fields of a YAML file of at most `most` bytes; raises MaterialError."""
    content = _parse(read_text(path, most), path)
    if not isinstance(content, dict):
        raise MaterialError("the file must be a list of fields such as 'name: ...'", file=path)
    return content


def checked(content: dict[str, Any], model: type[R], path: Path) -> R:
    """The record that fields make; raises MaterialError with field and reason."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        field, reason = _first_problem(error)
        raise MaterialError(reason, file=path, field=field) from None
    except (OverflowError, RecursionError) as error:
        raise MaterialError(f"a number or list is out of bounds ({error})", file=path) from None


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """The text of a file of at most `most` bytes, in UTF-8; raises MaterialError."""
    try:
        known, regular = path.exists(), path.is_file()
        data = _head(path, most) if regular else b""
    except OSError as error:
        raise MaterialError(f"the file cannot be read ({error.strerror})", file=path) from None
    if not regular:
        raise MaterialError(
            "this is a folder or device, not a file" if known else "there is no such file",
            file=path,
        )
    if len(data) > most:
        raise MaterialError(
            f"the file is larger than {most // 1024} kB; a material needs far less", file=path
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MaterialError("the file is not text in UTF-8", file=path) from None


def _head(path: Path, most: int) -> bytes:
    """As much of the file as it may have, and one byte more."""
    with path.open("rb") as stream:
        return stream.read(most + 1)


def _parse(text: str, path: Path) -> Any:
    try:
        return yaml.load(text, Loader=_PlainLoader)  # a SafeLoader: plain data only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = "" if mark is None else f"line {mark.line + 1}: "
        raise MaterialError(f"{line}{error.problem or 'this is not YAML'}", file=path) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "unreadable"
        raise MaterialError(f"this is not YAML ({reason})", file=path) from None


def _first_problem(error: ValidationError) -> tuple[str | None, str]:
    """Field (dotted) and reason of the first problem, in words."""
    problem = error.errors(include_url=False, include_context=False)[0]
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    # Steps for the chosen model ("index.table.k") or a key are no fields that anyone wrote.
    steps = [str(step) for step in problem["loc"] if step not in (*MODELS, "[key]")]
    kind = problem["type"]
    if kind == "union_tag_not_found":
        return ".".join([*steps, "model"]), "the field is missing" + more
    if kind == "missing":
        return ".".join(steps), "the field is missing" + more
    if kind == "extra_forbidden":
        return ".".join(steps), "no such field is known; check its spelling" + more
    reason = problem["msg"].removeprefix("Value error, ").removeprefix("Input ")
    shown = repr(problem.get("input"))
    if kind != "value_error" and len(shown) < 60:
        reason += f", not {shown}{_unit_hint(steps, problem.get('input'))}"
    return ".".join(steps) or None, reason[:1].lower() + reason[1:] + more


def _unit_hint(steps: list[str], given: Any) -> str:
    """What the number may have been meant as, where a unit is easily mistaken."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return ""
    if any(step.endswith("_nm") for step in steps) and 0.1 < given < 20:
        return f"; wavelengths are in nm, and {given:g} um is {1e3 * given:g}"
    if steps[:1] == ["density"] and 500 <= given < 25000:
        return f"; densities are in g/cm3, and {given:g} kg/m3 is {1e-3 * given:g}"
    return ""
