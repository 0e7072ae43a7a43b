"""Studios: what surrounds a piece, as lights and cards on a distant sphere.

Azimuths are relative to the camera: 0 is the camera's own side, 90 to its right, 180 behind the
piece; elevation 90 is overhead. Sizes are full angles in degrees as seen from the piece. Lights
add up in the order of the file; a card darkens what stands before it in the file.
Radiances are relative: `environment` scales the whole so that a white diffuser facing the key
light has Y = 1.
"""

from __future__ import annotations

import difflib
import importlib.resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from engine.errors import SceneError
from engine.optics import ILLUMINANTS
from engine.scene.references import resolve
from engine.scene.text import explain, freeze, parse_toml, read_text

MOST_SPECTRA = 3

Degrees = Annotated[float, Field(ge=-360, le=360)]
Elevation = Annotated[float, Field(ge=-90, le=90)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Radiance = Annotated[float, Field(ge=0, le=1e6)]
Extent = Annotated[float, Field(ge=0.2, le=170)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


def _spectrum(value: object) -> str | float:
    if isinstance(value, (int, float)) and 1000 <= value <= 25000:
        return float(value)
    if isinstance(value, str) and value in ILLUMINANTS:
        return value
    raise ValueError(
        f"must be one of {', '.join(ILLUMINANTS)}, or a colour temperature from 1000 to 25000 K, "
        f"not {value!r:.60}"
    )


#: A CIE illuminant, or a colour temperature in kelvin: a daylight phase from 4000 K, below it a
#: black body.
Spectrum = Annotated[str | float, PlainValidator(_spectrum)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _Placed(_Frozen):
    """Something at a place on the sphere around the piece."""

    name: Name
    azimuth_deg: Degrees = 0.0
    elevation_deg: Elevation


class Disc(_Placed):
    """A round lamp. soft: the share of the radius over which the edge fades out."""

    shape: Literal["disc"]
    radius_deg: Annotated[float, Field(ge=0.1, le=85)]
    radiance: Radiance
    soft: Fraction = 0.0
    spectrum: Spectrum = "D55"
    key: bool = False


class Rectangle(_Placed):
    """A softbox.

    corner : radiance at the corners relative to the centre. soft : the share of each half-size over
    which the edge fades out. roll_deg : clockwise as seen from the piece.
    """

    shape: Literal["rectangle"]
    width_deg: Extent
    height_deg: Extent
    roll_deg: Degrees = 0.0
    radiance: Radiance
    corner: Fraction = 1.0
    soft: Fraction = 0.1
    spectrum: Spectrum = "D55"
    key: bool = False


class Dome(_Placed):
    """The tent's wall: brightest at its centre, `far` times that on the opposite side.

    radiance * (far + (1 - far) ((1 + cos θ) / 2)^power), θ the angle to the centre; times `below`
    under the horizon.
    """

    shape: Literal["dome"]
    radiance: Radiance
    far: Fraction = 1.0
    power: Annotated[float, Field(ge=0.1, le=100)] = 1.0
    below: Fraction = 1.0
    spectrum: Spectrum = "D55"
    key: bool = False


class Card(_Placed):
    """A black flag, or an opening in the tent: lets `transmission` of what is behind it through."""

    shape: Literal["card"]
    width_deg: Extent
    height_deg: Extent
    roll_deg: Degrees = 0.0
    round: bool = False
    soft: Fraction = 0.1
    transmission: Fraction = 0.0


Light = Annotated[Disc | Rectangle | Dome | Card, Field(discriminator="shape")]


class GroundHint(_Frozen):
    """The ground a studio is made for; see `engine.scene.Ground`."""

    kind: Literal["sweep", "mirror", "none"] = "sweep"
    albedo: Fraction = 0.9
    colour: tuple[Fraction, Fraction, Fraction] | None = None
    fade: Literal["none", "back", "round"] = "none"
    fade_from: Annotated[float, Field(ge=-100, le=100)] = 0.0
    fade_to: Annotated[float, Field(ge=-100, le=100)] = 5.0
    fade_level: Annotated[float, Field(ge=0.001, le=1)] = 1.0

    @model_validator(mode="after")
    def _consistent(self) -> GroundHint:
        if self.fade_to <= self.fade_from:
            raise ValueError("has a fade_to that is not above its fade_from")
        return self


class CameraHint(_Frozen):
    """The camera a studio was lit for; `engine.compose` takes it for the view "suggested".

    view : "front", "three-quarter", "side", "top", or azimuth/elevation. The others are as in
    `engine.scene.View` and `engine.scene.Lens`.
    """

    view: Annotated[str, Field(pattern=r"^[\w./-]{1,64}$")] = "three-quarter"
    fill: Annotated[float, Field(ge=0.01, le=1)] = 0.85
    focal_mm: Annotated[float, Field(ge=8, le=1200)] = 100.0
    f_number: Annotated[float, Field(ge=0.5, le=128)] | None = None
    blades: Annotated[int, Field(ge=0, le=16)] = 0


class Hdri(_Frozen):
    """A panorama in latitude and longitude that takes the place of lights.

    path         : .exr or .hdr file, linear Rec. 709. sha256 : of the file, checked when given.
    rotation_deg : 0 puts the picture's centre on the camera's side; positive turns it to the right.
    strength     : factor on top of the normalisation to Y = 1.
    """

    path: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    rotation_deg: Degrees = 0.0
    strength: Annotated[float, Field(gt=0, le=1e4)] = 1.0


class Studio(_Frozen):
    """Lights, cards and the ground that suits them.

    rig     : "camera": lights and camera keep still while the piece turns; "world": lights stay
              with the piece.
    balance : the light that is shown as white; by default what falls on a diffuser that faces the
              key light. An evening sun balanced to white would be no evening.
    """

    name: Name
    title: Annotated[str, Field(max_length=200)] = ""
    rig: Literal["camera", "world"] = "camera"
    balance: Spectrum | None = None
    ground: GroundHint = GroundHint()
    camera: CameraHint = CameraHint()
    light: Annotated[tuple[Light, ...], Field(max_length=256)] = ()
    hdri: Hdri | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Studio:
        lights = [light for light in self.light if not isinstance(light, Card)]
        if self.hdri is not None and self.light:
            raise ValueError("has an hdri and lights; keep one of them")
        if self.hdri is None and not any(light.radiance > 0 for light in lights):
            raise ValueError("needs a light with a radiance above 0, or an hdri")
        if sum(light.key for light in lights) > 1:
            raise ValueError("has more than one key light; keep `key = true` on one")
        spectra = {light.spectrum for light in lights}
        if len(spectra) > MOST_SPECTRA:
            raise ValueError(f"has {len(spectra)} different spectra; at most {MOST_SPECTRA}")
        names = [light.name for light in self.light]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"has two lights called {name!r}")
        return self


def studio_names() -> list[str]:
    """Names of the studios that come with the engine, sorted."""
    folder = importlib.resources.files("scenes") / "studios"
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")
    )


def load_studio(name: str | Path) -> Studio:
    """A studio by name, or from a TOML file (a name that ends in .toml).

    Paths of panoramas in the file are relative to it and are made absolute.
    Raises SceneError: unknown name (with the nearest ones), or a wrong file, field and reason.
    """
    if str(name).lower().endswith(".toml"):
        file = Path(name)
        return with_found_panorama(parse_studio(parse_toml(read_text(file), file), file), file)
    if name not in studio_names():
        near = difflib.get_close_matches(str(name), studio_names(), 3, 0.4) or studio_names()
        raise SceneError(f"unknown studio {str(name)!r}; did you mean {' or '.join(near)}?")
    text = (importlib.resources.files("scenes") / "studios" / f"{name}.toml").read_text("utf-8")
    return parse_studio(parse_toml(text, Path(f"{name}.toml")), Path(f"{name}.toml"))


def parse_studio(data: object, file: Path, field: str = "") -> Studio:
    """A studio from parsed TOML. field : where in the file it stands, for messages."""
    try:
        return Studio.model_validate(freeze(data))
    except ValidationError as error:
        raise SceneError(explain(error, field), file=file) from None


def with_found_panorama(studio: Studio, file: Path, prefix: str = "") -> Studio:
    """The studio with its panorama's path absolute and its hash noted; `file` refers to it."""
    if studio.hdri is None:
        return studio
    hdri = studio.hdri
    found = resolve(hdri.path, file.parent, hdri.sha256, file=file, field=f"{prefix}hdri.path")
    known = hdri.model_copy(update={"path": str(found.path), "sha256": found.sha256})
    return studio.model_copy(update={"hdri": known})
