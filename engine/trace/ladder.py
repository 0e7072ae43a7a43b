"""One run, looked at on the way: what a window of a picture shows after 1, 2, 4, ... samples.

For training and measuring, where the same picture is wanted at several sample counts. Every pixel
gets the same samples, and those of one frame are the first of the next one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from engine.errors import SceneError
from engine.types import Frame

if TYPE_CHECKING:
    from engine.scene import Scene, View
    from engine.trace.workbench import Workbench

#: (left, top, width, height) of a part of a picture, in pixels.
Window = tuple[int, int, int, int]


def ladder(
    scene: Scene,
    view: View | None = None,
    *,
    spp: Sequence[int],
    window: Window | None = None,
    seed: int = 0,
    caustics: bool = True,
    sketch: bool = True,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    workbench: Workbench | None = None,
) -> tuple[Frame, ...]:
    """A window of `view`, the scene's own by default, as a frame after each of `spp` samples.

    spp      : ascending. window : the whole picture by default; a frame's camera is that of the
    whole picture all the same. caustics : whether ground shows the light that it gets straight
    from the piece; False leaves it out, as `trace` does where it traces that light apart. sketch :
    whether frames have theirs.

    The frames share their features, and have what lies behind facets. Raises SceneError for
    samples that do not ascend or a window outside of the picture.
    """
    width, height = scene.size
    left, top, across, down = window or (0, 0, width, height)
    if not 0 <= left < left + across <= width or not 0 <= top < top + down <= height:
        raise SceneError(f"the window {window} is not inside a picture of {width} x {height}")
    if not spp or list(spp) != sorted(set(spp)) or spp[0] < 1:
        raise SceneError(f"samples must ascend from 1 or more, not {tuple(spp)}")
    from engine.trace.variant import activate

    variant = activate(device)
    from engine.trace.render import Job, climb
    from engine.trace.walk import Limits

    job = Job(
        max(spp),
        seed,
        "chain",
        variant,
        Limits(ground_caustics=caustics),
        adaptive=False,
        behind=True,
        sketch=sketch,
        workbench=workbench,
    )
    return climb(scene, view or scene.view, job, spp, (left, top, across, down))
