"""Optical constants from other people's files, as material files of ours.

    draft = draft_of(Path("Peter.yml"), Wishes(name="our-diamond", density=3.52))
    text = to_yaml(draft.fields)

refractive  files of refractiveindex.info       formulas  their dispersion formulas
columns     n and k in columns (CSV)            draft     what a material file makes of them
"""

from materials.imports.draft import Draft, Wishes, draft_of, to_yaml

__all__ = ["Draft", "Wishes", "draft_of", "to_yaml"]
