"""Piece -> Scene: what every part is made of, and where it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

import materials
from engine.errors import SceneError
from engine.scene.model import Ground, Lens, Scene, View, check_grade
from engine.scene.model import view as named_view
from engine.scene.references import hash_file, is_path
from engine.scene.studios import Hdri, Studio, load_studio
from engine.scene.text import explain
from engine.types import Part, Piece, Role, Vec3
from materials import POLISHED, Finish

DEFAULTS: dict[Role, str] = {
    "metal": "gold-18k-yellow",
    "stone": "diamond",
    "pearl": "pearl-white",
    "other": "neutral-grey",
}

#: Kinds of material that the two arguments of `compose` may name.
KINDS = {"metal": ("metal",), "stone": ("gem", "opaque")}

#: Stands for the view, and the lens, of the studio's camera.
SUGGESTED = "suggested"


def compose(
    piece: Piece,
    *,
    metal: str | None = None,
    stone: str | None = None,
    studio: str | Path | Studio = "tent",
    ground: str | Ground | None = None,
    view: str | View = "three-quarter",
    lens: Lens | None = None,
    size: tuple[int, int] = (1024, 1024),
    hdri: str | Path | None = None,
    hdri_rotation_deg: float = 0.0,
    hdri_strength: float = 1.0,
    seed: int = 0,
    finish: str | Finish | None = None,
    axis: Vec3 | Mapping[str, Vec3] | None = None,
    clarity: str | Mapping[str, str] | None = None,
) -> Scene:
    """Put a piece into a studio.

    Main arguments
    metal, stone : material of all metal parts, of all stones: a name or the path of a YAML file.
                   A material that `assign`, a mapping or a script gave a part stays; what the
                   file's own names suggested gives way.
    studio       : a name, or the path of a TOML file.
    ground       : "sweep", "mirror" or "none"; by default what the studio is made for.
    view         : "front", "three-quarter", "side", "top", or azimuth/elevation such as "30/20";
                   "suggested": the camera that the studio suggests, with its lens if none is given.

    Other arguments
    lens, size, seed : see `Lens` and `Scene`.
    finish       : of all metal to which no mapping or `LoadOptions.finishes` gave one, as text
                   such as "satin", "brushed:radial", "hammered:2" or "worn:0.4".
    axis         : optic axis of the stones' crystals: one for all, or by the name of the part; see
                   `Scene.axes`.
    clarity      : grade of the gems, "FL" to "SI2": one for all, or by the name of the part.
    hdri         : .exr or .hdr panorama that takes the place of the studio's lights; its centre
                   stands on the camera's side, turned by `hdri_rotation_deg`.

    Raises SceneError or materials.MaterialError, with the nearest names for an unknown one.
    """
    chosen = studio if isinstance(studio, Studio) else load_studio(studio)
    if hdri is not None:
        chosen = _with_panorama(chosen, hdri, hdri_rotation_deg, hdri_strength)
    wanted: dict[Role, str | None] = {
        "metal": _checked(metal, "metal"),
        "stone": _checked(stone, "stone"),
    }
    kept = _decreed(piece)
    if view == SUGGESTED:
        view, suggested = _suggested(chosen)
        lens = lens or suggested
    chosen_materials = {part.name: _material(piece, part, wanted, kept) for part in piece.parts}
    return Scene(
        piece=piece,
        materials=chosen_materials,
        studio=chosen,
        ground=_ground(ground, chosen),
        view=named_view(view),
        lens=lens or Lens(),
        size=size,
        seed=seed,
        axes=_axes(piece, axis),
        clarity=_clarity(chosen_materials, clarity),
        finishes=_finishes(piece, chosen_materials, finish),
    )


def _finishes(
    piece: Piece, chosen: Mapping[str, str], finish: str | Finish | None
) -> dict[str, Finish]:
    """The finishes of the metal parts that are not simply polished; see `compose` for who wins."""
    wanted = POLISHED if finish is None else materials.finish(finish)
    found = {}
    for part in piece.parts:
        given = wanted if part.finish is None else materials.finish(part.finish)
        if is_metal(chosen[part.name]):
            found[part.name] = given
        elif part.finish is not None:
            raise no_metal(part.name, chosen[part.name])
    return {name: given for name, given in found.items() if given != POLISHED}


def is_metal(material: str) -> bool:
    """Whether a material takes a finish."""
    return bool(materials.load(material).kind == "metal")


def no_metal(part: str, material: str) -> SceneError:
    """What is wrong with a finish for something else than metal."""
    return SceneError(
        f"part {part!r} is of {material}, which is no metal, so it takes no finish; leave it out"
    )


def _axes(piece: Piece, axis: Vec3 | Mapping[str, Vec3] | None) -> Mapping[str, Vec3]:
    """The optic axis of each stone for which one is given."""
    if axis is None or isinstance(axis, Mapping):
        return axis or {}
    return {part.name: axis for part in piece.parts if part.role == "stone"}


def _clarity(
    chosen: Mapping[str, str], clarity: str | Mapping[str, str] | None
) -> Mapping[str, str]:
    """The grade of each gem for which one is given."""
    gems = [name for name, material in chosen.items() if is_gem(material)]
    if clarity is None or isinstance(clarity, Mapping):
        given = clarity or {}
        for name in sorted(given.keys() & chosen.keys() - set(gems)):
            raise no_gem(name, chosen[name])
        return given
    check_grade(clarity)
    return dict.fromkeys(gems, clarity)


def is_gem(material: str) -> bool:
    """Whether a material may have inclusions that are seen."""
    return bool(materials.load(material).kind == "gem")


def no_gem(part: str, material: str) -> SceneError:
    """What is wrong with a clarity for something else than a gem."""
    return SceneError(
        f"part {part!r} is of {material}, which is no gem, so it has no clarity; leave it out"
    )


def _suggested(studio: Studio) -> tuple[View, Lens]:
    """The camera that a studio suggests."""
    hint = studio.camera
    seen = replace(named_view(hint.view), fill=hint.fill)
    return seen, Lens(focal_mm=hint.focal_mm, f_number=hint.f_number, blades=hint.blades)


def varied(
    scene: Scene,
    *,
    metal: str | None = None,
    stone: str | None = None,
    studio: str | Path | Studio | None = None,
    finish: str | Finish | None = None,
) -> Scene:
    """The scene in another metal, with other stones, in another studio; all else stays.

    metal, stone, studio, finish : as in `compose`; None leaves it. A ground that was the studio's
    own becomes the new studio's own.
    Raises SceneError, also where the piece has no such parts, or materials.MaterialError.
    """
    wanted: dict[Role, str | None] = {
        "metal": _checked(metal, "metal"),
        "stone": _checked(stone, "stone"),
    }
    kept = _decreed(scene.piece)
    chosen = dict(scene.materials)
    for role, name in wanted.items():
        if name is None:
            continue
        free = [
            part
            for part in scene.piece.parts
            if part.role == role and (part.material is None or part.material not in kept)
        ]
        if not free:
            raise SceneError(
                f"the piece has no {role} that could be of {name}, or all of it was assigned; "
                f"leave the {role} out"
            )
        for part in free:
            check_material(scene.piece, part, name)
            chosen[part.name] = name
    finishes = scene.finishes if finish is None else _finishes(scene.piece, chosen, finish)
    clarity = {name: grade for name, grade in scene.clarity.items() if is_gem(chosen[name])}
    scene = replace(scene, materials=chosen, finishes=finishes, clarity=clarity)
    if studio is None:
        return scene
    light = studio if isinstance(studio, Studio) else load_studio(studio)
    own = scene.ground == _ground(None, scene.studio)
    ground = _ground(None, light) if own else scene.ground
    return replace(scene, studio=light, ground=ground)


def _checked(name: str | None, argument: str) -> str | None:
    """`name` if it is a material of a kind that fits the argument."""
    if name is None:
        return None
    found = materials.load(name).kind
    if found not in KINDS[argument]:
        known = [other for kind in KINDS[argument] for other in materials.names(kind)]
        raise SceneError(
            f"{name!r} is {materials.a_kind(found)}, so it cannot be the {argument}; "
            f"choose one of {', '.join(known)}"
        )
    return _canonical(name)


def _canonical(name: str) -> str:
    """A library name as the library writes it; the path of a file made absolute."""
    return str(Path(name).resolve()) if is_path(name) else materials.load(name).name


def _decreed(piece: Piece) -> set[str | None]:
    """Materials that a person chose for single parts: by `assign`, by a mapping, in a script."""
    if piece.source is None:
        return {part.material for part in piece.parts}
    from engine.cad.mapping import house

    return {rule.material for rule in house(piece.source.options).rules}


def _material(
    piece: Piece, part: Part, wanted: dict[Role, str | None], kept: set[str | None]
) -> str:
    """What `part` is made of; see `compose` for who wins."""
    override = wanted.get(part.role)
    given = part.material
    if given is None or (override is not None and given not in kept):
        given = override or DEFAULTS[part.role]
    check_material(piece, part, given)
    return _canonical(given)


def check_material(piece: Piece, part: Part, name: str) -> None:
    """Raise MaterialError for an unknown material, SceneError for one the part cannot be of."""
    if materials.load(name).kind == "gem" and not piece.meshes[part.mesh].closed:
        raise SceneError(
            f"part {part.name!r} is open, so it cannot be of {name}, a gem; "
            "close it or assign another material"
        )


def _ground(ground: str | Ground | None, studio: Studio) -> Ground:
    if isinstance(ground, Ground):
        return ground
    if ground == "sweep" and studio.ground.kind != "sweep":
        return Ground("sweep")  # asked for by name: the white one that shops want
    hint = studio.ground.model_dump()
    return Ground(**(hint if ground is None else hint | {"kind": ground}))


def _with_panorama(
    studio: Studio, path: str | Path, rotation_deg: float, strength: float
) -> Studio:
    """The studio with a panorama in place of its lights."""
    file = Path(path).resolve()
    if not file.is_file():
        raise SceneError("there is no such panorama; check the path", file=path)
    if file.suffix.lower() not in (".exr", ".hdr"):
        raise SceneError("is no panorama; give an .exr or .hdr file", file=path)
    try:
        hdri = Hdri(
            path=str(file), sha256=hash_file(file), rotation_deg=rotation_deg, strength=strength
        )
    except ValidationError as error:
        raise SceneError(explain(error, "hdri")) from None
    return Studio(
        name=studio.name, rig=studio.rig, ground=studio.ground, camera=studio.camera, hdri=hdri
    )
