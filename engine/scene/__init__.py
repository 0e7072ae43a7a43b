"""Compose: a piece, what it is made of, the studio it stands in and the camera, as plain data."""

from engine.scene.cameras import azimuth_deg, pixel_size, project, rays, resolve_camera
from engine.scene.compose import compose, varied
from engine.scene.environment import Environment, environment
from engine.scene.model import VIEWS, Ground, Lens, Scene, View, orbit, rock, view
from engine.scene.neighbours import neighbours
from engine.scene.reading import load_scene
from engine.scene.record import record
from engine.scene.studios import (
    CameraHint,
    Card,
    Disc,
    Dome,
    GroundHint,
    Hdri,
    Light,
    Rectangle,
    Studio,
    load_studio,
    studio_names,
)

__all__ = [
    "VIEWS",
    "CameraHint",
    "Card",
    "Disc",
    "Dome",
    "Environment",
    "Ground",
    "GroundHint",
    "Hdri",
    "Lens",
    "Light",
    "Rectangle",
    "Scene",
    "Studio",
    "View",
    "azimuth_deg",
    "compose",
    "environment",
    "load_scene",
    "load_studio",
    "neighbours",
    "orbit",
    "pixel_size",
    "project",
    "rays",
    "record",
    "resolve_camera",
    "rock",
    "studio_names",
    "varied",
    "view",
]
