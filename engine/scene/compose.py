"""Piece -> Scene: what every part is made of, and where it is looked at."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import materials
from engine.errors import SceneError
from engine.scene.model import Ground, Lens, Scene, View
from engine.scene.model import view as named_view
from engine.scene.references import hash_file
from engine.scene.studios import Hdri, Studio, load_studio
from engine.types import Part, Piece, Role

DEFAULTS: dict[Role, str] = {
    "metal": "gold-18k-yellow",
    "stone": "diamond",
    "pearl": "pearl-white",
    "other": "neutral-grey",
}


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
) -> Scene:
    """Put a piece into a studio.

    Main arguments
    metal, stone : material of all metal parts, of all stones: a name or the path of a YAML file.
                   A part that `assign` or a mapping names, or that a script gave a material, keeps
                   it; what the file itself hinted at gives way.
    studio       : a name, or the path of a TOML file.
    ground       : "sweep", "mirror" or "none"; by default what the studio is made for.
    view         : "front", "three-quarter", "side", "top", or azimuth/elevation such as "30/20".

    Other arguments
    lens, size, seed : see `Lens` and `Scene`.
    hdri         : .exr or .hdr panorama that takes the place of the studio's lights; its centre
                   stands on the camera's side, turned by `hdri_rotation_deg`.

    Raises SceneError or materials.MaterialError, with the nearest names for an unknown one.
    """
    chosen = studio if isinstance(studio, Studio) else load_studio(studio)
    if hdri is not None:
        chosen = _with_panorama(chosen, hdri, hdri_rotation_deg, hdri_strength)
    wanted: dict[Role, str | None] = {
        "metal": _checked(metal, "metal", "metal"),
        "stone": _checked(stone, "gem", "stone"),
    }
    return Scene(
        piece=piece,
        materials={part.name: _material(piece, part, wanted) for part in piece.parts},
        studio=chosen,
        ground=_ground(ground, chosen),
        view=named_view(view),
        lens=lens or Lens(),
        size=size,
        seed=seed,
    )


def _checked(name: str | None, kind: str, argument: str) -> str | None:
    """`name` if it is a material of that kind."""
    if name is not None:
        found = materials.load(name).kind
        if found != kind:
            raise SceneError(
                f"{name!r} is a {found}, so it cannot be the {argument}; "
                f"choose one of {', '.join(materials.names(kind))}"
            )
    return name


def _material(piece: Piece, part: Part, wanted: dict[Role, str | None]) -> str:
    """What `part` is made of; see `compose` for who wins."""
    override = wanted.get(part.role)
    given = part.material
    if given is None or (override is not None and not _assigned(piece, part)):
        given = override or DEFAULTS[part.role]
    check_material(piece, part, given)
    return given


def check_material(piece: Piece, part: Part, name: str) -> None:
    """Raise MaterialError for an unknown material, SceneError for one the part cannot be of."""
    if materials.load(name).kind == "gem" and not piece.meshes[part.mesh].closed:
        raise SceneError(
            f"part {part.name!r} is open, so it cannot be of {name}, a gem; "
            "close it or assign another material"
        )


def _assigned(piece: Piece, part: Part) -> bool:
    """Whether a person, not the file, chose the part's material."""
    if piece.source is None or piece.source.options.mapping is not None:
        return True
    return any(
        fnmatchcase(name.lower(), pattern.lower())
        for pattern, _ in piece.source.options.assign
        for name in (part.name, part.layer)
    )


def _ground(ground: str | Ground | None, studio: Studio) -> Ground:
    if isinstance(ground, Ground):
        return ground
    return Ground(ground or studio.ground.kind, studio.ground.albedo)  # type: ignore[arg-type]


def _with_panorama(
    studio: Studio, path: str | Path, rotation_deg: float, strength: float
) -> Studio:
    """The studio with a panorama in place of its lights."""
    file = Path(path).resolve()
    if not file.is_file():
        raise SceneError("there is no such panorama; check the path", file=path)
    if file.suffix.lower() not in (".exr", ".hdr"):
        raise SceneError("is no panorama; give an .exr or .hdr file", file=path)
    hdri = Hdri(
        path=str(file), sha256=hash_file(file), rotation_deg=rotation_deg, strength=strength
    )
    return Studio(name=studio.name, rig=studio.rig, ground=studio.ground, hdri=hdri)
