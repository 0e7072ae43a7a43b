"""The commands of `culet` and how they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from engine import __version__
from engine.cli import library, show
from engine.cli.check import check
from engine.cli.console import BAD_INPUT, INTERRUPTED, tell
from engine.cli.designs import designs
from engine.cli.piece import piece
from engine.cli.render import render
from engine.cli.turntable import turntable
from engine.cli.variations import variations
from engine.cli.vary import vary

app = typer.Typer(
    name="culet",
    help="Renders jewelry from CAD: a file in, a picture out.",
    epilog="Start with [bold]culet doctor[/], then [bold]culet render ring.3dm[/].",
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _examples(*pairs: tuple[str, str]) -> str:
    """An epilog of examples: each a line of what it does and a line to type."""
    lines = [f"[dim]# {what}[/]\n[bold]{line}[/]" for what, line in pairs]
    return "\n\n".join(["[bold]Examples[/]", *lines])


app.command(
    epilog=_examples(
        ("one picture beside you: ring.png", "culet render ring.3dm"),
        (
            "say what it is made of",
            "culet render ring.3dm --metal platinum-950 --stone ruby -o red.png",
        ),
        (
            "three views into a folder",
            "culet render ring.stl --view front --view top --view 30/20 -o out",
        ),
        (
            "a cut-out for a shop, with its shadow",
            "culet render ring.glb --transparent --layers -o shop.png",
        ),
        ("one layer differs", "culet render ring.3dm --assign 'Layer 03=gold-18k-rose'"),
        ("a file in the wrong unit", "culet render ring.stl --unit inch --ring-size 'US 7'"),
        (
            "a whole folder, larger and cleaner",
            "culet render *.3dm --size 2048 --spp 32 -o catalogue",
        ),
        ("a scene saved earlier, once more", "culet render scene.toml -o again.png"),
    )
)(render)
app.command(
    epilog=_examples(
        (
            "six pictures and a sheet of them",
            "culet vary ring.3dm --metal gold-18k-yellow,platinum-950 "
            "--stone diamond,ruby,sapphire -o sheet.png",
        ),
        ("a saved scene in other light", "culet vary scene.toml --studio tent,fire -o out"),
    )
)(vary)
app.command(
    epilog=_examples(
        ("36 views and a page to turn it by hand", "culet turntable ring.3dm -o spin"),
        ("interrupted? the same line again goes on", "culet turntable ring.3dm -o spin"),
        (
            "cut out, three rows, for a shop's viewer",
            "culet turntable ring.3dm --transparent --elevation 5 --elevation 25 --elevation 50 "
            "--name '{piece}_{row}_{number}' --digits 3",
        ),
        ("a film of fire", "culet turntable ring.3dm --rock 12 --views 48 --fps 24 --film mp4"),
    )
)(turntable)
app.command(
    epilog=_examples(
        ("parts, stones, weights, what was mended", "culet info ring.3dm"),
        ("the same for a program", "culet info ring.3dm --json"),
    )
)(show.info)
app.command(
    epilog=_examples(
        ("can it be made and worn? exit code 2 when not", "culet check ring.3dm"),
        ("for a CAD pipeline: kind, parts, place, value, limit", "culet check ring.stl --json"),
        ("a file in the wrong unit", "culet check ring.stl --unit inch"),
    )
)(check)
app.command(epilog=_examples(("before the first picture", "culet doctor")))(show.doctor)
app.add_typer(
    library.command(
        _examples(
            ("the whole library", "culet materials"),
            ("what is it called?", 'culet materials "weissgold 18k"'),
            ("what a file of your own holds, and what looks wrong", "culet materials our.yaml"),
            ("for a program: name, kind, sources", "culet materials --json"),
            ("measured n and k as a material", "culet materials import Johnson.yml -o our.yaml"),
            ("how metals look", "culet materials --chart --kind metal -o metals.png"),
            ("three beside each other", "culet materials --chart ruby emerald our-gold.yaml"),
        ),
        _examples(
            (
                "a file of refractiveindex.info",
                "culet materials import Johnson.yml --density 19.3 -o our-gold.yaml",
            ),
            ("a table of your own", "culet materials import gold.csv --unit eV --source 'our lab'"),
            ("then", "culet render ring.3dm --metal our-gold.yaml"),
        ),
    ),
    name="materials",
)
app.command(epilog=_examples(("all that come with it", "culet studios")))(show.studios)
app.add_typer(
    designs(
        piece,
        "Builds a piece by its parameters and writes it as CAD.",
        epilog=_examples(
            ("what can be built", "culet piece"),
            ("the parameters of a design", "culet piece solitaire --help"),
            ("a ring for Rhino", "culet piece solitaire --carat 1 --size 54 -o ring.3dm"),
            ("one drawn at random", "culet piece solitaire --seed 7 -o ring.glb"),
        ),
    ),
    name="piece",
)
app.add_typer(
    designs(
        variations,
        "Draws designs of a piece at random and renders them on one sheet.",
        epilog=_examples(
            ("for a client meeting", "culet variations solitaire --count 20 --seed 7 -o sheet.png"),
            (
                "what is settled stays",
                "culet variations solitaire --cut oval --size 54 --metal platinum-950",
            ),
            ("one of them as CAD", "culet piece solitaire --seed 7003 -o ring.3dm"),
        ),
    ),
    name="variations",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"culet {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Renders jewelry from CAD: a file in, a picture out."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    argv : without the program's name; the process's own by default.
    0 done, 1 this machine cannot do it, 2 what was given is wrong, 130 interrupted.
    """
    try:
        code = app(args=argv, prog_name="culet", standalone_mode=False)
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        if message:  # none where the help itself was the answer to a bare `culet`
            context = getattr(error, "ctx", None)
            tell(f"{message}; see {context.command_path if context else 'culet'} --help.")
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        tell("interrupted.")
        return INTERRUPTED
    return code if isinstance(code, int) else 0
