"""TOML -> Scene. The file may come from anywhere: every field is checked, errors name it."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

import materials
from engine.errors import InputError, SceneError
from engine.scene.compose import check_material, is_gem, is_metal, no_gem, no_metal
from engine.scene.model import Ground, Lens, Scene, View
from engine.scene.references import is_path, resolve
from engine.scene.studios import Studio, load_studio, parse_studio, with_found_panorama
from engine.scene.text import explain, freeze, parse_toml, read_text
from engine.types import LoadOptions, Piece
from materials import Finish

R = TypeVar("R")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _PieceTable(BaseModel):
    model_config = _STRICT
    path: str
    sha256: Sha256 | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class _SceneTable(BaseModel):
    model_config = _STRICT
    version: Literal[1] = 1
    size: tuple[int, int] = (1024, 1024)
    seed: int = 0
    studio: str | dict[str, Any] = "tent"
    piece: _PieceTable
    materials: dict[str, str]
    finishes: dict[str, str] = Field(default_factory=dict)
    files: dict[str, Sha256] = Field(default_factory=dict)
    ground: dict[str, Any] | None = None
    view: dict[str, Any] = Field(default_factory=dict)
    lens: dict[str, Any] = Field(default_factory=dict)
    axes: dict[str, tuple[float, float, float]] = Field(default_factory=dict)
    clarity: dict[str, str] = Field(default_factory=dict)


def load_scene(path: str | Path) -> Scene:
    """Read a scene from TOML; see `engine.scene.toml` for the format.

    Raises SceneError (file, field and reason; also when a file it names has changed), FileError,
    and what `engine.load` raises for the piece.
    """
    path = Path(path)
    data = freeze(parse_toml(read_text(path), path))
    try:
        table = _SceneTable.model_validate(data)
    except ValidationError as error:
        raise SceneError(explain(error), file=path) from None
    studio = _studio(table, path)
    ground = studio.ground.model_dump()
    if table.ground is not None:  # what it leaves out of colour and fade, it does not have
        ground = {name: ground[name] for name in ("kind", "albedo")} | table.ground
    stand = _record(Ground, ground, path, "ground")
    view = _record(View, table.view, path, "view")
    lens = _record(Lens, table.lens, path, "lens")
    piece = _piece(table, path)
    chosen = _materials(table, piece, path)
    left = _finishes(table, chosen, path)
    try:
        return Scene(
            piece,
            chosen,
            studio,
            stand,
            view,
            lens,
            table.size,
            table.seed,
            finishes=left,
            axes=table.axes,
            clarity=_clarity(table, chosen, path),
        )
    except SceneError as error:
        raise SceneError(error.message, file=path) from None


def _record(record: type[R], values: dict[str, Any], file: Path, field: str) -> R:
    """A dataclass from a table, its types checked strictly."""
    try:
        checked = _mirror(record).model_validate(values)
        return record(**{name: getattr(checked, name) for name in type(checked).model_fields})
    except ValidationError as error:
        raise SceneError(explain(error, field), file=file) from None
    except SceneError as error:
        raise SceneError(f"field '{field}': {error.message}", file=file) from None


def _mirror(record: type[Any]) -> type[BaseModel]:
    """A strict model with the fields and defaults of a dataclass."""
    hints = get_type_hints(record)
    members: dict[str, Any] = {f.name: (hints[f.name], f.default) for f in fields(record)}
    return create_model(record.__name__, __config__=_STRICT, **members)


def _piece(table: _SceneTable, file: Path) -> Piece:
    from engine.cad.load import load

    options = _record(LoadOptions, table.piece.options, file, "piece.options")
    if options.mapping is not None:
        mapping = _file(table, options.mapping, file, "piece.options.mapping")
        options = replace(options, mapping=mapping)
    assign = tuple(
        (glob, _material_file(table, name, file, "piece.options.assign"))
        for glob, name in options.assign
    )
    found = resolve(
        table.piece.path, file.parent, table.piece.sha256, file=file, field="piece.path"
    )
    return load(found.path, replace(options, assign=assign))


def _studio(table: _SceneTable, file: Path) -> Studio:
    if isinstance(table.studio, dict):
        return with_found_panorama(parse_studio(table.studio, file, "studio"), file, "studio.")
    try:
        if table.studio.lower().endswith(".toml"):
            return load_studio(_file(table, table.studio, file, "studio"))
        return load_studio(table.studio)
    except InputError as error:
        raise SceneError(f"field 'studio': {error}", file=file) from None


def _materials(table: _SceneTable, piece: Piece, file: Path) -> dict[str, str]:
    parts = {part.name: part for part in piece.parts}
    chosen = {}
    for name, material in table.materials.items():
        field = f"materials.{name}"
        if name not in parts:
            raise SceneError(f"field '{field}': the piece has no part of that name", file=file)
        chosen[name] = _material_file(table, material, file, field)
        try:
            check_material(piece, parts[name], chosen[name])
        except (materials.MaterialError, SceneError) as error:
            raise SceneError(f"field '{field}': {error}", file=file) from None
    return chosen


def _finishes(table: _SceneTable, chosen: dict[str, str], file: Path) -> dict[str, Finish]:
    found = {}
    for name, text in table.finishes.items():
        try:
            found[name] = materials.finish(text)
            if name in chosen and not is_metal(chosen[name]):
                raise no_metal(name, chosen[name])
        except (materials.MaterialError, SceneError) as error:
            raise SceneError(f"field 'finishes.{name}': {error}", file=file) from None
    return found


def _clarity(table: _SceneTable, chosen: dict[str, str], file: Path) -> dict[str, str]:
    for name in table.clarity.keys() & chosen.keys():
        if not is_gem(chosen[name]):
            raise SceneError(f"field 'clarity.{name}': {no_gem(name, chosen[name])}", file=file)
    return table.clarity


def _material_file(table: _SceneTable, name: str, file: Path, field: str) -> str:
    """A material's name as it is, or the absolute path of its YAML file."""
    return _file(table, name, file, field) if is_path(name) else name


def _file(table: _SceneTable, name: str, file: Path, field: str) -> str:
    return str(resolve(name, file.parent, table.files.get(name), file=file, field=field).path)
