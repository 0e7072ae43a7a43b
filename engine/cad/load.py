"""`load`: a CAD file becomes a Piece - mended, named, instanced, scaled, standing.

    piece = load("ring.3dm")
    piece = load("ring.stl", LoadOptions(unit="inch", assign=(("stone *", "ruby"),)))

What was done and what looks wrong is told in `piece.notes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.cad import instances, mend, scale
from engine.cad.assemble import assemble
from engine.cad.bodies import Body
from engine.cad.mapping import House, house
from engine.cad.pose import find_pose, to_ground
from engine.cad.raw import RawModel
from engine.cad.roles import assign
from engine.cad.sizes import inside_mm
from engine.cad.solid import diagonal
from engine.cad.split import split_by_shape, split_stones
from engine.cad.stones import sound
from engine.cad.vocabulary import Vocabulary
from engine.errors import GeometryError
from engine.types import Kind, LoadOptions, Note, Piece, Source


def load(path: str | Path, options: LoadOptions | None = None) -> Piece:
    """Read a CAD file and make it a piece that can be rendered.

    path    : .3dm, .step, .glb, .gltf, .obj, .stl, .ply, .asc or .gem.
    options : see `engine.types.LoadOptions`.
    Raises `FileError` for a file that cannot be read, `GeometryError` for geometry that cannot be
    used (naming the part), `SceneError` for options that make no sense.
    """
    from engine.cad.readers import read

    chosen = LoadOptions() if options is None else options
    return interpret(read(path), chosen)


def interpret(model: RawModel, options: LoadOptions) -> Piece:
    """The piece in a model that was read; raises as `load`."""
    file = str(model.path)
    unit = scale.unit_of(options, model.unit)
    target = None if options.ring_size is None else inside_mm(options.ring_size)
    decree = house(options)
    bodies = _mended(model, scale.UNITS_MM[unit] * options.scale)
    notes = [*model.notes, *mend.report(bodies)]
    bodies, role_notes = _told_apart(bodies, model.named, decree, file)
    notes += role_notes

    shared = instances.group(
        [(body.vertices, body.faces) for body in bodies],
        ["flat" if body.role == "stone" else "smooth" for body in bodies],
    )
    bodies, stone_notes = _sound(bodies, shared, options.force, file)
    notes += stone_notes + _instance_notes(bodies, shared)

    pose = find_pose(
        bodies,
        model.up,
        up=options.up,
        turn=options.pose,
        named=_named_kind(model, decree.vocabulary),
        stated=model.stated,
    )
    inside, factor = pose.inside_mm, 1.0
    notes += [n for n in (scale.unit_note(options, model.unit, model.format),) if n is not None]
    if target is not None:
        factor = scale.ring_factor(inside, target)
        notes.append(scale.sized_note(target / factor, target))
        bodies = [replace(body, vertices=body.vertices * factor) for body in bodies]
        inside = target
    notes += _size_warnings(bodies, inside, unit)
    ground = to_ground(bodies, pose)
    meshes, parts = assemble(bodies, shared, ground, factor, options.crease_deg)
    return Piece(
        meshes=meshes,
        parts=parts,
        kind=pose.kind,
        name=model.path.stem,
        source=Source(file, model.sha256, model.format, unit, options),
        inside_mm=inside,
        notes=(*notes, *pose.notes),
    )


def _mended(model: RawModel, factor: float) -> list[Body]:
    """All parts in mm, mended."""
    file = str(model.path)
    for part in model.parts:
        mend.check(part, file)
    if not model.parts:
        raise GeometryError("the file holds no parts; export it with its meshes", file=file)
    parts = [
        replace(
            part,
            vertices=part.vertices * factor,
            look=None if part.look is None else part.look.scaled(factor),
        )
        for part in model.parts
    ]
    corners = np.concatenate([[p.vertices.min(axis=0), p.vertices.max(axis=0)] for p in parts])
    span = diagonal(corners)
    return [mend.mend(part, span, file) for part in parts]


def _told_apart(
    bodies: list[Body], named: bool, decree: House, file: str
) -> tuple[list[Body], list[Note]]:
    """Bodies with their roles, every stone a body of its own."""
    notes: list[Note] = []
    if not named:
        bodies, notes = split_by_shape(bodies)
    bodies, role_notes = assign(bodies, decree, file)
    bodies, split_notes = split_stones(bodies)
    return bodies, notes + role_notes + split_notes


def _sound(
    bodies: Sequence[Body], shared: Sequence[instances.Instance], force: bool, file: str
) -> tuple[list[Body], list[Note]]:
    """Check each stone mesh once; a hull that replaces one stands in for its instances too."""
    result, notes = list(bodies), []
    for i, (body, instance) in enumerate(zip(bodies, shared, strict=True)):
        if body.role == "stone" and instance.model == i:
            result[i], note = sound(body, force, file)
            notes += [] if note is None else [note]
    return result, notes


def _instance_notes(bodies: Sequence[Body], shared: Sequence[instances.Instance]) -> list[Note]:
    models = {instance.model for instance in shared}
    if len(models) == len(bodies):
        return []
    text = (
        f"{len(bodies)} parts are {len(models)} different meshes; equal ones "
        f"(within {instances.TOLERANCE:.1%} of their size) are shared."
    )
    return [Note("instances", text)]


def _named_kind(model: RawModel, vocabulary: Vocabulary) -> Kind | None:
    """The kind that the file's name says, else its layers: a pendant may have one for its chain."""
    named = vocabulary.kind(model.path.stem)
    if named is not None:
        return named
    layers = sorted({part.layer for part in model.parts})
    said = [kind for kind in map(vocabulary.kind, layers) if kind is not None]
    return next((kind for kind in said if kind != "necklace"), said[0] if said else None)


def _size_warnings(bodies: Sequence[Body], inside: float | None, unit: str) -> list[Note]:
    low = np.min([body.vertices.min(axis=0) for body in bodies], axis=0)
    high = np.max([body.vertices.max(axis=0) for body in bodies], axis=0)
    stones = [float(np.ptp(b.vertices, axis=0).max()) for b in bodies if b.role == "stone"]
    return scale.warnings(float((high - low).max()), max(stones, default=None), inside, unit)
