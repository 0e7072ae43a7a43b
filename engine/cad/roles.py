"""What each part is: by its names, else by its look, else by its shape, unless a person says so.

Names are asked in the order object, material, layer. Where they contradict each other (an object
"prong" on a layer "diamonds") the shape decides: a cut stone is the stone, anything else what the
other name says. Without a telling name a closed, near-convex body of facets is a stone and all
else is metal: a nameless ball may be a pearl or a bead, and beads are what rings are made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

import numpy as np

from engine.cad.bodies import Body
from engine.cad.facets import looks_cut
from engine.cad.likeness import Likeness, likeness
from engine.cad.mapping import House, Rule
from engine.cad.topology import components
from engine.cad.vocabulary import Vocabulary
from engine.errors import SceneError
from engine.types import Note, Role

#: Names listed in an error before it says how many more there are.
LISTED = 20
#: A part of more bodies than this is not taken for a parcel of stones by its shape.
MOST_STONES = 2_000


def assign(
    bodies: Sequence[Body], house: House, file: str | None = None
) -> tuple[list[Body], list[Note]]:
    """Give each body its role and, where a name or a rule says so, its library material.

    Raises `SceneError` when a pattern that was asked for matches neither a part nor a layer.
    """
    words = _Words(house.vocabulary)
    read = [_by_names(body, words) for body in bodies]
    notes = [note for _, note in read if note is not None]
    named = [body for body, _ in read]
    for rule in house.rules:
        hit = [matches(rule.pattern, body) for body in named]
        if rule.required and not any(hit):
            raise _unmatched(rule, named, file)
        named = [_ruled(body, rule) if h else body for body, h in zip(named, hit, strict=True)]
    return named, [_summary(named), *notes, *_look_notes(named)]


def matches(pattern: str, body: Body) -> bool:
    """Whether a glob pattern fits a part's name, its layer, or the last part of its layer."""
    wanted = pattern.casefold()
    layers = (body.layer, re.split(r"::|/", body.layer)[-1])
    return any(fnmatchcase(name.casefold(), wanted) for name in (body.name, *layers) if name)


def by_shape(body: Body) -> Role:
    """The role that a body's shape suggests: "stone" when all of it is cut stones."""
    if not body.closed:
        return "metal"
    count, label = components(body.faces)
    if count > MOST_STONES:
        return "metal"
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    for group in groups:
        used, index = np.unique(body.faces[group], return_inverse=True)
        if not looks_cut(body.vertices[used], index.reshape(-1, 3).astype(np.int32)):
            return "metal"
    return "stone"


class _Words:
    """The vocabulary, asked only once for each name: layers and materials repeat."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.role = cache(vocabulary.role)
        self.material = cache(vocabulary.material)
        self.kinds = {meaning.material: meaning.kind for meaning in vocabulary.materials}


def _by_names(body: Body, vocabulary: _Words) -> tuple[Body, Note | None]:
    sources = [text for text in (body.name, body.hint, body.layer) if text]
    roles = [role for role in map(vocabulary.role, sources) if role is not None]
    note = None
    if not roles:
        role = _seen(body).role or by_shape(body)
    elif "stone" in roles and len(set(roles)) > 1:
        role = by_shape(body)
        role = role if role == "stone" else next(r for r in roles if r != "stone")
        text = f"The names of part '{body.name}' contradict each other; its shape says {role}."
        note = Note("role", text, body.name)
    else:
        role = roles[0]
    return replace(body, role=role, material=_named_material(body, role, vocabulary)), note


def _named_material(body: Body, role: Role, vocabulary: _Words) -> str | None:
    """The library material of the first name that means one of the right kind."""
    for text in (body.hint, body.name, body.layer):
        material = vocabulary.material(text) if text else None
        if material is not None and ROLE_OF_KIND.get(vocabulary.kinds[material]) == role:
            return material
    like = _seen(body)
    return like.material if like.role == role else None


def _seen(body: Body) -> Likeness:
    """What a part looks like, by the material that the file shows it in."""
    return Likeness(None, None, "") if body.look is None else likeness(body.look)


def _look_notes(bodies: Sequence[Body]) -> list[Note]:
    """A sentence for each look that decided what a part is, or stated what nothing fits."""
    told: dict[str, Note] = {}
    for body in bodies:
        like = _seen(body)
        if like.text and like.role == body.role and like.material == body.material:
            what = f"The material '{body.hint}'" if body.hint else f"The material of '{body.name}'"
            told.setdefault(f"{what} {like.text}.", Note("role", f"{what} {like.text}.", body.name))
    return list(told.values())


ROLE_OF_KIND: dict[str, Role] = {
    "metal": "metal",
    "gem": "stone",
    "opaque": "stone",
    "organic": "pearl",
}


def _ruled(body: Body, rule: Rule) -> Body:
    if rule.finish is not None:
        body = replace(body, finish=rule.finish)
    role = rule.role if rule.role is not None else ROLE_OF_KIND.get(rule.kind or "", body.role)
    if rule.material is not None:
        return replace(body, role=role, material=rule.material)
    kept = body.material if role == body.role else None
    return replace(body, role=role, material=kept)


def _unmatched(rule: Rule, bodies: Sequence[Body], file: str | None) -> SceneError:
    parts = _listed([body.name for body in bodies])
    layers = _listed(sorted({body.layer for body in bodies if body.layer}))
    there = f"parts: {parts}" + (f"; layers: {layers}" if layers else "")
    return SceneError(
        f"the pattern '{rule.pattern}' matches no part and no layer; the file has {there}",
        file=file,
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(f"'{name}'" for name in names[:LISTED]) + more


_ONE: dict[Role, str] = {
    "metal": "metal",
    "stone": "a stone",
    "pearl": "a pearl",
    "other": "neither metal nor stone",
}
_MANY: dict[Role, tuple[str, str]] = {
    "metal": ("metal", "metal"),
    "stone": ("stone", "stones"),
    "pearl": ("pearl", "pearls"),
    "other": ("other part", "other parts"),
}


def _summary(bodies: Sequence[Body]) -> Note:
    if len(bodies) == 1:
        return Note("role", f"The only part is {_ONE[bodies[0].role]}.", bodies[0].name)
    found = [(sum(body.role == role for body in bodies), role) for role in _MANY]
    counts = [f"{n} {_MANY[role][n > 1]}" for n, role in found if n]
    return Note("role", f"Of {len(bodies)} parts, {', '.join(counts)}.")
