"""Films on metal against the exact transfer matrix, at every angle and both polarisations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import materials
from engine.optics import WAVELENGTHS, fresnel_conductor, sellmeier, tabulate
from engine.optics.alloy import table_permittivity
from engine.optics.film import effective_index, film_reflectance
from engine.types import FloatArray
from materials import MaterialError
from materials.schema import TableIndex
from tests.materials.examples import GEM, METAL, write

ComplexArray = npt.NDArray[np.complex128]


def index_of(name: str) -> ComplexArray:
    table = tabulate(materials.load(name))
    index: ComplexArray = table.n + 1j * table.k
    return index


def film_of(name: str) -> ComplexArray:
    film = materials.load(name).film
    assert film is not None
    assert isinstance(film.index, TableIndex)
    index: ComplexArray = np.sqrt(table_permittivity(film.index))
    return index


SILVER, GOLD = index_of("silver-925"), index_of("gold-18k-white")
RHODIUM = index_of("gold-18k-white-rhodium")  # opaque, so it is rhodium's own
SULFIDE = film_of("silver-925-oxidised")
GLASS: ComplexArray = sellmeier(WAVELENGTHS, [1.1], [0.008]).astype(np.complex128)


def stack(angle_deg: float, film: ComplexArray, metal: ComplexArray, d: float) -> FloatArray:
    """Reflected power of unpolarised light, [471], by the characteristic matrix of the film."""
    s = np.sin(np.radians(angle_deg))
    power = []
    for p_polarised in (False, True):

        def admittance(n: ComplexArray | float, p: bool = p_polarised) -> ComplexArray:
            q = np.sqrt(np.asarray(n, np.complex128) ** 2 - s**2)
            q = np.where(q.imag < 0, -q, q)
            tilted: ComplexArray = np.asarray(n, np.complex128) ** 2 / q if p else q
            return tilted

        phase = 2 * np.pi * d / WAVELENGTHS * np.sqrt(film**2 - s**2)
        y, y_metal, y_air = admittance(film), admittance(metal), admittance(1.0)
        b = np.cos(phase) - 1j * np.sin(phase) * y_metal / y
        c = -1j * y * np.sin(phase) + np.cos(phase) * y_metal
        power.append(np.abs((y_air * b - c) / (y_air * b + c)) ** 2)
    mean: FloatArray = np.mean(power, axis=0)
    return mean


def by_index(angle_deg: float, film: ComplexArray, metal: ComplexArray, d: float) -> FloatArray:
    return fresnel_conductor(
        np.cos(np.radians(angle_deg)), *effective_index(film, metal, d, WAVELENGTHS)
    )


@pytest.mark.parametrize("film", [RHODIUM, GLASS], ids=["rhodium", "glass"])
@pytest.mark.parametrize("d", [0.0, 3.0, 40.0, 250.0])
def test_normal_incidence_is_exact(film: ComplexArray, d: float) -> None:
    r, same = film_reflectance(film, GOLD, d, WAVELENGTHS)
    np.testing.assert_allclose(r, same, rtol=1e-9)
    np.testing.assert_allclose(np.abs(r) ** 2, stack(0.0, film, GOLD, d), rtol=1e-9)
    np.testing.assert_allclose(by_index(0.0, film, GOLD, d), stack(0.0, film, GOLD, d), rtol=1e-9)


@pytest.mark.parametrize("angle", [20.0, 60.0, 85.0])
def test_other_angles_are_those_of_the_characteristic_matrix(angle: float) -> None:
    for film, d in ((RHODIUM, 15.0), (GLASS, 130.0), (SULFIDE, 1e5)):
        s, p = film_reflectance(film, GOLD, d, WAVELENGTHS, np.cos(np.radians(angle)))
        power = 0.5 * (np.abs(s) ** 2 + np.abs(p) ** 2)
        if d < 1e4:
            np.testing.assert_allclose(power, stack(angle, film, GOLD, d), rtol=1e-9)
        bulk = fresnel_conductor(np.cos(np.radians(angle)), film.real, film.imag)
        assert np.allclose(power, bulk, rtol=1e-9) == (d > 1e4)


def test_no_film_is_the_bare_metal_and_a_thick_one_is_the_film() -> None:
    n, k = effective_index(RHODIUM, GOLD, 0.0, WAVELENGTHS)
    np.testing.assert_allclose(n + 1j * k, GOLD, rtol=1e-12)
    n, k = effective_index(RHODIUM, GOLD, 1e4, WAVELENGTHS)
    np.testing.assert_allclose(n + 1j * k, RHODIUM, rtol=1e-12)


@pytest.mark.parametrize("angle", [0.0, 30.0, 60.0, 80.0])
def test_a_plating_is_exact_at_every_angle(angle: float) -> None:
    """At the thickness of the library; at 10 nm, where gold shines through, to 0.003."""
    exact = stack(angle, RHODIUM, GOLD, 100.0)
    np.testing.assert_allclose(by_index(angle, RHODIUM, GOLD, 100.0), exact, atol=1e-4)
    exact = stack(angle, RHODIUM, GOLD, 10.0)
    np.testing.assert_allclose(by_index(angle, RHODIUM, GOLD, 10.0), exact, atol=3e-3)


# Largest differences of the reflectance at any wavelength: at 60 degrees, and from 30 to 80.
OFF = {
    "patina of the library": (SULFIDE, 2000.0, 0.02, 0.07),
    "tarnish of 5 nm": (SULFIDE, 5.0, 0.004, 0.006),
    "tarnish of 20 nm": (SULFIDE, 20.0, 0.03, 0.03),
    "tarnish of 30 nm": (SULFIDE, 30.0, 0.035, 0.035),
    "clear coat of 100 nm": (GLASS, 100.0, 0.02, 0.02),
    "clear coat of 150 nm": (GLASS, 150.0, 0.08, 0.09),
}


@pytest.mark.parametrize("name", OFF)
def test_how_far_an_interfering_film_is_off(name: str) -> None:
    """Its colours shift with the angle, which one index cannot know; on the mean it stays near."""
    film, d, at_60, anywhere = OFF[name]
    off = {a: by_index(a, film, SILVER, d) - stack(a, film, SILVER, d) for a in range(30, 81, 10)}
    assert np.abs(off[60]).max() < at_60
    assert max(np.abs(some).max() for some in off.values()) < anywhere
    assert max(np.abs(some).mean() for some in off.values()) < 0.025


@pytest.mark.parametrize("d", [0.0, 20.0, 90.0, 600.0])
def test_a_covered_metal_reflects_less_than_all_and_has_an_index(d: float) -> None:
    for film in (GLASS, RHODIUM, SULFIDE):
        n, k = effective_index(film, SILVER, d, WAVELENGTHS)
        assert n.min() > 0.0
        assert k.min() >= 0.0
        for angle in (0.0, 45.0, 85.0):
            r = fresnel_conductor(np.cos(np.radians(angle)), n, k)
            assert r.min() > 0.0
            assert r.max() < 1.0


FILM = """\
film:
  index:
    model: constant
    n: 1.5
    evidence: estimated
    source: a test
  thickness_nm: {value: 90, evidence: estimated, source: a test}
"""


def test_a_file_with_a_film_is_tabulated_as_both(tmp_path: Path) -> None:
    bare = tabulate(materials.load(write(tmp_path, METAL)))
    covered = materials.load(write(tmp_path, METAL + FILM, "covered.yaml"))
    both = tabulate(covered)
    glass = np.full(WAVELENGTHS.shape, 1.5 + 0j)
    r, _ = film_reflectance(glass, bare.n + 1j * bare.k, 90.0, WAVELENGTHS)
    np.testing.assert_allclose(both.f0, np.abs(r) ** 2, rtol=1e-9)
    assert np.abs(both.f0 - bare.f0).max() > 0.1
    cited = [citation.of for citation in covered.sources]
    assert cited[-2:] == ["index of the film", "thickness of the film"]


@pytest.mark.parametrize(
    ("text", "old", "new", "reason"),
    [
        (GEM + FILM, "", "", "a gem has no film; only a metal has"),
        (METAL + FILM, "value: 90", "value: -1", "thickness_nm.value"),
        (METAL + FILM, "value: 90", "value: 1e9", "thickness_nm.value"),
        (METAL + FILM, "    n: 1.5\n", "", "film.index.n"),
        (METAL + FILM, "  thickness_nm:", "  thicknes_nm:", "thickness_nm"),
    ],
)
def test_a_wrong_film_is_refused(
    tmp_path: Path, text: str, old: str, new: str, reason: str
) -> None:
    with pytest.raises(MaterialError, match=reason):
        materials.load(write(tmp_path, text.replace(old, new, 1) if old else text))
