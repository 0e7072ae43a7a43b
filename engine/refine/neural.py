"""The neural refiner: the shipped network, and the contract that it is held to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.refine.apply import BLOCK, HALO, apply
from engine.refine.contract import Fidelity, bounded, fidelity
from engine.refine.crop import area_of, cropped
from engine.refine.network import Network
from engine.refine.planes import as_image, planes
from engine.refine.rest import estimate
from engine.refine.restore import kept
from engine.refine.surfaces import GROUND, SOFT, Kinds, kinds
from engine.refine.weights import SHIPPED, load
from engine.refine.welch import SPARSE, Welch
from engine.types import Frame

#: Kinds of surface that are the statistical filter's.
SMOOTH = frozenset({GROUND, SOFT})


@dataclass(frozen=True)
class Neural:
    """The network as a `Refiner`, on one torch device.

    Light is averaged by the network, what averages lose beyond its noise is given back, stones are
    kept inside what their samples say, and a frame that breaks the contract is refined by the
    statistical filter instead. Open ground, mirroring or not, and soft parts are the filter's from
    the first: soft shadows and pearls are what it is best at. The shadow layer is what was traced;
    only where the backdrop is transparent, and nothing else shows it, does the filter take its
    noise away.

    weights : a file as `engine.refine.weights.save` writes it. Raises SetupError where it is
    missing or damaged.
    """

    device: str = "cpu"
    weights: Path = SHIPPED
    name: str = "neural"

    @cached_property
    def _loaded(self) -> tuple[Network, str]:
        network, digest = load(self.weights)
        return network.to(self.device, memory_format=torch.channels_last), digest  # type: ignore[call-overload]

    def told(self) -> Mapping[str, Any]:
        """What the provenance says of the network."""
        return {"device": self.device, "weights": self._loaded[1]}

    def __call__(self, frame: Frame) -> Frame:
        """`frame` with less noise; its provenance tells how it keeps the contract."""
        refined, found = self.refined(frame)
        told: dict[str, Any] = {"contract": found.told()}
        statistical = Welch(self.device)
        if not found.kept:
            refined = statistical(frame)
            told["fallback"] = statistical.name
        elif frame.backdrop is None:
            refined = replace(refined, shadow=statistical.lone_shadow(frame))
        return replace(refined, provenance={**frame.provenance, "refine": told})

    @torch.inference_mode()
    def refined(self, frame: Frame) -> tuple[Frame, Fidelity]:
        """What the network makes of a frame, whether it keeps the contract or not."""
        before = estimate(frame)
        # What a ground mirrors stands out of its noise: there too the filter is better.
        kind = kinds(frame.features, mirror=False, soft=frame.soft)
        after, share = self._averaged(frame, before, kind)
        after = self._softened(after, frame, kind)
        return after, fidelity(before, after, share)

    def _averaged(self, frame: Frame, before: Frame, kind: Kinds) -> tuple[Frame, float]:
        """`before` with what the network makes of the frame, and the share of stones that had to be
        bounded.

        It looks at hard parts and what is around them: the rest is the filter's.
        """
        area = area_of(~np.isin(kind, list(SMOOTH)), HALO, BLOCK)
        if area is None:
            return before, 0.0
        told = planes(cropped(frame, area)).to(self.device)
        light, noise = apply(self._loaded[0], told)
        light = kept(told.whole, light, told.part, told.noise[:, 1:2])
        light, share = bounded(light, told)
        finite = (np.isfinite(frame.xyz) & np.isfinite(frame.variance))[area]
        xyz, variance = before.xyz.copy(), before.variance.copy()
        xyz[area] = np.where(finite, as_image(light), frame.xyz[area])
        variance[area] = np.where(finite, as_image(noise), frame.variance[area])
        return replace(before, xyz=xyz, variance=variance), share

    def _softened(self, refined: Frame, frame: Frame, kind: Kinds) -> Frame:
        """`refined` with ground and soft parts as the statistical filter has them.

        Ground that the piece covers in part stays the network's: nothing around is like it, so the
        filter leaves its noise (four times the error), which shows as dots along the outline.
        """
        chosen = SMOOTH if frame.backdrop is not None else SMOOTH - {GROUND}
        outline = (kind == GROUND) & (frame.alpha > 0)
        where = np.isin(kind, list(chosen)) & ~outline
        if not where.any():
            return refined
        light, variance = Welch(self.device, windows=SPARSE).within(frame, kind, where)
        here = where[..., None]
        return replace(
            refined,
            xyz=np.where(here, light, refined.xyz),
            variance=np.where(here, variance, refined.variance),
        )
