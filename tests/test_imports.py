"""Imports point one way, and a heavy dependency has one home."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).resolve().parent.parent

#: From the bottom to the top; a module may import from its own layer and from those before it.
LAYERS = (
    ("materials",),
    ("engine.lazy", "engine.types", "engine.errors", "engine.images"),
    ("engine.optics",),
    ("engine.cad",),
    ("engine.scene",),
    ("engine.trace",),
    ("engine.refine",),
    ("engine.finish",),
    ("engine.output",),
    ("engine.pipeline", "engine.turn"),
    ("engine.doctor",),
    ("scenes",),
    ("engine.cli",),
)

HOMES = {
    "trimesh": ("engine.cad", "scenes"),
    "manifold3d": ("engine.cad", "scenes"),
    "rhino3dm": ("engine.cad",),
    "cascadio": ("engine.cad",),
    "mitsuba": ("engine.trace",),
    "drjit": ("engine.trace",),
    "torch": ("engine.refine", "engine.finish"),
    "safetensors": ("engine.refine",),
    "imageio": ("engine.images",),
    "imageio_ffmpeg": ("engine.images",),
    "PIL": ("engine.images",),
    "OpenEXR": ("engine.images",),
    "psutil": ("engine.doctor",),
    "typer": ("engine.cli",),
    "rich": ("engine.cli",),
}


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def layer(module: str) -> int | None:
    """Index of the layer of `module`; None for `engine` itself and for what is not ours."""
    for index, packages in enumerate(LAYERS):
        if any(within(module, package) for package in packages):
            return index
    return None


def imported(source: str, module: str, is_package: bool) -> Iterator[str]:
    """Every module that `source` names in an import, also in functions; relative ones resolved."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")
                kept = parents[: len(parents) - node.level + is_package]
                base = ".".join([*kept, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """What `source`, as `module`, imports against the rules."""
    own = layer(module)
    wrong = set()
    for name in imported(source, module, is_package):
        theirs = layer(name)
        if own is not None and theirs is not None and theirs > own:
            wrong.add(f"{module} imports {name}, which stands above it")
        homes = HOMES.get(name.partition(".")[0])
        if homes and not any(within(module, home) for home in homes):
            wrong.add(f"{module} imports {name}, whose home is {' or '.join(homes)}")
    return sorted(wrong)


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("materials", "engine", "scenes"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def test_imports_point_one_way_and_heavy_ones_stay_at_home() -> None:
    found = [
        wrong
        for module, path in modules()
        if module != "engine"  # the public door names every stage; it is checked below
        for wrong in violations(path.read_text("utf-8"), module, path.name == "__init__.py")
    ]
    assert not found, "\n".join(found)


def test_every_module_has_a_layer() -> None:
    assert [module for module, _ in modules() if module != "engine" and layer(module) is None] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("engine.optics.grid", "import torch"),
        ("engine.optics.grid", "def f():\n    from drjit import auto"),
        ("engine.optics.grid", "from engine.scene import compose"),
        ("engine.optics.grid", "from engine import trace"),
        ("engine.optics.grid", "from ..scene import compose"),
        ("materials.library", "import engine.errors"),
        ("engine.output.files", "import imageio.v3 as iio"),
        ("engine.pipeline", "import scenes"),
    ],
)
def test_a_leak_or_an_upward_import_is_found(module: str, source: str) -> None:
    assert violations(source, module)


def test_what_the_rules_allow_is_not_found() -> None:
    source = "import numpy\nfrom materials import load\nfrom . import raw\nimport engine.optics"
    assert violations(source, "engine.cad.readers.stl") == []
    assert violations("import mitsuba\nimport engine.scene", "engine.trace.backend") == []


@pytest.mark.parametrize("door", ["engine", "engine.cli", "engine.pipeline", "engine.doctor"])
def test_a_door_opens_without_anything_heavy(door: str) -> None:
    code = f"import sys, {door}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not loaded & {"torch", "mitsuba", "drjit", "trimesh", "rhino3dm", "scipy", "PIL"}


def test_the_public_api_is_what_it_says() -> None:
    assert engine.__all__ == sorted(engine.__all__)
    assert set(engine.__all__) <= set(dir(engine))
    for name in engine.__all__:
        assert callable(getattr(engine, name)), name
    with pytest.raises(AttributeError, match="no attribute 'polish'"):
        engine.polish  # noqa: B018


@pytest.mark.parametrize("stage", ["trace", "refine", "finish"])
def test_a_stage_is_called_by_the_name_of_its_package(stage: str) -> None:
    """Also when someone imported the package itself before."""
    code = f"import engine.{stage}, engine; print(callable(engine.{stage}), engine.{stage}.__doc__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("True")
