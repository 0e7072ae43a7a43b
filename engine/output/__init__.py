"""Output: pictures into files, with layers and provenance.

`save` is the stage; what a file holds is decided here, how its bytes look in `engine.images`.
"""

from engine.output.sheet import Cell as Cell
from engine.output.sheet import contact_sheet as contact_sheet
from engine.output.stage import save as save

__all__ = ["Cell", "contact_sheet", "save"]
