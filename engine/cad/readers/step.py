"""STEP: exact surfaces, tessellated by OpenCASCADE through cascadio."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.cad.readers.gltf import read_gltf
from engine.cad.readers.isolate import isolated
from engine.cad.readers.source import Blob, Content

#: Largest distance between triangles and surface, mm; the angle between neighbours, radians.
#: A quarter of a pixel where a 20 mm ring fills 2048 pixels (chosen, not published).
_TOLERANCE_MM = 0.0025
_TOLERANCE_RAD = 0.15
_SAVE_AGAIN = "export it again as STEP AP214 or AP242, or as a mesh (3DM, STL or OBJ)."


def read_step(blob: Blob) -> Content:
    """A STEP file; one part per solid, named after its product, in millimetres.

    The file's own unit is honoured by the reader. Assemblies become the layer. STEP colours have
    no names and are not used.
    """
    return isolated(blob, "step", 120.0 + 10.0 * len(blob.data) / 1e6, _SAVE_AGAIN)


def parse_step(blob: Blob) -> Content:
    """`read_step` in this process; a damaged file may end or hang it."""
    import cascadio

    glb = cascadio.load(
        blob.data,
        file_type="step",
        tol_linear=_TOLERANCE_MM,
        tol_angular=_TOLERANCE_RAD,
        merge_primitives=True,
    )
    if not glb:
        raise blob.error(f"the file is damaged or no STEP file; {_SAVE_AGAIN}")
    content = read_gltf(Blob(blob.path, glb))
    parts = tuple(
        replace(
            part,
            vertices=part.vertices * 1000.0,  # cascadio writes metres, but keeps the axes
            material=None if re.fullmatch(r"mat_\d+", part.material or "") else part.material,
        )
        for part in content.parts
    )
    return replace(content, parts=parts, unit="mm", up="z")
