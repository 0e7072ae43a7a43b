"""Culet: a jeweller's CAD file in, pictures that pass for photographs out.

    import engine

    piece  = engine.load("ring.3dm")
    scene  = engine.compose(piece, metal="gold-18k-yellow", stone="diamond", studio="tent")
    frames = engine.trace(scene, engine.orbit(24), spp=8, behind=True, sketch=True)
    engine.save(engine.finish(engine.refine(frames)), "out/")

Everything is loaded when it is first used: `import engine` itself costs nothing, and neither
Mitsuba nor torch is imported before a stage needs it.

Three stages share their name with the package they live in. `engine.trace`, `engine.refine` and
`engine.finish` are these packages, and calling one calls the stage.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.cad.check import check as check
    from engine.cad.describe import describe as describe
    from engine.cad.load import load as load
    from engine.cad.write import write as write
    from engine.errors import CuletError as CuletError
    from engine.errors import FileError as FileError
    from engine.errors import GeometryError as GeometryError
    from engine.errors import InputError as InputError
    from engine.errors import SceneError as SceneError
    from engine.errors import SetupError as SetupError
    from engine.finish import finish as finish
    from engine.output import save as save
    from engine.pipeline import Settings as Settings
    from engine.pipeline import render as render
    from engine.refine import refine as refine
    from engine.scene import Scene as Scene
    from engine.scene import View as View
    from engine.scene import load_scene as load_scene
    from engine.scene import orbit as orbit
    from engine.scene import rock as rock
    from engine.scene import view as view
    from engine.scene.compose import compose as compose  # the module's name hides it above
    from engine.trace import trace as trace
    from engine.turn import turntable as turntable
    from engine.types import Frame as Frame
    from engine.types import Frames as Frames
    from engine.types import LoadOptions as LoadOptions
    from engine.types import Picture as Picture
    from engine.types import Pictures as Pictures
    from engine.types import Piece as Piece

__version__ = "0.1.0"

_HOMES = {
    "engine.cad.check": ("check",),
    "engine.cad.describe": ("describe",),
    "engine.cad.load": ("load",),
    "engine.cad.write": ("write",),
    "engine.errors": (
        "CuletError",
        "FileError",
        "GeometryError",
        "InputError",
        "SceneError",
        "SetupError",
    ),
    "engine.output": ("save",),
    "engine.pipeline": ("Settings", "render"),
    "engine.scene": ("Scene", "View", "compose", "load_scene", "orbit", "rock", "view"),
    "engine.turn": ("turntable",),
    "engine.types": ("Frame", "Frames", "LoadOptions", "Picture", "Pictures", "Piece"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_STAGES = frozenset({"trace", "refine", "finish"})

__all__ = [
    "CuletError",
    "FileError",
    "Frame",
    "Frames",
    "GeometryError",
    "InputError",
    "LoadOptions",
    "Picture",
    "Pictures",
    "Piece",
    "Scene",
    "SceneError",
    "Settings",
    "SetupError",
    "View",
    "check",
    "compose",
    "describe",
    "finish",
    "load",
    "load_scene",
    "orbit",
    "refine",
    "render",
    "rock",
    "save",
    "trace",
    "turntable",
    "view",
    "write",
]


class _Stage(ModuleType):
    """A package that is called as the stage of its own name: engine.trace(scene)."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)


class _Engine(ModuleType):
    """This package; makes its three stage packages callable, whoever imports them first."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _STAGES and isinstance(value, ModuleType):
            value.__class__ = _Stage
        super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name in _STAGES:
        return importlib.import_module(f"engine.{name}")
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'engine' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Engine
