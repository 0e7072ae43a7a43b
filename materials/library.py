"""Materials by name, from this package's folders, or by path."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from materials.errors import MaterialError
from materials.files import read_record
from materials.material import Material

_ROOT = Path(__file__).parent
_FOLDERS = {"metal": "metals", "gem": "gems", "organic": "organics", "opaque": "opaques"}


@cache
def _paths() -> dict[str, Path]:
    return {
        path.stem: path
        for folder in _FOLDERS.values()
        for path in sorted((_ROOT / folder).glob("*.yaml"))
    }


def names(kind: str | None = None) -> list[str]:
    """Names of the library's materials: metals, gems, organics, opaque stones, each sorted.

    kind : "metal", "gem", "organic" or "opaque" for only these. Raises MaterialError for
           another kind.
    """
    if kind is None:
        return list(_paths())
    if kind not in _FOLDERS:
        raise MaterialError(f"no kind of material is called '{kind}': {', '.join(_FOLDERS)}")
    return [name for name, path in _paths().items() if path.parent.name == _FOLDERS[kind]]


def load(name_or_path: str | Path) -> Material:
    """A material of the library by name, or one of your own by the path of its YAML file.

    Whatever has a folder separator or ends in .yaml or .yml is a path. Library materials are read
    once. Raises MaterialError: with the nearest names for an unknown one; with file, field and
    reason for a wrong file.

    >>> load("diamond").density
    3.52
    """
    text = str(name_or_path)
    if text.lower().endswith((".yaml", ".yml")) or "/" in text or "\\" in text:
        return read_record(Path(text), Material)
    return _library(text.strip().lower())


@cache
def _library(name: str) -> Material:
    path = _paths().get(name)
    if path is None:
        raise MaterialError(f"no material is called '{name[:80]}'; {_hint(name)}")
    return read_record(path, Material)


def _hint(name: str) -> str:
    """What may have been meant: it is for a person to say so, not for us to guess."""
    from materials.search import nearest, search

    meant = [match.name for match in search(name)] + nearest(name, _paths())
    close = list(dict.fromkeys(meant))[:3]
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(_paths())}"
