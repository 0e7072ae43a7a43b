"""STEP files of boxes and balls, made from scratch (AP214)."""

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
    products = _Products(out, inch)
    for name, size in boxes.items():
        brep = out.add(f"FACETED_BREP('{name}',{_shell(out, size)})")
        products.add(name, "FACETED_BREP_SHAPE_REPRESENTATION", brep)
    return products.text()


def ball(radius: float) -> bytes:
    """A ball about the origin, mm, as one exact spherical face."""
    out = _Writer()
    centre = out.triple("CARTESIAN_POINT", (0, 0, 0))
    up, right = out.triple("DIRECTION", (0, 0, 1)), out.triple("DIRECTION", (1, 0, 0))
    place = out.add(f"AXIS2_PLACEMENT_3D('',{centre},{up},{right})")
    surface = out.add(f"SPHERICAL_SURFACE('',{place},{radius!r})")
    pole = out.add("VERTEX_POINT('',{})".format(out.triple("CARTESIAN_POINT", (0, 0, -radius))))
    bound = out.add("FACE_OUTER_BOUND('',{},.T.)".format(out.add(f"VERTEX_LOOP('',{pole})")))
    face = out.add(f"ADVANCED_FACE('',({bound}),{surface},.T.)")
    brep = out.add("MANIFOLD_SOLID_BREP('ball',{})".format(out.add(f"CLOSED_SHELL('',({face}))")))
    products = _Products(out, inch=False)
    products.add("ball", "ADVANCED_BREP_SHAPE_REPRESENTATION", brep)
    return products.text()


class _Products:
    """Gives shapes the names of products, and ends the file."""

    def __init__(self, out: _Writer, inch: bool) -> None:
        self.out = out
        context = out.add("APPLICATION_CONTEXT('automotive design')")
        self.context = out.add(f"PRODUCT_CONTEXT('',{context},'mechanical')")
        self.stage = out.add(f"PRODUCT_DEFINITION_CONTEXT('part definition',{context},'design')")
        self.geometry = _context(out, inch)

    def add(self, name: str, representation: str, brep: str) -> None:
        """A product of this name and shape."""
        out = self.out
        shape = out.add(f"{representation}('{name}',({brep}),{self.geometry})")
        product = out.add(f"PRODUCT('{name}','{name}','',({self.context}))")
        formation = out.add(f"PRODUCT_DEFINITION_FORMATION('','',{product})")
        definition = out.add(f"PRODUCT_DEFINITION('design','',{formation},{self.stage})")
        holder = out.add(f"PRODUCT_DEFINITION_SHAPE('','',{definition})")
        out.add(f"SHAPE_DEFINITION_REPRESENTATION({holder},{shape})")

    def text(self) -> bytes:
        """The whole file."""
        head = (
            "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\n"
            "FILE_NAME('boxes','2020-01-01T00:00:00',(''),(''),'','','');\n"
            "FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'));\nENDSEC;\nDATA;\n"
        )
        return (head + "\n".join(self.out.rows) + "\nENDSEC;\nEND-ISO-10303-21;\n").encode()


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
