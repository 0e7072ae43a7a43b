"""Finding a material by what people call it: in five languages, with typing errors.

    search("weissgold 18k")[0].name
    search("or gris 750"), search("saphire")

Each word of the query is looked for among all words of a material: its names, its label, its name,
what its alloy is made of. Rare words weigh more than common ones ("white" more than "gold"). A
word that nothing has is taken apart as German compounds are, then for a typing error.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from materials.material import Material
from materials.names import Names
from materials.schema import AlloyIndex
from materials.words import fold, lexicon, spoken

#: Letters and words of a query that are looked at.
MOST_LETTERS, MOST_WORDS = 200, 12

# All estimated, by trying: what is still a typing error; what a match must reach of a perfect one
# and of the best one; how much the words that were not asked for count.
_TYPO, _LEAST, _BESIDE_BEST, _UNASKED = 0.74, 0.5, 0.7, 0.2

#: What is looked for at one place of the query: tokens, each with how well it fits what is written.
_Slot = dict[str, float]


@dataclass(frozen=True)
class Match:
    """A material that was found. score : 1 where every word fits and none is left over."""

    name: str
    label: str
    kind: str
    score: float


@dataclass(frozen=True)
class _Entry:
    """What can be found of a material: the tokens of each name, and all of them."""

    material: Material
    phrases: tuple[frozenset[str], ...]
    tokens: frozenset[str]


def search(text: str, among: Sequence[Material] | None = None) -> list[Match]:
    """Materials that `text` may mean, the best first; empty when it means none.

    among : where to look; by default the whole library.

    >>> search("Weissgold 18 Karat")[0].name
    'gold-18k-white'
    """
    entries = _library() if among is None else tuple(map(_entry, among))
    found = [entry.tokens for entry in entries]
    often = Counter(token for tokens in found for token in tokens)
    slots = _slots(text, often)
    weights = [_weight(slot, often, len(entries)) for slot in slots]
    if not slots or not entries:
        return []
    matches = []
    for entry in entries:
        score = _score(entry, slots, weights)
        material = entry.material
        matches.append(Match(material.name, material.label, material.kind, round(score, 3)))
    best = max((match.score for match in matches), default=0.0)
    least = max(_LEAST, _BESIDE_BEST * best)
    return sorted((m for m in matches if m.score >= least), key=lambda match: -match.score)


def nearest(text: str, names: Collection[str], count: int = 3) -> list[str]:
    """Names of the library that look like `text`, for an error's "did you mean"."""
    return get_close_matches(text[:MOST_LETTERS].strip().lower(), names, n=count, cutoff=0.5)


def _slots(text: str, known: Collection[str]) -> list[_Slot]:
    """What is looked for, word by word."""
    slots: list[_Slot] = []
    for token in spoken(_joined(text[:MOST_LETTERS], known))[:MOST_WORDS]:
        slots += _read(token, known)
    return slots


def _joined(text: str, known: Collection[str]) -> str:
    """`text` with every two words that are known as one written as one: "Mond-Stein"."""
    words = re.split(r"[\W_]+", fold(text))
    for i in range(len(words) - 1, 0, -1):
        if words[i - 1] + words[i] in known:
            words[i - 1 : i + 1] = [words[i - 1] + words[i]]
    return " ".join(words)


def _read(token: str, known: Collection[str]) -> list[_Slot]:
    """A word as it is, in the singular, as a compound of two, or with its letters mended."""
    for plain in (token, *_singular(token)):
        if plain in known or plain.isdigit():
            return [{plain: 1.0}]
        if plain in lexicon():
            return [{part: 1.0} for part in lexicon()[plain]]
    for i in range(3, len(token) - 2):
        parts = [_whole(token[:i], known), _whole(token[i:], known)]
        if all(parts):
            return [{part: 1.0} for found in parts for part in found]
    if len(token) < 4:
        return [{token: 1.0}]
    likely = get_close_matches(token, {*known, *lexicon()}, n=3, cutoff=_TYPO)
    rated = [(word, SequenceMatcher(None, token, word).ratio()) for word in likely]
    if rated and len(lexicon().get(rated[0][0], ())) > 1:  # "weisgold": two words at once
        word, ratio = rated[0]
        return [{part: ratio} for part in lexicon()[word]]
    mended = {(lexicon().get(word) or (word,))[0]: ratio for word, ratio in reversed(rated)}
    return [mended or {token: 1.0}]


def _whole(part: str, known: Collection[str]) -> tuple[str, ...]:
    """The tokens of one part of a compound, which German may join by an s or n."""
    for plain in (part, *_singular(part)):
        if plain in lexicon():
            return lexicon()[plain]
        if plain in known:
            return (plain,)
    return ()


def _singular(word: str) -> list[str]:
    """What the word may be the plural of."""
    found = [word[: -len(end)] for end in ("s", "es", "n", "en", "e", "i") if word.endswith(end)]
    found += [word[:-3] + "y"] if word.endswith("ies") else []
    return [stem for stem in found if len(stem) > 2]


def _weight(slot: _Slot, often: Counter[str], count: int) -> float:
    """Rare words tell more; a word that no material has may well not be about the material."""
    df = max(often[token] for token in slot)
    return math.log(1.0 + count / df) if df else 0.5 * math.log(1.0 + count)


def _score(entry: _Entry, slots: Sequence[_Slot], weights: Sequence[float]) -> float:
    hits = [max((q for t, q in slot.items() if t in entry.tokens), default=0.0) for slot in slots]
    recall = sum(w * hit for w, hit in zip(weights, hits, strict=True)) / sum(weights)
    asked = {token for slot in slots for token in slot}
    covered = max(len(phrase & asked) / len(phrase) for phrase in entry.phrases)
    return recall * (1.0 - _UNASKED + _UNASKED * covered)


@cache
def _library() -> tuple[_Entry, ...]:
    from materials.library import load, names

    return tuple(_entry(load(name)) for name in names())


def _entry(material: Material) -> _Entry:
    said = [material.name, material.label]
    said += [word for language in Names.model_fields for word in getattr(material.names, language)]
    phrases = tuple(tokens for text in said if (tokens := frozenset(spoken(text))))
    made = _made_of(material)
    return _Entry(material, phrases, frozenset().union(made, *phrases))


def _made_of(material: Material) -> frozenset[str]:
    """The main metal of an alloy, and its fineness."""
    if not isinstance(material.index, AlloyIndex):
        return frozenset()
    symbol, share = max(material.index.per_mille.items(), key=lambda item: item[1])
    return frozenset((*spoken(symbol), *spoken(f"{share:.0f}")))
