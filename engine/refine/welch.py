"""The statistical refiner: no training, no weights, only what the samples themselves say.

It averages pixels of one part that Welch's test cannot tell apart, in a few passes over ever wider
windows (see `exchange`). Four kinds of surface are treated differently:

- Ground shows nothing but soft shadows and faint light from the piece: what is sharp is noise, and
  a lone bright sample is spread wide.
- Metal, and all else that is opaque, has sharp reflections. A lone bright sample stays where it is
  and makes no spot; where there are many, the variance that they pool lets them mix.
- Soft parts, pearls above all, are lit from all sides and change slowly over their curve: pixels
  mix by their 3 x 3 neighbourhoods, and across more of the curve. A highlight outshines the noise.
- Stones show facets through their crown that no feature tells of, so only the test protects them:
  the window stays small, and noise remains rather than a facet is smeared.

Of a frame with a sketch it averages what that leaves (`rest`). There facets and reflections show
far less, so patches are compared instead of single pixels.

What it deliberately lacks: any guess at what the samples have not found. It moves light between
neighbours and adds none, so a glint that no sample hit stays missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from engine.refine.exchange import Guide, Window, exchange
from engine.refine.planes import as_image
from engine.refine.rest import rest
from engine.refine.surfaces import (
    GROUND,
    ROUNDING,
    Kinds,
    Mask,
    Surface,
    certain,
    guide_of,
    kinds,
    scatter,
)
from engine.refine.tiles import tiles
from engine.types import Frame, ImageArray

#: Side of a tile in pixels, halo not counted; bounds memory and keeps planes in the cache.
TILE = 512

#: Windows of the passes; how many of them a surface uses is up to it.
WINDOWS = (Window(1, 4), Window(3, 3), Window(5, 3))
#: Sparser ones, for where little is sharp: as good on open ground, in half the time.
SPARSE = (Window(1, 2), Window(2, 2), Window(5, 2))
#: By kind: ground, metal, stone, soft.
SURFACES = (
    Surface(threshold=4.0, pooling=30.0, normal=1.0, strict=False, passes=3),
    Surface(threshold=8.0, pooling=30.0, normal=0.17, strict=True, passes=2),
    Surface(threshold=2.0, pooling=4.0, normal=0.32, strict=True, passes=1),
    Surface(threshold=3.0, pooling=30.0, normal=0.5, strict=False, passes=2),
)
#: The same for what a sketch leaves.
SKETCHED = (
    SURFACES[0],
    replace(SURFACES[1], threshold=2.0, strict=False),
    replace(SURFACES[2], normal=0.6, strict=False),
    SURFACES[3],
)


@dataclass(frozen=True)
class Welch:
    """The filter as a `Refiner`, on one torch device.

    surfaces : how ground, metal, stones and soft parts are filtered. sketched : the same of what a
    sketch leaves. windows : of the passes.
    tile     : side of a tile in pixels; the result does not depend on it.
    """

    device: str = "cpu"
    surfaces: tuple[Surface, ...] = SURFACES
    sketched: tuple[Surface, ...] = SKETCHED
    windows: tuple[Window, ...] = WINDOWS
    tile: int = TILE
    name: str = "welch"

    def told(self) -> Mapping[str, Any]:
        """What the provenance says of the filter."""
        names = ("ground", "metal", "stone", "soft")
        settings, sketched = (
            {name: asdict(s) for name, s in zip(names, surfaces, strict=True)}
            for surfaces in (self.surfaces, self.sketched)
        )
        return {"device": self.device, "settings": settings, "sketched": sketched}

    @torch.inference_mode()
    def __call__(self, frame: Frame) -> Frame:
        """`frame` with less noise in `xyz` and `shadow`; see `exchange` for `variance`."""
        if frame.sketch is not None:
            refined = self._of_rest()(replace(rest(frame), sketch=None))
            return replace(refined, xyz=refined.xyz + frame.sketch.around)
        kind = kinds(frame.features, frame.mirror, frame.soft)
        closed = certain(frame, kind)
        light = np.concatenate([frame.xyz, frame.shadow[..., None]], axis=-1)
        value, variance = self._passes(frame, kind, light, frame.variance, closed)
        if frame.backdrop is None:
            shadow = self.lone_shadow(frame, kind)
        else:
            shadow = np.where(frame.features.part >= 0, frame.shadow, value[..., 3])
        xyz = np.ascontiguousarray(value[..., :3])
        return replace(frame, xyz=xyz, variance=variance, shadow=shadow)

    @torch.inference_mode()
    def within(self, frame: Frame, kind: Kinds, where: Mask) -> tuple[ImageArray, ImageArray]:
        """Light and its variance, [H, W, 3], of some pixels, [H, W], that mix with no others.

        Elsewhere they are what they were.
        """
        if frame.sketch is not None:
            left, settings = replace(rest(frame), sketch=None), self._of_rest()
            light, variance = settings.within(left, kind, where)
            return light + frame.sketch.around, variance
        closed = certain(frame, kind) | ~where
        return self._passes(frame, kind, frame.xyz, frame.variance, closed)

    def _of_rest(self) -> Welch:
        """The filter of what a sketch leaves."""
        return replace(self, surfaces=self.sketched)

    @torch.inference_mode()
    def lone_shadow(self, frame: Frame, kind: Kinds | None = None) -> ImageArray:
        """The shadow layer of a transparent frame, whose ground shows no light to test."""
        kind = kinds(frame.features, frame.mirror, frame.soft) if kind is None else kind
        ground = (kind == GROUND) & np.isfinite(frame.shadow)
        variance = scatter(frame.shadow, ground)
        closed = ~ground | (variance <= ROUNDING)
        value, _ = self._passes(frame, kind, frame.shadow[..., None], variance[..., None], closed)
        return value[..., 0]

    def _passes(
        self, frame: Frame, kind: Kinds, value: ImageArray, variance: ImageArray, closed: Mask
    ) -> tuple[ImageArray, ImageArray]:
        """`value` [H, W, C + E] and `variance` [H, W, C] after all passes; what is closed stays."""
        passes = np.array([surface.passes for surface in self.surfaces], dtype=np.uint8)[kind]
        guide = guide_of(frame, kind, ~closed, self.surfaces, self.device)
        before = value, variance
        images = self._planes(value, closed), self._planes(variance, closed)
        open_ = ~closed
        for number, window in enumerate(self.windows):
            open_ &= passes > number
            images = self._pass(guide, *images, open_, window, number == 0)
        after = as_image(images[0][None]), as_image(images[1][None])
        for old, new in zip(before, after, strict=True):
            np.copyto(new, old, where=closed[..., None])
        return after

    def _pass(
        self,
        guide: Guide,
        value: torch.Tensor,
        variance: torch.Tensor,
        open_: Mask,
        window: Window,
        independent: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One pass, tile by tile, each with the pixels around it that it depends on."""
        results = value.clone(), variance.clone()
        guide = replace(guide, open=torch.from_numpy(open_).to(self.device))
        for core, around, within in tiles(open_.shape, self.tile, window.halo):
            if not open_[core].any():
                continue
            # Rows of a tile lie side by side: those of a picture are in one another's way in the
            # processor's cache where its width is a power of two.
            u, v = (image[..., *around].contiguous() for image in (value, variance))
            new = exchange(u, v, guide.crop(*around), window, independent)
            for whole, part in zip(results, new, strict=True):
                whole[..., *core] = part[..., *within]
        return results

    def _planes(self, image: ImageArray, closed: Mask) -> torch.Tensor:
        """[H, W, C] as contiguous [C, H, W] on the device; zero where it is closed."""
        planes = np.where(closed, np.float32(0), np.moveaxis(image, -1, 0))
        return torch.from_numpy(np.ascontiguousarray(planes)).to(self.device)
