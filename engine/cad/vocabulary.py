"""The vocabulary: what the words in a name say about role, kind and material."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any, get_args

import yaml

from engine.types import Kind, Role

#: Endings that a plural may add to a word of the vocabulary.
ENDINGS = ("", "s", "es", "e", "n", "en", "er")

_BREAKS = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"
)

Entry = tuple[str, ...]


def words(text: str) -> Entry:
    """Lower-case words and numbers of a name, without accents.

    >>> words("Gem01_CentreStone")
    ('gem', '01', 'centre', 'stone')
    """
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return tuple(re.findall(r"[a-z]+|\d+", _BREAKS.sub(" ", plain).casefold()))


@dataclass(frozen=True)
class Meaning:
    """Words that mean one material. kind : "metal", "gem", "opaque" or "organic"."""

    material: str
    kind: str
    entries: tuple[frozenset[str], ...]
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """See `vocabulary.yml` for how names are read.

    roles, kinds : (entry, meaning) pairs; a word of an entry may begin with a star.
    """

    of: frozenset[str]
    roles: tuple[tuple[Entry, Role], ...]
    kinds: tuple[tuple[Entry, Kind], ...]
    fineness: frozenset[str]
    karat: frozenset[str]
    materials: tuple[Meaning, ...]

    def role(self, text: str) -> Role | None:
        """The role that a name speaks of, or None."""
        found = _best(self._head(text), self.roles)
        if found is None:
            material = self.material(text)
            kinds = {"metal": "metal", "gem": "stone", "opaque": "stone", "organic": "pearl"}
            return next(
                (_role(kinds[m.kind]) for m in self.materials if m.material == material), None
            )
        return _role(found)

    def kind(self, text: str) -> Kind | None:
        """The kind of piece that a name speaks of, or None."""
        found = _best(self._head(text), self.kinds)
        return next((kind for _, kind in self.kinds if kind == found), None)

    def material(self, text: str) -> str | None:
        """The library material that a name clearly means, or None."""
        tokens = words(text)
        said = frozenset(tokens)
        best = 0
        names: set[str] = set()
        for meaning in self.materials:
            if said & meaning.excluded:
                continue
            for entry in meaning.entries:
                if entry <= said and len(entry) >= best:
                    if meaning.kind == "metal" and self._fineness(tokens) - entry:
                        continue
                    names = {meaning.material} | (names if len(entry) == best else set())
                    best = len(entry)
        return names.pop() if len(names) == 1 else None

    def extended(
        self, roles: Mapping[Role, Iterable[str]], materials: Mapping[str, tuple[str, list[str]]]
    ) -> Vocabulary:
        """With words of a house; materials : name -> (kind, names that mean it)."""
        extra = tuple((words_of(entry), role) for role, names in roles.items() for entry in names)
        meanings = tuple(
            Meaning(name, kind, tuple(frozenset(words(n)) for n in names))
            for name, (kind, names) in materials.items()
        )
        return replace(self, roles=self.roles + extra, materials=self.materials + meanings)

    def _head(self, text: str) -> Entry:
        """Words up to the first "of" (as far as any stand before it), without numbers."""
        tokens = [word for word in words(text) if not word.isdigit()]
        cut = next((i for i, word in enumerate(tokens) if i and word in self.of), len(tokens))
        return tuple(tokens[:cut])

    def _fineness(self, tokens: Entry) -> frozenset[str]:
        """Numbers in a name that state an alloy: "585", or "14" before "k"."""
        following = (*tokens[1:], "")
        return frozenset(
            word
            for word, after in zip(tokens, following, strict=True)
            if word.isdigit() and (word in self.fineness or after in self.karat)
        )


def words_of(entry: str) -> Entry:
    """Words of an entry; a star before a word stays on it."""
    return tuple(
        ("*" if part.startswith("*") else "") + word
        for part in entry.split()
        for word in words(part)
    )


def _says(pattern: str, word: str) -> bool:
    """Whether a word is the entry's word, perhaps in the plural or as the end of a compound."""
    stem = pattern.lstrip("*")
    for ending in ENDINGS:
        full = stem + ending
        if word == full or (pattern.startswith("*") and word.endswith(full)):
            return True
    return False


def _best(tokens: Entry, entries: Iterable[tuple[Entry, str]]) -> str | None:
    """Meaning of the entry with most words, then nearest to the end, then longest."""
    best: tuple[int, int, int] = (0, 0, 0)
    meaning = None
    for entry, means in entries:
        for start in range(len(tokens) - len(entry) + 1):
            if all(_says(p, w) for p, w in zip(entry, tokens[start:], strict=False)):
                rank = (len(entry), start, sum(len(p) for p in entry))
                if rank > best or meaning is None:
                    best, meaning = rank, means
    return meaning


def _role(text: str) -> Role:
    roles: tuple[Role, ...] = get_args(Role)
    return next(role for role in roles if role == text)


@lru_cache(maxsize=1)
def built_in() -> Vocabulary:
    """The vocabulary that ships with the engine."""
    text = resources.files("engine.cad").joinpath("vocabulary.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    meanings = [
        Meaning(
            name,
            kind,
            tuple(frozenset(words(entry)) for entry in said["names"]),
            frozenset(words(" ".join(said.get("not", ())))),
        )
        for kind in ("metal", "gem", "opaque", "organic")
        for name, said in data[f"{kind}s"].items()
    ]
    return Vocabulary(
        of=frozenset(data["of"]),
        roles=tuple((e, _role(role)) for e, role in _entries(data["roles"]))
        + tuple(_gem_names(meanings)),
        kinds=tuple((e, k) for e, name in _entries(data["kinds"]) for k in _kinds() if k == name),
        fineness=frozenset(data["fineness"]),
        karat=frozenset(data["karat"]),
        materials=tuple(meanings),
    )


def _kinds() -> tuple[Kind, ...]:
    kinds: tuple[Kind, ...] = get_args(Kind)
    return kinds


def _entries(section: Mapping[str, Mapping[str, list[str]]]) -> Iterable[tuple[Entry, str]]:
    for meaning, languages in section.items():
        for entries in languages.values():
            for entry in entries:
                yield words_of(entry), meaning


def _gem_names(meanings: Iterable[Meaning]) -> Iterable[tuple[Entry, Role]]:
    """One-word names of gems say "stone" too: ruby, Rubin, zaffiro, turquoise."""
    for meaning in meanings:
        if meaning.kind in ("gem", "opaque"):
            for entry in meaning.entries:
                if len(entry) == 1:
                    yield (next(iter(entry)),), "stone"
