"""What things are made of: one YAML per material with its sources, a schema, a small loader.

    import materials

    gold = materials.load("gold-18k-yellow")
    mine = materials.load("shop/our-gold.yaml")
    materials.names("gem")
    materials.search("weissgold 18k")[0].name

No renderer in here, and no import of one: `engine.optics.tabulate` turns a material into spectra.
"""

from materials.errors import MaterialError
from materials.finishes import MIRROR, POLISHED, Finish, finish
from materials.library import load, names
from materials.material import Citation, Material, a_kind
from materials.search import Match, search

__all__ = [
    "MIRROR",
    "POLISHED",
    "Citation",
    "Finish",
    "Match",
    "Material",
    "MaterialError",
    "a_kind",
    "finish",
    "load",
    "names",
    "search",
]
