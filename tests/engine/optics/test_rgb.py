"""Rec. 709, its encoding, adaptation and the basis of reflectances."""

import numpy as np
import pytest

from engine.optics import (
    D65_WHITE,
    REC709_TO_XYZ,
    XYZ_TO_REC709,
    adapt,
    illuminant,
    rgb_basis,
    srgb_decode,
    srgb_encode,
    xyz_of,
)
from engine.optics.upsample import NODES, solve_nodes
from tests.engine.optics.colours import colour


def test_matrices_are_those_of_rec_709() -> None:
    space = colour.RGB_COLOURSPACES["ITU-R BT.709"]
    # Our white is not rounded to four digits; that is all the difference.
    np.testing.assert_allclose(REC709_TO_XYZ, space.matrix_RGB_to_XYZ, atol=2e-4)
    np.testing.assert_allclose(XYZ_TO_REC709 @ REC709_TO_XYZ, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(XYZ_TO_REC709 @ D65_WHITE, np.ones(3), atol=1e-14)
    np.testing.assert_allclose(D65_WHITE, xyz_of(illuminant("D65")), atol=0)


def test_encoding_is_srgb_and_its_inverse() -> None:
    linear = np.linspace(0.0, 1.5, 1001)
    np.testing.assert_allclose(
        srgb_encode(linear), colour.models.eotf_inverse_sRGB(linear), atol=1e-12
    )
    signed = np.linspace(-1.0, 2.0, 1001)
    np.testing.assert_allclose(srgb_decode(srgb_encode(signed)), signed, atol=1e-7)


def test_adaptation_agrees_and_turns_one_white_into_the_other() -> None:
    a, d50 = xyz_of(illuminant("A")), xyz_of(illuminant("D50"))
    expected = colour.adaptation.matrix_chromatic_adaptation_VonKries(a, d50, transform="Bradford")
    np.testing.assert_allclose(adapt(a, d50), expected, atol=1e-12)
    np.testing.assert_allclose(adapt(a, d50) @ a, d50, atol=1e-14)
    np.testing.assert_allclose(adapt(a, a), np.eye(3), atol=1e-14)


def test_basis_reproduces_every_colour_under_d65() -> None:
    rng = np.random.default_rng(0)
    rgb = np.concatenate([np.eye(3), rng.random((100, 3)), np.zeros((1, 3))])
    xyz = xyz_of(rgb @ rgb_basis() * illuminant("D65"))
    np.testing.assert_allclose(xyz @ XYZ_TO_REC709.T, rgb, atol=1e-11)


def test_basis_makes_physical_reflectances() -> None:
    basis = rgb_basis()
    assert basis.shape == (3, 471)
    assert basis.min() >= 0.0
    np.testing.assert_allclose(basis.sum(axis=0), 1.0, atol=1e-14)
    # Smooth: no step between neighbouring nanometres of more than 4 %.
    assert np.abs(np.diff(basis, axis=1)).max() < 0.04


def test_stored_basis_is_the_one_its_solver_gives() -> None:
    at_nodes = rgb_basis()[:, (NODES - 360.0).astype(int)]
    np.testing.assert_allclose(solve_nodes().T, at_nodes, atol=1e-9)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_basis_spectra_have_the_primaries_hue(channel: int) -> None:
    xyz = xyz_of(rgb_basis()[channel] * illuminant("D65"))
    primary = colour.RGB_COLOURSPACES["ITU-R BT.709"].primaries[channel]
    np.testing.assert_allclose(colour.XYZ_to_xy(xyz), primary, atol=1e-9)
