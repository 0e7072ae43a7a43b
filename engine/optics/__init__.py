"""Pure numpy physics of light: colour, dispersion, Fresnel, absorption, and a material's spectra.

Every spectrum lives on one grid, `WAVELENGTHS`: 360 to 830 nm in steps of 1 nm.

    table = tabulate(materials.load("ruby"))
    through = beer_lambert(table.absorption, 5.0) * illuminant("D65")
    XYZ_TO_REC709 @ xyz_of(through)
"""

from engine.optics.absorption import beer_lambert, gaussian_band
from engine.optics.crystal import DOUBLING, CrystalTable, Modes, crystal_table, modes
from engine.optics.dispersion import abbe_d, dispersion_bg, sellmeier
from engine.optics.fresnel import f0, fresnel_conductor, fresnel_dielectric
from engine.optics.grid import WAVELENGTHS, on_grid
from engine.optics.illuminants import (
    ILLUMINANTS,
    blackbody,
    illuminant,
    illuminant_d,
    unit_luminance,
)
from engine.optics.observer import cmf, correlated_temperature, xyz_of
from engine.optics.rgb import (
    D65_WHITE,
    REC709_TO_XYZ,
    XYZ_TO_REC709,
    adapt,
    srgb_decode,
    srgb_encode,
)
from engine.optics.tabulate import OpticalTable, f0_xyz, tabulate
from engine.optics.upsample import rgb_basis

__all__ = [
    "D65_WHITE",
    "DOUBLING",
    "ILLUMINANTS",
    "REC709_TO_XYZ",
    "WAVELENGTHS",
    "XYZ_TO_REC709",
    "CrystalTable",
    "Modes",
    "OpticalTable",
    "abbe_d",
    "adapt",
    "beer_lambert",
    "blackbody",
    "cmf",
    "correlated_temperature",
    "crystal_table",
    "dispersion_bg",
    "f0",
    "f0_xyz",
    "fresnel_conductor",
    "fresnel_dielectric",
    "gaussian_band",
    "illuminant",
    "illuminant_d",
    "modes",
    "on_grid",
    "rgb_basis",
    "sellmeier",
    "srgb_decode",
    "srgb_encode",
    "tabulate",
    "unit_luminance",
    "xyz_of",
]
