"""Stones: parametric cuts and GemCad designs as planes, smooth stones as turned profiles.

>>> make("round", width=6.5).mesh().closed
True
"""

from engine.cad.cuts.baguette import baguette as baguette
from engine.cad.cuts.brilliant import round_brilliant as round_brilliant
from engine.cad.cuts.cut import Cut as Cut
from engine.cad.cuts.fancies import cushion as cushion
from engine.cad.cuts.fancies import marquise as marquise
from engine.cad.cuts.fancies import pear as pear
from engine.cad.cuts.gemcad import read_asc as read_asc
from engine.cad.cuts.gemcad_binary import read_gem as read_gem
from engine.cad.cuts.heart import Heart as Heart
from engine.cad.cuts.heart import heart as heart
from engine.cad.cuts.kinds import KINDS as KINDS
from engine.cad.cuts.kinds import CutKind as CutKind
from engine.cad.cuts.kinds import make as make
from engine.cad.cuts.old_european import old_european as old_european
from engine.cad.cuts.oval import oval as oval
from engine.cad.cuts.princess import princess as princess
from engine.cad.cuts.radiant import radiant as radiant
from engine.cad.cuts.rose import rose as rose
from engine.cad.cuts.shape import Girdle as Girdle
from engine.cad.cuts.shape import Shape as Shape
from engine.cad.cuts.shape import carat as carat
from engine.cad.cuts.shape import to_mesh as to_mesh
from engine.cad.cuts.shape import volume as volume
from engine.cad.cuts.single import single as single
from engine.cad.cuts.smooth import bead as bead
from engine.cad.cuts.smooth import cabochon as cabochon
from engine.cad.cuts.smooth import drop as drop
from engine.cad.cuts.snap import from_mesh as from_mesh
from engine.cad.cuts.solid import polygons as polygons
from engine.cad.cuts.step import asscher as asscher
from engine.cad.cuts.step import emerald as emerald
