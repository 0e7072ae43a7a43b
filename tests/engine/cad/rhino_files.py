"""Small 3DM models, made from scratch."""

from __future__ import annotations

import subprocess
import sys
import uuid
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.engine.cad.sample_files import CORNERS, QUADS

rhino3dm: Any = import_module("rhino3dm")


def cube() -> Any:
    """A unit cube of six quads."""
    mesh = rhino3dm.Mesh()
    for corner in CORNERS.tolist():
        mesh.Vertices.Add(*corner)
    for quad in QUADS.tolist():
        mesh.Faces.AddFace(*quad)
    return mesh


def attributes(name: str = "", layer: int = 0, **others: Any) -> Any:
    """Object attributes with a name, a layer index and whatever else is set."""
    result = rhino3dm.ObjectAttributes()
    result.Name = name
    result.LayerIndex = layer
    for key, value in others.items():
        setattr(result, key, value)
    return result


def add_layer(model: Any, name: str, above: int | None = None, **others: Any) -> int:
    """Index of a new layer, below the layer of index `above`."""
    layer = rhino3dm.Layer()
    layer.Name = name
    if above is not None:
        layer.ParentLayerId = model.Layers[above].Id
    for key, value in others.items():
        setattr(layer, key, value)
    return int(model.Layers.Add(layer))


def add_material(model: Any, name: str) -> int:
    """Index of a new material."""
    material = rhino3dm.Material()
    material.Name = name
    return int(model.Materials.Add(material))


def add_block(model: Any, name: str, members: list[tuple[Any, Any]]) -> uuid.UUID:
    """Id of a new block of (geometry, attributes) pairs."""
    geometry, own = (tuple(items) for items in zip(*members, strict=True))
    origin = rhino3dm.Point3d(0, 0, 0)
    index = model.InstanceDefinitions.Add(name, "", "", "", origin, geometry, own)
    found: uuid.UUID = model.InstanceDefinitions[index].Id
    return found


def reference(block: uuid.UUID, x: float = 0.0) -> Any:
    """An instance of a block, moved along x."""
    return rhino3dm.InstanceReference(block, rhino3dm.Transform.Translation(x, 0, 0))


def save(model: Any, path: Path) -> Path:
    """Write the model as Rhino 7 does."""
    assert model.Write(str(path), 7)
    return path


def self_containing_block(path: Path) -> Path:
    """A block that contains an instance of itself.

    rhino3dm gives a block its id after its members are made, so the id is put in afterwards, and
    the checksum of the chunk around it is made to fit.
    """
    model = rhino3dm.File3dm()
    stand_in = uuid.uuid4()
    members = [(cube(), attributes("a")), (reference(stand_in, 1.0), attributes("b"))]
    block = add_block(model, "Ouroboros", members)
    model.Objects.Add(reference(block), attributes("top"))
    data = save(model, path).read_bytes()
    place = data.index(stand_in.bytes_le)
    for start in range(place, place - 64, -1):
        for end in range(place + 16, place + 400):
            if zlib.crc32(data[start:end]) == int.from_bytes(data[end : end + 4], "little"):
                chunk = data[start:end].replace(stand_in.bytes_le, block.bytes_le)
                check = zlib.crc32(chunk).to_bytes(4, "little")
                path.write_bytes(data[:start] + chunk + check + data[end + 4 :])
                return path
    raise AssertionError("the chunk of the instance was not found")


_WITH_RENDER_MESHES = """
import os, sys
from tests.engine.cad.rhino_files import attributes, cube, rhino3dm, save
from pathlib import Path
model = rhino3dm.File3dm()
sphere = rhino3dm.Brep.CreateFromSphere(rhino3dm.Sphere(rhino3dm.Point3d(0, 0, 0), 2.0))
tube = rhino3dm.Extrusion.CreateCylinderExtrusion(
    rhino3dm.Cylinder(rhino3dm.Circle(1.0), 3.0), True, True
)
first, second = cube(), cube()
sphere.Faces[0].SetMesh(first, rhino3dm.MeshType.Render)
tube.SetMesh(second, rhino3dm.MeshType.Render)
model.Objects.AddBrep(sphere, attributes("brep"))
model.Objects.AddExtrusion(tube, attributes("extrusion"))
save(model, Path(sys.argv[1]))
os._exit(0)
"""


def with_render_meshes(path: Path) -> Path:
    """A brep and an extrusion whose render meshes are cubes.

    Made in a process of its own that ends at once: rhino3dm frees a mesh that was given to a brep
    a second time, and the interpreter would crash.
    """
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", _WITH_RENDER_MESHES, str(path)]
    subprocess.run(command, check=True, cwd=root, timeout=60)
    return path
