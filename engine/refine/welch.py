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

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from engine.refine.exchange import Window, exchange
from engine.refine.rest import rest
from engine.refine.surfaces import (
    GROUND,
    ROUNDING,
    Guides,
    Kinds,
    Mask,
    Surface,
    certain,
    kinds,
    scatter,
)
from engine.refine.tiles import tiles
from engine.types import Frame, ImageArray

#: Side of a tile in pixels, halo not counted; bounds memory and keeps planes in the cache.
TILE = 512


#: Windows of the passes; how many of them a surface uses is up to it.
WINDOWS = (Window(1, 4), Window(3, 3), Window(5, 3))
#: By kind: ground, metal, stone, soft.
SURFACES = (
    Surface(threshold=3.0, pooling=30.0, normal=1.0, strict=False, passes=3),
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
    sketch leaves.
    tile     : side of a tile in pixels; the result does not depend on it.
    """

    device: str = "cpu"
    surfaces: tuple[Surface, ...] = SURFACES
    sketched: tuple[Surface, ...] = SKETCHED
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

    def only(self, kinds: Container[int]) -> Welch:
        """The filter of some kinds of surface that leaves the others as they are."""

        def kept(surfaces: tuple[Surface, ...]) -> tuple[Surface, ...]:
            return tuple(s if k in kinds else replace(s, passes=0) for k, s in enumerate(surfaces))

        return replace(self, surfaces=kept(self.surfaces), sketched=kept(self.sketched))

    @torch.inference_mode()
    def __call__(self, frame: Frame) -> Frame:
        """`frame` with less noise in `xyz` and `shadow`; see `exchange` for `variance`."""
        if frame.sketch is not None:
            refined = replace(self, surfaces=self.sketched)(replace(rest(frame), sketch=None))
            return replace(refined, xyz=refined.xyz + frame.sketch.around)
        kind = kinds(frame.features, frame.mirror, frame.soft)
        closed = certain(frame, kind)
        light = np.concatenate([frame.xyz, frame.shadow[..., None]], axis=-1)
        value, variance = self._passes(frame, kind, light, frame.variance, closed)
        keep = closed[..., None]
        if frame.backdrop is None:
            shadow = self.lone_shadow(frame, kind)
        else:
            stays = closed | (frame.features.part >= 0)
            shadow = np.where(stays, frame.shadow, value[..., 3])
        return replace(
            frame,
            xyz=np.where(keep, frame.xyz, value[..., :3]),
            variance=np.where(keep, frame.variance, variance),
            shadow=shadow,
        )

    @torch.inference_mode()
    def lone_shadow(self, frame: Frame, kind: Kinds | None = None) -> ImageArray:
        """The shadow layer of a transparent frame, whose ground shows no light to test."""
        kind = kinds(frame.features, frame.mirror, frame.soft) if kind is None else kind
        ground = (kind == GROUND) & np.isfinite(frame.shadow)
        variance = scatter(frame.shadow, ground)
        closed = ~ground | (variance <= ROUNDING)
        value, _ = self._passes(frame, kind, frame.shadow[..., None], variance[..., None], closed)
        return np.where(closed, frame.shadow, value[..., 0])

    def _passes(
        self, frame: Frame, kind: Kinds, value: ImageArray, variance: ImageArray, closed: Mask
    ) -> tuple[ImageArray, ImageArray]:
        """`value` [H, W, C + E] and `variance` [H, W, C] after all passes."""
        guides = Guides(frame, kind, self.surfaces, self.device)
        passes = np.array([surface.passes for surface in self.surfaces], dtype=np.uint8)[kind]
        open_ = ~closed
        value = np.where(closed[..., None], np.float32(0), value)
        variance = np.where(closed[..., None], np.float32(0), variance)
        for number, window in enumerate(WINDOWS):
            open_ &= passes > number
            value, variance = self._pass(guides, value, variance, open_, window, number == 0)
        return value, variance

    def _pass(
        self,
        guides: Guides,
        value: ImageArray,
        variance: ImageArray,
        open_: Mask,
        window: Window,
        independent: bool,
    ) -> tuple[ImageArray, ImageArray]:
        """One pass, tile by tile, each with the pixels around it that it depends on."""
        results = value.copy(), variance.copy()
        for core, around, within in tiles(open_.shape, self.tile, window.halo):
            if not open_[around].any():
                continue
            u, v = (self._planes(image[around]) for image in (value, variance))
            new = exchange(u, v, guides.area(around, open_[around]), window, independent)
            for whole, part in zip(results, new, strict=True):
                whole[core] = part.permute(1, 2, 0)[within].cpu().numpy()
        return results

    def _planes(self, image: ImageArray) -> torch.Tensor:
        """[H, W, C] as contiguous [C, H, W] on the device."""
        planes = np.ascontiguousarray(np.moveaxis(image, -1, 0))
        return torch.from_numpy(planes).to(self.device)
