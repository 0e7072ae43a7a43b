"""The colours of stones: bands where they are published, hues as a jeweller expects them."""

from __future__ import annotations

import numpy as np
import pytest

import materials
from engine.optics import beer_lambert, illuminant, xyz_of
from engine.optics.grid import WAVELENGTHS
from engine.types import FloatArray
from tests.engine.optics.colours import colour
from tests.materials.rays import mean_absorption, rays

#: mm; about twice the width of a stone of 6 mm, which is a common path through a brilliant.
PATH = 12.0

# (stone, ray, published wavelength in nm, tolerance: wider where a slope moves it). Ruby and
# sapphire: GIA 2020; emerald: jm-derochette.be; alexandrite, amethyst, sapphire's lines: Caltech;
# almandine: GIA Gem Reference Guide; the rest: abstracts and pages that the files name.
BANDS = [
    ("ruby", "o", 410, 4),
    ("ruby", "o", 560, 4),
    ("ruby", "e", 398, 6),
    ("ruby", "e", 547, 8),
    ("sapphire-pink", "o", 560, 4),
    ("sapphire", "o", 580, 5),
    ("sapphire", "o", 450, 3),
    ("sapphire", "o", 388, 3),
    ("sapphire", "e", 708, 8),
    ("sapphire-yellow", "o", 450, 6),
    ("emerald", "o", 430, 8),
    ("emerald", "o", 600, 10),
    ("aquamarine", "o", 427, 2),
    ("aquamarine", "o", 820, 5),
    ("aquamarine", "e", 700, 15),
    ("morganite", "e", 560, 8),
    ("spinel-red", "", 538.5, 4),
    ("spinel-red", "", 392, 5),
    ("amethyst", "o", 545, 4),
    ("peridot", "beta", 453, 3),
    ("peridot", "beta", 493, 4),
    ("tanzanite", "alpha", 545, 5),
    ("tourmaline-green", "o", 720, 5),
    ("tourmaline-pink", "o", 520, 4),
    ("garnet-almandine", "", 504, 4),
    ("garnet-almandine", "", 573, 4),
    ("garnet-tsavorite", "", 430, 4),
    ("garnet-tsavorite", "", 605, 4),
    ("alexandrite", "beta", 429, 4),
    ("alexandrite", "beta", 564, 5),
    ("alexandrite", "gamma", 414, 6),
    ("alexandrite", "gamma", 596, 4),
    ("zircon-blue", "o", 650, 5),
    ("topaz-blue", "beta", 620, 3),
    ("topaz-imperial", "beta", 530, 5),
    ("iolite", "beta", 556, 4),
    ("diamond-fancy-pink", "", 550, 8),
    ("diamond-z", "", 415.5, 2),
    ("diamond-z", "", 478, 3),
]

# Hue angle in degrees, from and to; least chroma; L* from and to: CIELAB under D65 after PATH.
HUES = {
    "ruby": (5, 40, 60, 25, 50),
    "sapphire": (270, 305, 40, 28, 60),
    "sapphire-zoned": (270, 305, 40, 28, 60),
    "sapphire-pink": (330, 365, 25, 55, 85),
    "sapphire-yellow": (80, 105, 30, 75, 95),
    "emerald": (150, 178, 60, 55, 80),
    "aquamarine": (200, 240, 6, 90, 99),
    "morganite": (0, 50, 5, 85, 97),
    "spinel-red": (0, 35, 55, 22, 50),
    "amethyst": (300, 325, 35, 35, 65),
    "citrine": (65, 95, 45, 60, 85),
    "peridot": (100, 122, 40, 65, 90),
    "tanzanite": (275, 308, 25, 40, 70),
    "tourmaline-green": (125, 165, 50, 55, 85),
    "tourmaline-pink": (330, 365, 40, 50, 80),
    "tourmaline-bicolour": (125, 165, 50, 55, 85),
    "garnet-almandine": (0, 38, 45, 20, 45),
    "garnet-tsavorite": (140, 165, 50, 40, 70),
    "zircon-blue": (215, 255, 15, 75, 95),
    "topaz-blue": (220, 260, 20, 70, 95),
    "topaz-imperial": (30, 75, 18, 70, 92),
    "iolite": (275, 310, 30, 40, 75),
    "diamond-fancy-yellow": (85, 105, 40, 75, 97),
    "diamond-fancy-pink": (325, 375, 10, 65, 92),
    "diamond-fancy-blue": (220, 270, 8, 75, 97),
}
WHITE = (
    "diamond",
    "moissanite",
    "cubic-zirconia",
    "sapphire-white",
    "zircon",
    "topaz-white",
)
TINTS = ("diamond", "diamond-g", "diamond-k", "diamond-n", "diamond-z", "diamond-fancy-yellow")


def lch(absorption: FloatArray, length: float = PATH, light: str = "D65") -> FloatArray:
    """L*, chroma and hue angle of a light seen through a stone, under that light's own white."""
    spectrum = illuminant(light)
    white = colour.XYZ_to_xy(xyz_of(spectrum))
    lab = colour.XYZ_to_Lab(xyz_of(beer_lambert(absorption, length) * spectrum), white)
    return np.asarray(colour.Lab_to_LCHab(lab), np.float64)


def between(angle: float, low: float, high: float) -> bool:
    """Whether an angle lies in a range of degrees that may pass 360."""
    return (angle - low) % 360.0 <= high - low


def peak_near(absorption: FloatArray, centre: float) -> float:
    """The nearest maximum within 30 nm of a wavelength.

    A line on a slope makes none; it is where the absorption stands out most above its chord.
    """
    rising = np.diff(absorption) > 0
    maxima = WAVELENGTHS[1:-1][rising[:-1] & ~rising[1:]]
    near = maxima[np.abs(maxima - centre) <= 30.0]
    if near.size:
        return float(near[np.abs(near - centre).argmin()])
    line = np.abs(WAVELENGTHS - centre) <= 12.0
    w, a = WAVELENGTHS[line], absorption[line]
    above = a - np.interp(w, [w[0], w[-1]], [a[0], a[-1]])
    assert above.max() > 0.0
    return float(w[above.argmax()])


@pytest.mark.parametrize(("name", "ray", "centre", "within"), BANDS)
def test_bands_lie_where_they_are_published(
    name: str, ray: str, centre: float, within: float
) -> None:
    assert abs(peak_near(rays(name)[ray][1], centre) - centre) <= within


@pytest.mark.parametrize("name", HUES)
def test_body_colours_are_those_of_the_kind(name: str) -> None:
    low, high, least, dark, light = HUES[name]
    lightness, chroma, hue = lch(mean_absorption(name))
    assert between(hue, low, high)
    assert chroma > least
    assert dark < lightness < light


def test_every_stone_has_its_colour_looked_at() -> None:
    looked_at = {*HUES, *WHITE, *TINTS, "diamond-black", "alexandrite"}
    assert looked_at == set(materials.names("gem"))


@pytest.mark.parametrize("name", WHITE)
def test_white_stones_take_nothing(name: str) -> None:
    assert mean_absorption(name).max() == 0.0


def test_diamonds_grow_yellower_along_the_scale() -> None:
    seen = np.array([lch(mean_absorption(name)) for name in TINTS])
    assert (np.diff(seen[:, 1]) > 0.5).all()
    assert seen[1, 1] < 2.5  # a G is near colourless
    assert all(between(hue, 85, 110) for hue in seen[1:, 2])


def test_a_black_diamond_lets_nothing_through() -> None:
    assert beer_lambert(rays("diamond-black")[""][1], 3.0).max() < 1e-4


def test_alexandrite_turns_from_green_to_red() -> None:
    """After 12 mm its hue moves by more than 60 degrees from daylight to lamplight."""
    a = mean_absorption("alexandrite")
    _, by_day, green = lch(a, PATH, "D65")
    _, by_lamp, red = lch(a, PATH, "A")
    assert between(green, 130, 180)
    assert between(red, 330, 390)
    assert min(by_day, by_lamp) > 8
    assert abs((green - red + 180) % 360 - 180) > 60


@pytest.mark.parametrize("name", ["emerald", "garnet-tsavorite", "tourmaline-green", "peridot"])
def test_other_green_stones_stay_green(name: str) -> None:
    a = mean_absorption(name)
    day, lamp = lch(a, PATH, "D65")[2], lch(a, PATH, "A")[2]
    assert abs((day - lamp + 180) % 360 - 180) < 25


def test_pleochroic_rays_have_the_colours_of_the_dichroscope() -> None:
    def hue(name: str, ray: str) -> float:
        return float(lch(rays(name)[ray][1])[2])

    assert between(hue("ruby", "o"), -20, 35)  # purplish red beside orange red
    assert between(hue("ruby", "e") - hue("ruby", "o"), 8, 60)
    assert between(hue("sapphire", "o") - hue("sapphire", "e"), 30, 90)  # violet blue, green blue
    assert between(hue("emerald", "e") - hue("emerald", "o"), 8, 40)  # the bluer green
    assert between(hue("tanzanite", "alpha"), 310, 350)  # red violet beside blue
    assert between(hue("tanzanite", "beta"), 265, 300)
    assert between(hue("alexandrite", "alpha"), 0, 60)  # red, yellow, green
    assert between(hue("alexandrite", "beta"), 60, 105)
    assert between(hue("alexandrite", "gamma"), 150, 200)


@pytest.mark.parametrize(
    ("name", "strong", "weak"),
    [
        ("iolite", "beta", "alpha"),
        ("tourmaline-green", "o", "e"),
        ("tourmaline-pink", "o", "e"),
        ("aquamarine", "e", "o"),
        ("morganite", "e", "o"),
        ("zircon-blue", "o", "e"),
    ],
)
def test_one_ray_is_the_more_coloured(name: str, strong: str, weak: str) -> None:
    lightness = {ray: lch(a)[0] for ray, (_, a) in rays(name).items()}
    assert lightness[strong] < lightness[weak] - 1.5
