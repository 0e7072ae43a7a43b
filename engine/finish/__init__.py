"""Finishing: exposure, white balance, tone and gamut; frames become pictures.

`finish` is the stage. Scene light stays in XYZ up to here; what leaves is display-referred linear
Rec. 709 in [0, 1], which `engine.output` encodes.
"""

from engine.finish.exposure import Exposure as Exposure
from engine.finish.stage import finish as finish
from engine.finish.stage import meter as meter

__all__ = ["Exposure", "finish", "meter"]
