"""Output: pictures into files, with layers and provenance.

`save` is the stage; what a file holds is decided here, how its bytes look in `engine.images`.
"""

from engine.output.stage import save as save

__all__ = ["save"]
