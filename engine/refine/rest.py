"""What a sketch leaves of a frame: that is what has to be refined.

Two neighbours that show different facets, or one of them an edge, often differ in their sketches
alone: less these, they are alike and can be averaged (`engine.trace.sketch`). What averaging makes
of the rest is then put on the sketch of more places than samples were traced for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.types import Frame, ImageArray


def rest(frame: Frame) -> Frame:
    """`frame` with what its sketch leaves of its light, positive or not, and the variance of that.

    Without a sketch, the frame itself.
    """
    sketch = frame.sketch
    if sketch is None:
        return frame
    return replace(frame, xyz=frame.xyz - sketch.here, variance=sketch.variance)


def around(frame: Frame) -> ImageArray:
    """[H, W, 3] the sketch to put on what is left of a frame; zero where there is none."""
    return np.zeros_like(frame.xyz) if frame.sketch is None else frame.sketch.around


def doubt(frame: Frame) -> ImageArray:
    """[H, W, 3] estimated variance of `around`; zero where there is none."""
    return np.zeros_like(frame.xyz) if frame.sketch is None else frame.sketch.doubt


def estimate(frame: Frame) -> Frame:
    """`frame` as its samples and its sketch tell it, before any refining."""
    left = rest(frame)
    return replace(
        left, xyz=left.xyz + around(frame), variance=left.variance + doubt(frame), sketch=None
    )
