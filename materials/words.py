"""Words of the trade in five languages, made equal: what a search compares.

A word becomes one of a small set of tokens: "Weißgold", "white gold" and "oro bianco" are all
{white, gold}; "18k", "18 kt", "18 Karat" and "750" are all the token "750".
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: Karat -> fineness as it is stamped, per mille (ISO 9202; 8 karat as sold in Germany).
FINENESS = {
    8: 333, 9: 375, 10: 417, 14: 585, 15: 625, 18: 750, 20: 833, 21: 875, 22: 916, 23: 958, 24: 999,
}  # fmt: skip
#: Other stamps of the same standards.
_SAME_FINENESS = {"416": "417", "583": "585", "917": "916", "990": "999", "1000": "999"}

_KARAT = """
k kt kts ct cts kar karat karats karaat karatig karatiges carat carats carati carato quilate
quilates kilate kilates
"""
_PER_MILLE = "fineness promille feingehalt tausendstel"

#: Words that say nothing of the material.
_SILENT = """
the a an of de del della di du des d l le la les der die das und and et e y in with mit stone gem
gemstone edelstein stein pierre pietra gema piedra metal metall metallo
"""

#: A token and the words for it; English, German, French, Italian, Spanish.
_WORDS = {
    "gold": "gold or oro au",
    "silver": "silver silber argent argento plata ag",
    "platinum": "platinum platin platine platino plat pt",
    "palladium": "palladium palladio paladio pd",
    "rhodium": "rhodium rodio rh rhodiniert rhodine rodiato rodinado",
    "plated": "plated plattiert plaque placcato banado",
    "titanium": "titanium titan titane titanio ti",
    "white": "white weiss weisser weisses weisse blanc blanche bianco bianca blanco blanca",
    "yellow": "yellow gelb gelber gelbes gelbe jaune giallo gialla amarillo amarilla",
    "rose": "rose rosa pink roses rosee rosato rosado",
    "red": "red rot roter rotes rote rouge rosso rossa rojo roja",
    "black": "black schwarz schwarzer schwarzes schwarze noir noire nero nera negro negra",
    "blue": "blue blau blauer blaues blaue bleu bleue blu azul",
    "green": "green grun gruner grunes grune vert verte verde",
    "violet": "violet violett purple viola violeta morado lila pourpre porpora",
    "orange": "orange arancio arancione naranja",
    "brown": "brown braun brun marron marrone",
    "grey": "grey gray grau gris grigio grigia",
    "clear": "colourless colorless clear farblos incolore incoloro",
    "fine": "fine pure fein fin pur puro fino feiner",
    "sterling": "sterling",
    "oxidised": "oxidised oxidized oxidiert oxyde ossidato oxidado patinated patiniert brunito",
    "fancy": "fancy fantaisie",
    "pearl": "pearl pearls perle perlen perles perla perlas",
    "diamond": "diamond diamonds diamant diamanten diamants diamante diamanti diamantes",
}  # fmt: skip


def fold(text: str) -> str:
    """Lower case without accents; ß is ss, and ä, ae, a are one letter, as are ö, ü.

    >>> fold("Weißgold"), fold("Grünes Öl") == fold("gruenes oel")
    ('weissgold', True)
    """
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"(?<=[aou])e(?=[a-z])", "", plain)


#: German writes these as one word; others are taken apart by the search itself.
_COMPOUNDS = {
    "weissgold": "white gold", "gelbgold": "yellow gold", "rosegold": "rose gold",
    "rotgold": "red gold", "graugold": "grey gold", "grungold": "green gold",
    "feingold": "fine gold", "feinsilber": "fine silver", "sterlingsilber": "sterling silver",
}  # fmt: skip


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """The tokens of every known word, folded."""
    known = {fold(word): (token,) for token, words in _WORDS.items() for word in words.split()}
    return known | {fold(word): tuple(said.split()) for word, said in _COMPOUNDS.items()}


def spoken(text: str) -> tuple[str, ...]:
    """The tokens of a text, in its order; words that are not known stay as they are, folded.

    >>> spoken("Gelbgold-Ring, 18-karätig")
    ('yellow', 'gold', 'ring', '750')
    """
    parts = re.findall(r"[^\W\d_]+|\d+", fold(text))
    tokens: list[str] = []
    for i, part in enumerate(parts):
        before = parts[i - 1] if i else ""
        if part.isdigit():
            tokens.append(_fineness(part))
        elif part in _idle() or (part in _words_of(_KARAT) and before.isdigit()):
            continue
        else:
            tokens += lexicon().get(part, (part,))
    return tuple(tokens)


@cache
def _words_of(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


def _idle() -> frozenset[str]:
    return _words_of(_SILENT + _PER_MILLE)


def _fineness(digits: str) -> str:
    """The fineness for a number of karat; other stamps of a standard as the usual one."""
    digits = digits.lstrip("0")[:6]
    karat = int(digits) if 0 < len(digits) < 3 else 0
    return str(FINENESS[karat]) if karat in FINENESS else _SAME_FINENESS.get(digits, digits)
