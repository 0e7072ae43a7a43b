"""The network: what holds whatever its weights are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.refine.apply import apply
from engine.refine.crop import area_of, cropped
from engine.refine.network import LEAST, Network
from engine.refine.neural import Neural
from engine.refine.planes import CONTEXT, GUIDE, GUIDE_AT, Planes, planes, pooled
from engine.refine.restore import LEAST as LOST
from engine.refine.restore import kept, restored
from engine.types import Frame
from tests.engine.refine.frames import GROUND, METAL, STONE, make_frame


def network(seed: int = 3) -> Network:
    torch.manual_seed(seed)
    return Network().eval()


def frame(size: tuple[int, int] = (64, 72), noise: float = 0.3, seed: int = 0) -> Frame:
    part = np.where(np.arange(size[1]) < size[1] // 3, GROUND, METAL)[None, :].repeat(size[0], 0)
    part[size[0] // 2 :, size[1] // 2 :] = STONE
    light = np.linspace(0.2, 1.5, size[1])[None, :, None]
    return make_frame(light, noise, part=part, size=size, seed=seed)


def test_the_network_is_small() -> None:
    assert sum(p.numel() for p in network().parameters()) <= 1_000_000


def test_planes_are_as_many_as_they_say_and_finite() -> None:
    dirty = frame()
    xyz = dirty.xyz.copy()
    xyz[3, 5], xyz[40, 60] = np.nan, np.inf
    made = planes(replace(dirty, xyz=xyz))
    assert made.context.shape[1] == CONTEXT
    assert bool(made.light.isfinite().all())
    assert bool(made.context.isfinite().all())


def test_the_guide_is_what_has_no_noise() -> None:
    one, other = (planes(frame(seed=seed)).context for seed in (1, 2))
    same = [bool(torch.equal(one[:, c], other[:, c])) for c in range(CONTEXT)]
    assert all(same[GUIDE_AT : GUIDE_AT + GUIDE])
    assert not any(same[:7])


def test_all_light_of_a_part_is_given_back_within_it() -> None:
    told = planes(frame())
    dark = torch.where(told.part == METAL, 0.9 * told.light, told.light)
    after = restored(told.light, dark, told.part, told.noise.sum(1, keepdim=True) > 0)
    metal = (told.part == METAL).expand_as(after)
    assert torch.equal(after[~metal], told.light[~metal])
    torch.testing.assert_close(after[metal].sum(), told.light[metal].sum())
    assert float((after - told.light)[metal].abs().mean()) > 1e-4


def test_light_that_is_given_back_leaves_no_grid() -> None:
    """What one bright pixel had lies around it without ripples: never more further out."""
    size = 61
    even = torch.full((1, 3, size, size), 0.5)
    bright = even.clone()
    bright[..., size // 2, size // 2] = 50.0
    part = torch.zeros(1, 1, size, size, dtype=torch.int32)
    after = restored(bright, even, part, torch.ones_like(part, dtype=torch.bool))
    line = after[0, 1, size // 2, size // 2 :]
    assert float(line[0]) > 0.51
    assert bool((line.diff() < 1e-5).all())


def lost(told: Planes, dark: torch.Tensor, noise: torch.Tensor) -> dict[int, float]:
    """Share of its light that each part has lost, once what it is to keep was given back."""
    after = kept(told.light, dark, told.part, noise)
    sums = {part: (told.part == part) for part in (GROUND, METAL, STONE)}
    return {
        part: 1 - float(after[:, 1:2][here].sum() / told.light[:, 1:2][here].sum())
        for part, here in sums.items()
    }


def test_a_part_loses_no_more_light_than_it_has_noise() -> None:
    told = planes(frame())
    dark = torch.where(told.part == GROUND, told.light, 0.9 * told.light)
    calm = torch.full_like(told.light[:, :1], 1e-8)
    assert lost(told, dark, calm) == pytest.approx({GROUND: 0, METAL: LOST, STONE: LOST}, abs=1e-5)
    # Half the lost tenth is the standard error of the metal, and far more than all of the stone's.
    light = {p: float(told.light[:, 1:2][told.part == p].sum()) for p in (METAL, STONE)}
    pixels = {p: int((told.part == p).sum()) for p in (METAL, STONE)}
    noise = calm + (told.part == METAL) * (0.05 * light[METAL]) ** 2 / pixels[METAL]
    noise = noise + (told.part == STONE) * (0.5 * light[STONE]) ** 2 / pixels[STONE]
    found = lost(told, dark, noise)
    assert found[METAL] == pytest.approx(0.05, abs=1e-4)
    assert found[STONE] == pytest.approx(0.1, abs=1e-4)


def test_what_the_network_loses_of_a_part_is_given_back_to_it() -> None:
    told = planes(frame())
    with torch.inference_mode():
        averaged = apply(network(), told)[0]
    calm = torch.full_like(told.light[:, :1], 1e-12)
    for part, share in lost(told, averaged, calm).items():
        assert abs(share) <= LOST + 1e-5
        here = (told.part == part).expand_as(averaged)
        assert float((averaged - told.light)[here].abs().mean()) > 0.01


def test_where_light_is_given_back_in_tiles_does_not_show() -> None:
    told = planes(frame((136, 150)))
    noise = torch.full_like(told.light[:, :1], 1e-8)
    both = (kept(told.light, 0.9 * told.light, told.part, noise, tile) for tile in (1024, 64))
    torch.testing.assert_close(*both, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("large", [48, 64])
def test_where_tiles_are_cut_does_not_show(large: int) -> None:
    told = planes(frame((136, 150)))
    net = network()
    with torch.inference_mode():
        whole, noise = apply(net, told)
        cut, its_noise = apply(net, told, large=large, small=24)
    torch.testing.assert_close(cut, whole, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(its_noise, noise, rtol=1e-3, atol=1e-7)


def test_tiles_give_what_the_network_gives() -> None:
    told = planes(frame())
    net = network()
    with torch.inference_mode():
        torch.testing.assert_close(apply(net, told)[0], net(told), rtol=1e-4, atol=1e-5)


def test_sizes_need_not_be_multiples_of_anything() -> None:
    with torch.inference_mode():
        for size in ((1, 1), (7, 50), (33, 9)):
            found = apply(network(), planes(make_frame(0.5, 0.2, size=size)))[0]
            assert found.shape[-2:] == size
            assert bool(found.isfinite().all())


def test_what_has_no_noise_stays_as_it_is() -> None:
    told = planes(frame(noise=0.0))
    with torch.inference_mode():
        assert torch.equal(apply(network(), told)[0], told.light)


def test_the_picture_converges_to_what_was_traced() -> None:
    """The change is at most v / (κ |F - u|): it vanishes faster than the noise itself."""
    told = planes(frame())
    changes = []
    for factor in (1.0, 1e-2, 1e-4):
        calm = replace(told, noise=told.noise * factor)
        with torch.inference_mode():
            changes.append(float((network()(calm) - calm.light).abs().mean()))
    assert changes[1] < 0.2 * changes[0]
    assert changes[2] < max(0.1 * changes[1], 1e-7)  # rounding
    assert LEAST > 0


def test_the_pool_never_says_less_than_the_pixels_own_samples() -> None:
    told = planes(frame())
    own = torch.from_numpy(np.moveaxis(frame().variance, -1, 0).copy())[None]
    assert bool((told.noise >= own * (1 - 1e-5)).all())


def test_of_single_samples_the_neighbours_tell_the_noise() -> None:
    rng = np.random.default_rng(0)
    light = torch.from_numpy(rng.normal(1.0, 0.3, (1, 3, 64, 64)).astype(np.float32))
    one, kind = torch.ones(1, 1, 64, 64), torch.ones(1, 1, 64, 64)
    noise = pooled(light, torch.zeros_like(light), one, kind)
    # An outlier knows that it is one, so that on average there is too much rather than too little.
    assert 0.09 * 0.95 < float(noise[..., 8:-8, 8:-8].mean()) < 0.09 * 1.7


def test_batches_are_computed_as_single_pictures() -> None:
    one, other = planes(frame(seed=1)), planes(frame(seed=2))
    net = network()
    with torch.inference_mode():
        both = net(Planes.stacked([one, other]))
        torch.testing.assert_close(both[:1], net(one), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(both[1:], net(other), rtol=1e-4, atol=1e-5)


def test_pictures_around_a_small_piece_are_looked_at_where_it_is() -> None:
    """What lies further off than the network looks makes no difference."""
    part = np.full((160, 176), GROUND)
    part[72:88, 80:100] = STONE
    whole = make_frame(0.8, 0.3, part=part, size=part.shape)
    box = area_of(whole.features.part != GROUND, 64, 8)
    assert box == (slice(8, 152), slice(16, 168))
    small = cropped(whole, box)
    assert small.features.behind is not None
    assert small.features.behind.exit.shape[:2] == small.xyz.shape[:2] == (144, 152)
    one, other = (Neural().refined(each)[0].xyz for each in (whole, small))
    np.testing.assert_allclose(one[72:88, 80:100], other[64:80, 64:84], rtol=1e-4, atol=1e-5)
    assert np.abs(one - whole.xyz)[72:88, 80:100].mean() > 0.01
    assert area_of(np.zeros((4, 4), bool), 8, 8) is None
