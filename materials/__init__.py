"""What things are made of: one YAML per material with its sources, a schema, a small loader.

    import materials

    gold = materials.load("gold-18k-yellow")
    mine = materials.load("shop/our-gold.yaml")
    materials.names("gem")

No renderer in here, and no import of one: `engine.optics.tabulate` turns a material into spectra.
"""

from materials.errors import MaterialError
from materials.finishes import MIRROR, POLISHED, Finish, finish
from materials.library import load, names
from materials.material import Citation, Material

__all__ = [
    "MIRROR",
    "POLISHED",
    "Citation",
    "Finish",
    "Material",
    "MaterialError",
    "finish",
    "load",
    "names",
]
