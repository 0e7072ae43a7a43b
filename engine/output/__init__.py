"""Output: pictures into files, with layers and provenance.

`save` is the stage; what a file holds is decided here, how its bytes look in `engine.images`.
"""

from engine.output.series import Series as Series
from engine.output.series import exposure_in as exposure_in
from engine.output.series import open_series as open_series
from engine.output.sheet import Cell as Cell
from engine.output.sheet import contact_sheet as contact_sheet
from engine.output.spin import Motion as Motion
from engine.output.spin import Still as Still
from engine.output.spin import write_spin as write_spin
from engine.output.stage import save as save

__all__ = [
    "Cell",
    "Motion",
    "Series",
    "Still",
    "contact_sheet",
    "exposure_in",
    "open_series",
    "save",
    "write_spin",
]
