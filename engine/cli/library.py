"""`culet materials`: the library as a list, what a search finds in it, or one file of your own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from engine.cli import options as opt
from engine.cli.console import attempt, tell
from engine.cli.importing import import_
from engine.cli.tables import print_json, print_table
from engine.errors import InputError
from engine.pipeline import Settings

if TYPE_CHECKING:
    from materials import Material

#: Lines of a table of what was found.
MOST_FOUND = 12

Text = Annotated[
    list[str] | None,
    typer.Argument(
        help="What to look for, in any of five languages; or the YAML file of a material.",
        metavar="TEXT",
        show_default=False,
    ),
]


class Kind(StrEnum):
    """Kinds of materials."""

    metal = "metal"
    gem = "gem"
    organic = "organic"
    opaque = "opaque"


KindName = Annotated[
    Kind | None,
    typer.Option("--kind", help="Only what is of this kind.", show_default=False),
]
Chart = Annotated[
    bool,
    typer.Option(
        "--chart",
        help="Render swatches on a sheet: of all, of --kind, or of the names in TEXT.",
        show_default=False,
    ),
]
Size = Annotated[
    str | None,
    typer.Option(
        "--size",
        help="Pixels of a swatch, or one number. \\[192x192]",
        metavar="WxH",
        rich_help_panel=opt.LOOK,
        show_default=False,
    ),
]
Out = Annotated[Path | None, opt.sheet("chart.png")]


class _Group(TyperGroup):
    """`culet materials` is a command of its own, except before the word "import"."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        if args[:1] == ["import"]:
            return super().make_context(info_name, args, parent, **extra)
        return self.commands["find"].make_context(info_name, args, parent, **extra)


def command(find: str, bring: str) -> typer.Typer:
    """The command with its subcommand. find, bring : their epilogs."""
    group = typer.Typer(cls=_Group, help="Lists materials, finds them, imports and charts them.")
    group.command("find", epilog=find)(materials)
    group.command("import", epilog=bring)(import_)
    return group


def materials(
    text: Text = None,
    kind: KindName = None,
    as_json: opt.Json = False,
    chart: Chart = False,
    size: Size = None,
    spp: opt.Spp = 16,
    device: opt.DeviceName = opt.Device.auto,
    refiner: opt.RefinerName = opt.Refiner.neural,
    no_refine: opt.NoRefine = False,
    out: Out = None,
    debug: opt.Debug = False,
) -> int:
    """Lists the materials that come with Culet, and where their numbers are from.

    With TEXT it finds those that are called so; with a YAML file it says what that file holds and
    what looks wrong in it; with --chart it renders swatches.
    """

    def work() -> None:
        wanted = None if kind is None else kind.value
        if chart:
            from engine.cli.chart import SIZE
            from engine.cli.chart import chart as render
            from scenes.swatches import EXPOSURE

            settings = Settings(
                spp=spp,
                device=device.value,
                refine=not no_refine,
                refiner=refiner.value,
                exposure=EXPOSURE,
            )
            pixels = SIZE if size is None else opt.read_size(size)
            render(text or (), wanted, pixels, settings, out or Path("chart.png"))
        elif out is not None or size is not None:
            raise InputError("--out and --size are for a chart; give --chart too")
        elif not text:
            _list(wanted, as_json)
        elif len(text) == 1 and _is_file(text[0]):
            _describe(Path(text[0]), as_json)
        else:
            _find(" ".join(text), as_json)

    return attempt(work, debug=debug)


def warn_of_materials(names: Iterable[str]) -> None:
    """One line on standard error for each thing that looks wrong in a file of one's own."""
    from materials import load
    from materials.plausible import warnings

    for name in dict.fromkeys(names):
        if _is_file(name):
            for warning in warnings(load(name)):
                tell(f"{name}: warning: {warning}")


def _is_file(name: str) -> bool:
    from engine.scene.references import is_path

    return is_path(name)


def _list(kind: str | None, as_json: bool) -> None:
    from materials import load, names

    library = [load(name) for name in names(kind)]
    if as_json:
        print_json([material.to_json() for material in library])
        return
    headings = ("name", "kind", "label", "g/cm³", "optics", "from (--json tells all)")
    print_table(map(_row, library), *headings, right=frozenset({3}))


def _row(material: Material) -> tuple[str, ...]:
    index = next(cited for cited in material.sources if cited.of == "index")
    source = textwrap.shorten(index.source, 48, placeholder=" …")
    density = f"{material.density:.3g}"
    return material.name, material.kind, material.label, density, index.evidence, source


def _find(text: str, as_json: bool) -> None:
    """Raises MaterialError where nothing is called so."""
    from materials import MaterialError, names, search
    from materials.search import nearest

    found = search(text)[:MOST_FOUND]
    if not found:
        close = nearest(text, names())
        hint = f"the nearest are {', '.join(close)}" if close else "`culet materials` lists all"
        raise MaterialError(f"no material is called '{' '.join(text.split())[:80]}'; {hint}")
    if as_json:
        told = [vars(match) for match in found]
        print_json([{"rank": rank, **match} for rank, match in enumerate(told, 1)])
        return
    rows = ((str(i), m.name, m.label, m.kind) for i, m in enumerate(found, 1))
    print_table(rows, "", "name", "label", "kind", right=frozenset({0}))


def _describe(path: Path, as_json: bool) -> None:
    from materials import load
    from materials.plausible import warnings

    material = load(path)
    odd = warnings(material)
    if as_json:
        print_json({**material.to_json(), "warnings": odd})
        return
    typer.echo(f"{material.label}: {material.kind}, {material.density:.4g} g/cm³{_index(material)}")
    rows: Sequence[tuple[str, ...]] = [(c.of, c.evidence, c.source) for c in material.sources]
    print_table(rows, "numbers", "evidence", "from")
    for warning in odd:
        typer.echo(f"  warning: {warning}")


def _index(material: Material) -> str:
    """Index and dispersion of what is clear."""
    from materials.index_at import summary

    said = None if material.kind == "metal" else summary(material.index)
    if said is None:
        return ""
    n_d, fc, bg = said
    abbe = f", Abbe number {(n_d - 1.0) / fc:.1f}" if fc > 0 else ""
    return f", n_d {n_d:.4f}, dispersion {bg:.4f} (B to G){abbe}"
