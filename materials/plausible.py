"""Numbers that are allowed but hardly meant: other units, other definitions, copied mistakes.

A warning is a sentence of what is odd and what may have happened. What a species should look like
is read off the library's own material of that name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from materials.index_at import between, index_at, summary
from materials.material import Material
from materials.names import Names
from materials.schema import Absorption, BandAbsorption, Spectral, TableIndex
from materials.words import spoken

# All estimated: far enough from what stones and metals are not to disturb anybody with a true one.
_INDEX, _DISPERSION, _DENSITY = 0.03, 0.12, 0.1
_CLEAR_INDEX = (1.35, 3.0)
_GEM_DENSITY, _METAL_DENSITY = (1.0, 8.0), (2.0, 23.0)
_POLISHED = {"metal": 0.35, "gem": 0.05}
_BLACK_PER_MM = 0.7
_SURE = 0.85

_LINES = tuple(range(400, 701, 20))
_UNPOLISHED = r"matte?|satin|brush|sand|frost|rough|hammer|worn|oxid|patin|raw"
_DARK = r"black|onyx|opaque|noir|schwarz|hematite|h(a)?ematit|jet|carbonado"


def warnings(material: Material) -> list[str]:
    """What looks wrong with a material, a sentence each; empty when nothing does."""
    species = _species(material)
    found = [*_surface(material), *_covered(material)]
    if material.kind == "metal":
        found += [*_metal(material)]
    else:
        found += [*_clear(material, species)]
        found += [*_coloured(material)]
    return [*found, *_weighed(material, species)]


@cache
def _known(name: str) -> Material | None:
    """The library's material that a name surely speaks of."""
    from materials.library import load
    from materials.search import search

    found = search(name)
    return load(found[0].name) if found and found[0].score >= _SURE else None


@cache
def _one_word_gems() -> dict[str, str]:
    """Names of one word, such as "ruby" and "Rubin" -> the library's gem."""
    from materials.library import load, names

    found: dict[str, str] = {}
    for gem in map(load, reversed(names("gem"))):
        said = [word for language in Names.model_fields for word in getattr(gem.names, language)]
        for text in (*said, gem.label, gem.label.partition(",")[0], gem.name):
            if len(tokens := spoken(text)) == 1:
                found[tokens[0]] = gem.name
    # "Diamond" is the colourless one, whatever a fancy one is called besides.
    return found | {name: name for name in names("gem") if spoken(name) == (name,)}


def _species(material: Material) -> Material | None:
    """The library's material of this name, or the gem that one of its words names; not itself."""
    from materials.library import load

    said = f"{material.label} {material.name}"
    known = _twin(material)
    if known is None and material.kind == "gem":
        words = [word for word in spoken(said) if word in _one_word_gems()]
        known = load(_one_word_gems()[words[0]]) if words else None
    return None if known == material else known


def _twin(material: Material) -> Material | None:
    """The library's material of the same name and kind; "gold" alone may be of any fineness."""
    if material.kind == "metal" and not re.search(r"\d", f"{material.label} {material.name}"):
        return None
    known = _known(material.label) or _known(material.name)
    return known if known is not None and known.kind == material.kind else None


def _surface(material: Material) -> Iterator[str]:
    usual = _POLISHED.get(material.kind, 1.0)
    said = f"{material.name} {material.label}".casefold()
    if material.roughness > usual and not re.search(_UNPOLISHED, said):
        what = "metal" if material.kind == "metal" else "stone"
        yield (
            f"a roughness of {material.roughness:g} is no polished {what}: 0 is a mirror, "
            "1 is chalk; about 0.03 for polished metal, 0 for facets"
        )


def _covered(material: Material) -> Iterator[str]:
    """Tables that say little of the visible: in micrometres, or of the infrared."""
    groups = {
        "index": material.index,
        "absorption": material.absorption,
        "reflectance": material.reflectance,
    }
    for of, group in groups.items():
        if not isinstance(group, Spectral):
            continue
        low, high = group.wavelength_nm[0], group.wavelength_nm[-1]
        if high <= 380.0 or low >= 740.0:
            yield (
                f"the wavelengths of its {of}, {low:g} to {high:g} nm, lie outside the visible, "
                "so one value holds for all of it; give them in nm"
            )
        elif low > 450.0 or high < 620.0:
            yield (
                f"its {of} is known from {low:g} to {high:g} nm only; beyond, the values at the "
                "ends are held"
            )


def _metal(material: Material) -> Iterator[str]:
    index = material.index
    if not isinstance(index, TableIndex) or index.k is None:
        return
    shine = []
    for nm in _LINES:
        n, k = (between(index.wavelength_nm, v, nm) for v in (index.n, index.k))
        shine.append(((n - 1.0) ** 2 + k**2) / ((n + 1.0) ** 2 + k**2))
    mean = sum(shine) / len(shine)
    if mean < 0.2:
        yield (
            f"it reflects {100 * mean:.0f} % of the light, less than any bright metal; n and k may "
            "be swapped or k may be of another unit"
        )
    elif min(index.n) > max(index.k):
        yield "n is larger than k at every wavelength; the two columns may be swapped"


def _clear(material: Material, species: Material | None) -> Iterator[str]:
    said = summary(material.index)
    if said is None:
        return
    n_d, fc, _ = said
    low, high = _CLEAR_INDEX
    if not low <= n_d <= high:
        yield f"n_d is {n_d:.3f}, and no stone has less than {low:g} or more than {high:g}"
    n = [index_at(material.index, nm) or 0.0 for nm in _LINES]
    if any(b > a + 1e-4 for a, b in pairwise(n)):
        yield "the index grows towards red; the wavelengths may be in the wrong order"
    elif fc and not 10.0 <= (n_d - 1.0) / fc <= 110.0:
        yield f"its Abbe number is {(n_d - 1.0) / fc:.0f}; stones have 20 to 100"
    pair = None if species is None else summary(species.index)
    if species is not None and pair is not None:
        yield from _compared(species, said, pair)


def _compared(
    species: Material,
    said: tuple[float, float, float],
    true: tuple[float, float, float],
) -> Iterator[str]:
    """An index against that of its species: n_d, n_F - n_C, n_B-G."""
    label = species.label
    (n_d, fc, bg), (true_n, true_fc, true_bg) = said, true
    if abs(n_d - true_n) > _INDEX:
        yield f"n_d is {n_d:.3f}; {label} has {true_n:.3f}"
    if fc <= 0 or true_fc <= 0:
        return
    if _near(fc, true_bg) and not _near(fc, true_fc):
        yield (
            f"n_F - n_C is {fc:.4f}, which is the dispersion of {label} from B to G as gem tables "
            f"have it; from F to C it is {true_fc:.4f}"
        )
    elif _near(bg, true_fc) and not _near(bg, true_bg):
        yield (
            f"the dispersion from B to G is {bg:.4f}, which is that of {label} from F to C; from B "
            f"to G it is {true_bg:.4f}"
        )
    elif abs(fc / true_fc - 1.0) > _DISPERSION:
        abbe, true_abbe = (n_d - 1.0) / fc, (true_n - 1.0) / true_fc
        copied = 64.0 <= abbe <= 71.0 and 54.0 <= true_abbe <= 57.0
        often = ", a wrong value that is often copied" if copied else ""
        yield f"its Abbe number is {abbe:.0f}{often}; that of {label} is {true_abbe:.0f}"


def _near(a: float, b: float) -> bool:
    return abs(a / b - 1.0) < 0.08


def _coloured(material: Material) -> Iterator[str]:
    """Absorption per cm that stands as per mm, or of a film."""
    if material.absorption is None or re.search(_DARK, f"{material.name} {material.label}".lower()):
        return
    here = [_absorbed(material.absorption, nm) for nm in _LINES]
    if min(here) > _BLACK_PER_MM:
        yield (
            f"it absorbs at least {min(here):.2g} per mm at every wavelength, so 5 mm of it are "
            "black; absorption is per mm, base e: per cm is ten times that"
        )
    twin = _twin(material)
    if twin is None or twin.absorption is None:
        return
    there = [_absorbed(twin.absorption, nm) for nm in _LINES]
    ratio = sum(here) / sum(there) if sum(there) else 0.0
    if ratio and abs(math.log10(ratio) - 1.0) < 0.12:
        yield (
            f"it absorbs {ratio:.0f} times what {twin.label} does; absorption is per mm: divide "
            "values per cm by 10"
        )


def _absorbed(absorption: Absorption, nm: float) -> float:
    if not isinstance(absorption, BandAbsorption):
        return between(absorption.wavelength_nm, absorption.per_mm, nm)
    total = absorption.constant
    for band in absorption.bands:
        # Gaussian in wavenumber, its full width read at the peak.
        fwhm = band.width_nm / band.centre_nm**2
        away = (1.0 / nm - 1.0 / band.centre_nm) / fwhm
        total += band.peak * math.exp(-4.0 * math.log(2.0) * away**2)
    return total


def _weighed(material: Material, species: Material | None) -> Iterator[str]:
    low, high = _METAL_DENSITY if material.kind == "metal" else _GEM_DENSITY
    density = material.density
    if not low <= density <= high:
        what = {"metal": "metal", "organic": "pearl"}.get(material.kind, "stone")
        yield (
            f"a density of {density:g} g/cm3 is unlikely of a {what}; "
            f"water has 1, and values in kg/m3 are 1000 times larger"
        )
    elif species is not None and abs(density / species.density - 1.0) > _DENSITY:
        yield f"its density is {density:g} g/cm3; {species.label} has {species.density:g}"
