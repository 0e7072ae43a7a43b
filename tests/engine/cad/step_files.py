"""A STEP file of boxes, made from scratch (AP214, faceted breps)."""

from __future__ import annotations

import numpy as np

from tests.engine.cad.sample_files import CORNERS, QUADS

_MILLIMETRE = "(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.))"


class _Writer:
    """Numbered entities."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def add(self, entity: str) -> str:
        self.rows.append(f"#{len(self.rows) + 1}={entity};")
        return f"#{len(self.rows)}"

    def triple(self, kind: str, values: object) -> str:
        numbers = ",".join(repr(float(value)) for value in np.asarray(values))
        return self.add(f"{kind}('',({numbers}))")


def step(boxes: dict[str, tuple[float, float, float]], inch: bool = False) -> bytes:
    """Boxes from the origin, by product name and size in the file's unit."""
    out = _Writer()
    context = out.add("APPLICATION_CONTEXT('automotive design')")
    products = out.add(f"PRODUCT_CONTEXT('',{context},'mechanical')")
    definitions = out.add(f"PRODUCT_DEFINITION_CONTEXT('part definition',{context},'design')")
    geometry = _context(out, inch)
    for name, size in boxes.items():
        brep = out.add(f"FACETED_BREP('{name}',{_shell(out, size)})")
        shape = out.add(f"FACETED_BREP_SHAPE_REPRESENTATION('{name}',({brep}),{geometry})")
        product = out.add(f"PRODUCT('{name}','{name}','',({products}))")
        formation = out.add(f"PRODUCT_DEFINITION_FORMATION('','',{product})")
        definition = out.add(f"PRODUCT_DEFINITION('design','',{formation},{definitions})")
        holder = out.add(f"PRODUCT_DEFINITION_SHAPE('','',{definition})")
        out.add(f"SHAPE_DEFINITION_REPRESENTATION({holder},{shape})")
    head = (
        "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\n"
        "FILE_NAME('boxes','2020-01-01T00:00:00',(''),(''),'','','');\n"
        "FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'));\nENDSEC;\nDATA;\n"
    )
    return (head + "\n".join(out.rows) + "\nENDSEC;\nEND-ISO-10303-21;\n").encode()


def _context(out: _Writer, inch: bool) -> str:
    unit = out.add(_MILLIMETRE)
    if inch:
        size = out.add("DIMENSIONAL_EXPONENTS(1.,0.,0.,0.,0.,0.,0.)")
        length = out.add(f"LENGTH_MEASURE_WITH_UNIT(LENGTH_MEASURE(25.4),{unit})")
        unit = out.add(f"(CONVERSION_BASED_UNIT('INCH',{length})LENGTH_UNIT()NAMED_UNIT({size}))")
    angle = out.add("(NAMED_UNIT(*)PLANE_ANGLE_UNIT()SI_UNIT($,.RADIAN.))")
    solid = out.add("(NAMED_UNIT(*)SI_UNIT($,.STERADIAN.)SOLID_ANGLE_UNIT())")
    error = out.add(f"UNCERTAINTY_MEASURE_WITH_UNIT(LENGTH_MEASURE(1.E-07),{unit},'accuracy','')")
    return out.add(
        f"(GEOMETRIC_REPRESENTATION_CONTEXT(3)GLOBAL_UNCERTAINTY_ASSIGNED_CONTEXT(({error}))"
        f"GLOBAL_UNIT_ASSIGNED_CONTEXT(({unit},{angle},{solid}))REPRESENTATION_CONTEXT('','3D'))"
    )


def _shell(out: _Writer, size: tuple[float, float, float]) -> str:
    corners = CORNERS * np.array(size)
    points = [out.triple("CARTESIAN_POINT", corner) for corner in corners]
    faces = []
    for quad in QUADS:
        along, across = corners[quad[1]] - corners[quad[0]], corners[quad[2]] - corners[quad[0]]
        normal = np.cross(along, across)
        axis = out.triple("DIRECTION", normal / np.linalg.norm(normal))
        first = out.triple("DIRECTION", along / np.linalg.norm(along))
        place = out.add(f"AXIS2_PLACEMENT_3D('',{points[quad[0]]},{axis},{first})")
        plane = out.add(f"PLANE('',{place})")
        loop = out.add("POLY_LOOP('',({}))".format(",".join(points[i] for i in quad)))
        bound = out.add(f"FACE_OUTER_BOUND('',{loop},.T.)")
        faces.append(out.add(f"FACE_SURFACE('',({bound}),{plane},.T.)"))
    return out.add("CLOSED_SHELL('',({}))".format(",".join(faces)))
