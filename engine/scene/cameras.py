"""From a view and a lens to a camera that frames the piece, and between pixels and rays."""

from __future__ import annotations

import numpy as np

from engine.scene.framing import Fit, fit, hull
from engine.scene.model import Lens, Scene, View
from engine.scene.sphere import frame
from engine.types import Camera, FloatArray, Part, Piece, Vec3

#: Half the width of a 35 mm picture: "35 mm terms" means 36 mm across the longer side.
HALF_SENSOR_MM = 18.0
_TURN_STEPS = 360


def resolve_camera(scene: Scene, view: View | None = None) -> Camera:
    """The camera of `view` (the scene's own by default), framing the piece exactly.

    The vertices of all parts, projected, span `view.fill` of the frame in the tighter direction and
    are centred in both. For a turntable the same holds for all azimuths together. The direction
    of sight is the view's; the camera is moved sideways and along it, never turned.
    """
    view = view or scene.view
    axes = frame(view.azimuth_deg, view.elevation_deg)
    half = _half_tangents(scene.lens, scene.size)
    points = np.concatenate([scene.piece.vertices(part) for part in scene.piece.parts])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    if view.turntable:
        found, target = _fit_turn(points, middle, view, half)
    else:
        found = fit((points - middle) @ axes.T, view.fill * half)
        target = middle + found.x * axes[0] + found.y * axes[1]
    position = target + found.distance * axes[2]
    focus_mm = _focus(scene, position, axes[2])
    return Camera(
        position=_vec3(position),
        target=_vec3(target),
        up=_vec3(axes[1]),
        fov_deg=float(2 * np.degrees(np.arctan(HALF_SENSOR_MM / scene.lens.focal_mm))),
        size=scene.size,
        aperture_mm=_aperture(scene.lens, focus_mm),
        focus_mm=focus_mm,
        blades=scene.lens.blades,
        blade_turn_deg=scene.lens.blade_turn_deg,
        name=view.name,
    )


def azimuth_deg(camera: Camera) -> float:
    """Azimuth from which a camera looks, also straight from above; in [0, 360).

    A studio with rig "camera" stands turned by this angle about z.
    """
    right, _, _ = _axes(camera)
    return float(np.degrees(np.arctan2(right[1], right[0])) % 360.0)


def project(camera: Camera, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pixels of points, as a pinhole at the centre of the lens sees them.

    points : [N, 3] mm. Returns pixels [N, 2] (x, y), the centre of the first pixel of row 0 being
    (0.5, 0.5), and depths [N], mm from the camera along the ray; negative behind the camera, where
    pixels mean nothing.
    """
    right, down, forward = _axes(camera)
    offset = np.asarray(points, dtype=np.float64) - np.asarray(camera.position)
    ahead = offset @ forward
    scale = 1 / pixel_size(camera)
    plane = np.where(ahead == 0, np.finfo(np.float64).tiny, ahead)
    x = camera.size[0] / 2 + scale * (offset @ right) / plane
    y = camera.size[1] / 2 + scale * (offset @ down) / plane
    depth = np.copysign(np.linalg.norm(offset, axis=-1), ahead)
    return np.stack([x, y], axis=-1), depth


def rays(camera: Camera) -> tuple[FloatArray, FloatArray]:
    """Rays through the centres of the pixels: origins and unit directions, [H, W, 3] each."""
    right, down, forward = _axes(camera)
    width, height = camera.size
    scale = 1 / pixel_size(camera)
    x = ((np.arange(width) + 0.5 - width / 2) / scale)[None, :, None]
    y = ((np.arange(height) + 0.5 - height / 2) / scale)[:, None, None]
    towards = forward + x * right + y * down
    directions = towards / np.linalg.norm(towards, axis=-1, keepdims=True)
    return np.broadcast_to(np.asarray(camera.position), directions.shape), directions


def _axes(camera: Camera) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Unit vectors to the right, down and forward."""
    forward = np.subtract(camera.target, camera.position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, camera.up)
    right = right / np.linalg.norm(right)
    return right, np.cross(forward, right), forward


def pixel_size(camera: Camera) -> float:
    """Side of a pixel at unit distance along the line of sight."""
    return float(2 * np.tan(np.radians(camera.fov_deg) / 2) / max(camera.size))


def _half_tangents(lens: Lens, size: tuple[int, int]) -> FloatArray:
    """[2] tangents of half the field of view across and down."""
    return HALF_SENSOR_MM / lens.focal_mm * np.array(size) / max(size)


def _fit_turn(
    points: FloatArray, middle: FloatArray, view: View, half: FloatArray
) -> tuple[Fit, FloatArray]:
    """Fit of the body that the turning piece sweeps, and its target on the axis of the turn."""
    radius = np.hypot(*(points - middle)[:, :2].T)
    ring = np.linspace(0, 2 * np.pi, _TURN_STEPS, endpoint=False)
    profile = hull(np.stack([radius, points[:, 2] - middle[2]], axis=1))
    swept = np.stack(
        [
            np.outer(profile[:, 0], np.cos(ring)),
            np.outer(profile[:, 0], np.sin(ring)),
            np.repeat(profile[:, 1:], _TURN_STEPS, axis=1),
        ],
        axis=-1,
    ).reshape(-1, 3)
    found = fit(swept @ frame(0, view.elevation_deg).T, view.fill * half)
    # The line of sight, moved up by y, meets the vertical axis at y / cos e; from straight above
    # the body is symmetric and y is 0.
    cos_e = np.cos(np.radians(view.elevation_deg))
    rise = found.y / cos_e if cos_e > 1e-6 else 0.0
    along = rise * np.sin(np.radians(view.elevation_deg))
    return Fit(found.x, found.y, found.distance - along), middle + np.array([0, 0, rise])


def _focus(scene: Scene, position: FloatArray, back: FloatArray) -> float:
    """Distance of the plane of focus along the line of sight, mm."""
    focus = scene.lens.focus
    if focus is not None and not isinstance(focus, str):
        return float(focus)
    point = _focus_point(scene.piece, focus, position)
    return max(float((position - point) @ back), 0.1)


def _focus_point(piece: Piece, name: str | None, position: FloatArray) -> FloatArray:
    """Centre of the named part; else of the largest stone, the nearest of equals; else of all."""
    if name is not None:
        return _centre(piece, next(part for part in piece.parts if part.name == name))[0]
    stones = [_centre(piece, part) for part in piece.parts if part.role == "stone"]
    if not stones:
        low, high = piece.bounds()
        middle: FloatArray = (low + high) / 2
        return middle
    largest = max(size for _, size in stones)
    centres = [centre for centre, size in stones if size > 0.99 * largest]
    return min(centres, key=lambda centre: float(np.linalg.norm(position - centre)))


def _centre(piece: Piece, part: Part) -> tuple[FloatArray, float]:
    """Centre of a part's vertices' bounds in its own mesh, placed; and the diagonal, mm."""
    mesh = piece.meshes[part.mesh].vertices
    low, high = mesh.min(axis=0), mesh.max(axis=0)
    centre = part.transform[:3, :3] @ ((low + high) / 2) + part.transform[:3, 3]
    return centre, float(np.linalg.norm(high - low))


def _aperture(lens: Lens, focus_mm: float) -> float:
    """Radius of the entrance pupil, mm; with blades, of the round one of equal area.

    A lens that shows this field of view on 36 mm has its picture v = focal_mm behind it. In focus
    at s it is therefore a thin lens of 1/f = 1/v + 1/s, and its pupil is f / N across: near 1:1
    depth of field is that of a macro lens with its extension, far away that of the lens on its
    engraving.
    """
    if lens.f_number is None:
        return 0.0
    focal = 1 / (1 / lens.focal_mm + 1 / focus_mm)
    return focal / lens.f_number / 2


def _vec3(v: FloatArray) -> Vec3:
    x, y, z = (float(c) for c in v)
    return (x, y, z)
