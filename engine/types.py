"""Arrays, conventions and the records that pass between the stages.

Conventions
-----------
Lengths are millimetres, centred near the origin; z is up, a ring stands on its shank with its
finger axis along y and its head up, resting on the ground plane z = 0.
Wavelengths are nanometres in vacuum, 360 to 830. Angles are radians, or in names ending in `_deg`.
A direction of azimuth a and elevation e is (sin a cos e, -cos a cos e, sin e): azimuth 0 looks at
the front of a piece from -y, 90 degrees from +x, elevation 90 from above.
Images are row-major, row 0 on top: `[H, W, C]` float32.
Frames hold CIE 1931 XYZ; Y = 1 is a perfect white diffuser facing the key light. Nothing is
clamped before `finish`.
n + ik with k >= 0; absorption coefficients are per mm, base e.
An RGB light means that colour under D65 white, smoothly upsampled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.lazy import Lazy

FloatArray = npt.NDArray[np.float64]
ImageArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
Vec3 = tuple[float, float, float]

Role = Literal["metal", "stone", "pearl", "other"]
Kind = Literal["ring", "pendant", "earring", "necklace", "bracelet", "stone", "other"]
NoteKind = Literal["mended", "role", "posed", "scale", "instances", "warning"]

#: Called as progress(stage, done, total) whenever a piece of work is done.
Progress = Callable[[str, int, int], None]


# ---- load: Piece ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles in millimetres, counter-clockwise seen from outside.

    vertices : [V, 3] float64, mm
    faces    : [F, 3] int32
    normals  : [V, 3] float32 unit shading normals, or None where every triangle is flat (a facet).
               Vertices are split along creases, so that one normal per vertex is enough.
    closed   : whether the surface, welded, has no open edge.
    """

    vertices: FloatArray
    faces: IntArray
    normals: ImageArray | None = None
    closed: bool = True


@dataclass(frozen=True, eq=False)
class Part:
    """One named thing of a piece: an instance of a mesh.

    name      : unique within the piece.
    mesh      : index into `Piece.meshes`.
    transform : [4, 4] float64 rigid motion from mesh to piece, mm.
    role      : what kind of thing it is.
    hint      : the material name the file gave, verbatim, or None.
    material  : the library material that a mapping or `assign` chose, or None.
    layer     : the layer or group in the file, or "".
    finish    : the finish that a mapping or `finishes` chose, as text, or None.
    """

    name: str
    mesh: int
    transform: FloatArray
    role: Role
    hint: str | None = None
    material: str | None = None
    layer: str = ""
    finish: str | None = None


@dataclass(frozen=True)
class Note:
    """One thing that `load` did or noticed, in a sentence for people."""

    kind: NoteKind
    text: str
    part: str | None = None


@dataclass(frozen=True)
class LoadOptions:
    """How a file is to be read; every field is a choice that a person may make.

    assign    : (glob pattern over part or layer name, material name) pairs, later ones win.
    mapping   : path of a TOML mapping file that serves a whole house.
    scale     : factor on top of the unit.
    unit      : "mm", "cm", "m", "inch": what the file's numbers mean, whatever the file says.
    ring_size : target size such as "54", "ISO 54", "US 7", "UK N"; scales a ring to it.
    up        : axis of the file that points up: "x", "-x", "y", "-y", "z", "-z"; None finds it.
    pose      : stand the piece up; False keeps the file's orientation (and its up axis).
    force     : treat an open stone as its convex hull instead of raising.
    crease_deg: edges of metal sharper than this stay sharp.
    finishes  : (glob pattern, finish of metal as `materials.finish` reads it), later ones win.
    """

    assign: tuple[tuple[str, str], ...] = ()
    mapping: str | None = None
    scale: float = 1.0
    unit: str | None = None
    ring_size: str | None = None
    up: str | None = None
    pose: bool = True
    force: bool = False
    crease_deg: float = 40.0
    finishes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Source:
    """The file a piece came from.

    path : as given. sha256 : of its bytes. format : "stl", "obj", "ply", "glb", "gltf", "step",
    "3dm", "asc", "gem". unit : the unit in force. options : how it was read.
    """

    path: str
    sha256: str
    format: str
    unit: str
    options: LoadOptions = field(default_factory=LoadOptions)


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of jewelry: named parts over shared meshes.

    meshes        : shared geometry; equal stones are one mesh.
    parts         : what the piece is made of.
    kind          : ring, pendant, earring, loose stone, or other.
    name          : for file names and reports.
    source        : where it came from; None for a piece built by a script.
    inside_mm     : a ring's inside diameter, mm; None when it is no ring.
    notes         : what was mended, posed, named and warned about.
    """

    meshes: tuple[Mesh, ...]
    parts: tuple[Part, ...]
    kind: Kind = "other"
    name: str = "piece"
    source: Source | None = None
    inside_mm: float | None = None
    notes: tuple[Note, ...] = ()

    def vertices(self, part: Part) -> FloatArray:
        """Vertices of `part` in the piece's frame, [V, 3] mm."""
        mesh = self.meshes[part.mesh]
        return mesh.vertices @ part.transform[:3, :3].T + part.transform[:3, 3]

    def bounds(self) -> FloatArray:
        """[2, 3] lowest and highest corner, mm."""
        corners = [
            bound
            for part in self.parts
            for v in (self.vertices(part),)
            for bound in (v.min(axis=0), v.max(axis=0))
        ]
        stacked = np.stack(corners)
        return np.stack([stacked.min(axis=0), stacked.max(axis=0)])


# ---- trace: Frame --------------------------------------------------------------------------


@dataclass(frozen=True)
class Camera:
    """A pinhole or thin lens, resolved to the piece it looks at.

    position, target : mm. up : unit vector, not parallel to the line of sight.
    fov_deg          : full angle across the longer side of the image, degrees.
    size             : (width, height) in pixels.
    aperture_mm      : radius of the entrance pupil; 0 keeps everything sharp.
    focus_mm         : distance from the pupil to the plane of focus along the line of sight.
    blades           : 0 for a round pupil, else the corners of a regular polygon of equal area.
    blade_turn_deg   : turn of the polygon, clockwise as the camera sees it; 0: a corner is up.
    """

    position: Vec3
    target: Vec3
    up: Vec3
    fov_deg: float
    size: tuple[int, int]
    aperture_mm: float = 0.0
    focus_mm: float = 1.0
    blades: int = 0
    blade_turn_deg: float = 0.0
    name: str = "view"


@dataclass(frozen=True, eq=False)
class Behind:
    """What the ray through a pixel's centre shows past the facets and mirrors that it meets first.

    In a stone of flat facets the strongest exit is looked for, of the first reflection and what
    leaves at the first eight hits from inside, at 587.6 nm; light that meets metal inside the stone
    counts as one. Polished metal is a mirror. Smooth stones, pearls, rough metal and the ground are
    not looked behind. Nothing here has noise.

    exit     : [H, W, 3] unit direction of that exit, or in which the mirror sends the ray; 0 where
               nothing is looked behind.
    entropy  : [H, W] of the shares of light of all these exits, nats; 0 where one has all.
    sequence : [H, W] uint32 hash of the facets up to the exit; 0 where no facet is. Neighbours of
               different values show different things.
    albedo   : [H, W, 3] of what is met behind: F0 or diffuse albedo as XYZ under the studio's
               white, the sky being white; of what is seen itself where nothing is looked behind.
    normal   : [H, W, 3] of the same, on the side that is seen; of the sky, against the ray.
    """

    exit: ImageArray
    entropy: ImageArray
    sequence: npt.NDArray[np.uint32]
    albedo: ImageArray
    normal: ImageArray


@dataclass(frozen=True, eq=False)
class Features:
    """What the camera sees first, per pixel; 0 (part: -1) where it sees no piece.

    normal    : [H, W, 3] unit-length per sample, averaged over the pixel.
    depth     : [H, W] mm along the ray through the pixel's centre.
    position  : [H, W, 3] mm, hit of the ray through the pixel's centre.
    part      : [H, W] int32 index into `Piece.parts` at the pixel's centre; -1 ground, -2 nothing.
    albedo    : [H, W, 3] F0 or diffuse albedo as XYZ under the studio's white, averaged.
    roughness : [H, W] averaged.
    stone     : [H, W] fraction of the pixel covered by stones.
    behind    : what lies behind facets and mirrors, where that was asked for.
    """

    normal: ImageArray
    depth: ImageArray
    position: ImageArray
    part: IntArray
    albedo: ImageArray
    roughness: ImageArray
    stone: ImageArray
    behind: Behind | None = None


@dataclass(frozen=True, eq=False)
class Caustics:
    """Light that directly seen ground receives straight from the piece: a layer of a frame.

    xyz      : [H, W, 3] radiance. variance : [H, W, 3] its estimated variance.
    ground   : [H, W] luminance of the ground as it were without the piece, in its share of the
               pixel.
    shadow   : [H, W] the frame's shadow as it were without the layer.
    """

    xyz: ImageArray
    variance: ImageArray
    ground: ImageArray
    shadow: ImageArray


@dataclass(frozen=True, eq=False)
class Sketch:
    """Nearly what a frame shows, of some places in its pixels; see `engine.trace.sketch`.

    here     : [H, W, 3] XYZ, mean over the places that the frame's samples have in their pixels, as
               their wavelengths show them.
    around   : [H, W, 3] the same over those and at least as many others, in all wavelengths.
    variance : [H, W, 3] estimated variance of the frame's `xyz` less `here`.
    doubt    : [H, W, 3] estimated variance of `around`.
    """

    here: ImageArray
    around: ImageArray
    variance: ImageArray
    doubt: ImageArray


@dataclass(frozen=True, eq=False)
class Frame:
    """One traced view.

    xyz        : [H, W, 3] radiance; over the visible backdrop, or premultiplied by alpha where the
                 backdrop is transparent.
    variance   : [H, W, 3] estimated variance of `xyz` (of the mean, not of one sample).
    samples    : [H, W] samples per pixel.
    alpha      : [H, W] coverage of the piece, 0 to 1; with a sketch, over all of its places.
    shadow     : [H, W] part of the ground's light that the piece takes away, 0 to 1; the caustics
                 give some of it back.
    features   : see `Features`.
    camera     : the view.
    backdrop   : XYZ of the unshadowed ground that shows behind the piece; None when transparent.
    white      : XYZ of a perfect white diffuser facing the key light (Y = 1): the white to balance.
    provenance : JSON values under the names of the stages that the frame has passed.
    mirror     : whether the ground mirrors the piece: then it is as sharp as metal.
    soft       : indices of the parts that send back mostly diffuse light, as pearls do.
    toned      : the ground has a colour or a gradient of its own: it is shown as it is, not as
                 white, and `backdrop` is what it would be unfaded.
    caustics   : the layer that is in `xyz`, `variance` and `shadow` already; None when it was not
                 traced apart. Where the backdrop is transparent it is in `shadow` only.
    sketch     : for refining, where that was asked for; of the light without caustics.
    """

    xyz: ImageArray
    variance: ImageArray
    samples: ImageArray
    alpha: ImageArray
    shadow: ImageArray
    features: Features
    camera: Camera
    backdrop: Vec3 | None
    white: Vec3
    provenance: Mapping[str, Any] = field(default_factory=dict)
    mirror: bool = False
    soft: tuple[int, ...] = ()
    toned: bool = False
    caustics: Caustics | None = None
    sketch: Sketch | None = None

    def bare(self) -> Frame:
        """The frame without its layer of caustics."""
        layer = self.caustics
        if layer is None:
            return self
        frame = replace(self, shadow=layer.shadow, caustics=None)
        if self.backdrop is None:
            return frame
        return replace(
            frame,
            xyz=self.xyz - layer.xyz,
            variance=np.maximum(self.variance - layer.variance, np.float32(0)),
        )

    def lit(self, layer: Caustics) -> Frame:
        """This frame, which has no layer, with `layer` and its own shadow in it."""
        light = layer.xyz[..., 1]
        share = np.divide(light, layer.ground, out=np.zeros_like(light), where=layer.ground > 0)
        frame = replace(
            self,
            shadow=np.clip(self.shadow - share, 0, 1),
            caustics=replace(layer, shadow=self.shadow),
        )
        if self.backdrop is None:
            return frame
        return replace(frame, xyz=self.xyz + layer.xyz, variance=self.variance + layer.variance)


# ---- finish: Picture -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Picture:
    """A finished view, ready to be encoded.

    rgb   : [H, W, 3] display-referred linear Rec. 709 in [0, 1], straight (not premultiplied).
    alpha : [H, W] in [0, 1], or None when opaque.
    frame : the frame it was made from, for layers and EXR.
    name  : of the view, for file names.
    """

    rgb: ImageArray
    alpha: ImageArray | None
    frame: Frame
    name: str
    provenance: Mapping[str, Any] = field(default_factory=dict)


# ---- lazy sequences ------------------------------------------------------------------------

Frames = Lazy[Frame]
Pictures = Lazy[Picture]
