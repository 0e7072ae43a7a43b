"""Who is what by decree: `--assign` pairs and the mapping file of a house.

    # house.toml
    [[assign]]                       # glob pattern over part or layer names; later ones win
    pattern = "Layer 03"
    material = "platinum-950"        # a library name or a YAML beside this file
    [[assign]]
    pattern = "*setting*"
    role = "metal"                   # metal, stone, pearl or other; by default the material's
    finish = "worn:0.4"              # of metal; see materials/finishes.py
    [vocabulary.roles]               # more words, read like those of engine/cad/vocabulary.yml
    stone = ["piedrita"]
    [vocabulary.materials]
    gold-18k-yellow = ["house gold"]

A pattern of the mapping file may match nothing, as the file serves many pieces; one given by
`--assign` must match.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import materials
from engine.cad.vocabulary import Vocabulary, built_in
from engine.errors import FileError, SceneError
from engine.types import LoadOptions, Role

#: A mapping file larger than this is something else.
MOST_BYTES = 1_000_000


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assignment(_Model):
    """One `[[assign]]` table."""

    pattern: str = Field(min_length=1)
    material: str | None = Field(default=None, min_length=1)
    role: Role | None = None
    finish: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Assignment:
        if self.material is None and self.role is None and self.finish is None:
            raise ValueError("give a material, a role, a finish, or several of them")
        if self.finish is not None:
            materials.finish(self.finish)  # its error is a ValueError, and says what is wrong
        return self


class ExtraWords(_Model):
    """The `[vocabulary]` table."""

    roles: Mapping[Role, tuple[str, ...]] = Field(default_factory=dict)
    materials: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class MappingFile(_Model):
    """A mapping file, validated."""

    assign: tuple[Assignment, ...] = ()
    vocabulary: ExtraWords = ExtraWords()


@dataclass(frozen=True)
class Rule:
    """An assignment with its material looked up.

    kind : the material's ("metal", "gem", "organic", "opaque"), None without a material.
    required : whether a pattern that matches nothing is an error.
    """

    pattern: str
    material: str | None
    role: Role | None
    kind: str | None
    required: bool
    finish: str | None = None


@dataclass(frozen=True)
class House:
    """All that is decreed about a file: rules in the order they apply, and the vocabulary."""

    rules: tuple[Rule, ...] = ()
    vocabulary: Vocabulary = field(default_factory=built_in)


def house(options: LoadOptions) -> House:
    """Rules and vocabulary of `options`.

    Raises `FileError` for a mapping file that cannot be read or is wrong, `SceneError` for an
    assignment without a pattern, `materials.MaterialError` for an unknown material.
    """
    file = MappingFile() if options.mapping is None else read_mapping(options.mapping)
    folder = None if options.mapping is None else Path(options.mapping).parent
    rules = [
        replace(_rule(a.pattern, _beside(a.material, folder), a.role, False), finish=a.finish)
        for a in file.assign
    ]
    for pattern, material in options.assign:
        if not pattern or not material:
            raise SceneError(
                f"the assignment '{pattern}={material}' lacks a side; write PATTERN=MATERIAL, "
                "such as 'Layer 03=platinum-950'"
            )
        rules.append(_rule(pattern, material, None, True))
    for pattern, finish in options.finishes:
        rules.append(Rule(pattern, None, None, None, True, str(materials.finish(finish))))
    words = file.vocabulary
    meant = {name: (_kind(name), list(entries)) for name, entries in words.materials.items()}
    return House(tuple(rules), built_in().extended(words.roles, meant))


def read_mapping(path: str | Path) -> MappingFile:
    """Read and validate a mapping file; raises `FileError` with the file, field and reason."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise FileError("the mapping file is larger than 1 MB; is it TOML?", file=path)
        return MappingFile.model_validate(tomllib.loads(data.decode("utf-8")))
    except OSError as error:
        raise FileError(
            f"the mapping file cannot be read ({error.strerror}); check its path", file=path
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileError(f"the mapping file is not valid TOML: {error}", file=path) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"]) or "the file"
        raise FileError(
            f"{field}: {_reason(first['type'], first['msg'])}; {_REMEDY}", file=path
        ) from None


_REMEDY = """write rules as [[assign]] with pattern = "Layer 03" and material = "platinum-950" \
(or role = "stone"), words as lists under [vocabulary.roles] or [vocabulary.materials]"""


def _reason(kind: str, message: str) -> str:
    """What is wrong with a field, for people who do not speak pydantic."""
    said = {
        "extra_forbidden": "a mapping file has no such field",
        "missing": "this field is missing",
        "tuple_type": "this should be a list",
        "mapping_type": "this should be a table",
    }
    return said.get(kind, message.removeprefix("Value error, "))


def _rule(pattern: str, material: str | None, role: Role | None, required: bool) -> Rule:
    kind = None if material is None else _kind(material)
    return Rule(pattern, material, role, kind, required)


def _kind(material: str) -> str:
    return str(materials.load(material).kind)


def _beside(material: str | None, folder: Path | None) -> str | None:
    """A YAML path of a mapping file, resolved in the file's folder; library names as they are."""
    if material is None or folder is None or not material.endswith((".yml", ".yaml")):
        return material
    path = (folder / material).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise FileError(
            f"the material '{material}' lies outside the mapping file's folder; put it beside it",
            file=folder,
        )
    return str(path)
