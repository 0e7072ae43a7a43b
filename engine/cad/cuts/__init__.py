"""Faceted stones as planes: parametric cuts, GemCad designs, to a mesh and back.

>>> to_mesh(round_brilliant(diameter=6.5)).closed
True
"""

from engine.cad.cuts.brilliant import round_brilliant as round_brilliant
from engine.cad.cuts.cut import Cut as Cut
from engine.cad.cuts.gemcad import read_asc as read_asc
from engine.cad.cuts.gemcad_binary import read_gem as read_gem
from engine.cad.cuts.oval import oval as oval
from engine.cad.cuts.princess import princess as princess
from engine.cad.cuts.snap import from_mesh as from_mesh
from engine.cad.cuts.solid import carat as carat
from engine.cad.cuts.solid import polygons as polygons
from engine.cad.cuts.solid import to_mesh as to_mesh
from engine.cad.cuts.solid import volume as volume
from engine.cad.cuts.step import emerald as emerald
