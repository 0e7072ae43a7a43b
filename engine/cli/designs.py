"""Designs as commands: a parameter is an option. A command is made when it is asked for, because
the designs bring in the libraries that build them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from engine.cli.console import DONE, attempt
from engine.cli.tables import print_json, print_table
from engine.errors import SceneError

if TYPE_CHECKING:
    from scenes.pieces.design import Design, Parameter

PANEL = "The piece"

#: Parameters that set the width of a design's main stone.
WIDTHS = ("centre_mm", "stone_mm")

#: What a command does with a choice; its further parameters are further options.
Work = Callable[..., int]


@dataclass(frozen=True)
class Choice:
    """A design and those of its parameters that a person gave.

    name : in `scenes.pieces.PIECES`.
    """

    name: str
    design: type[Design]
    given: Mapping[str, Any]

    def make(self, seed: int | None = None, carat: float | None = None) -> Design:
        """The design: its defaults, or what `seed` draws, with what was given in their place.

        carat : weight of its largest stone, as diamond; sets the stone's width.
        Raises SceneError naming what is out of range or does not go together.
        """
        width = width_of(self.design)
        if width in self.given and (carat is not None or "carat" in self.given):
            raise SceneError(f"--carat and {flag(str(width))} both set the stone's size; drop one")
        if seed is None:
            made = self.design(**self.given)
        else:
            for parameter in self.design.parameters():
                if parameter.name in self.given:
                    parameter.check(self.given[parameter.name], self.design.__name__)
            drawn = draw(self.design, seed, self.given.get("cut"))
            made = replace(drawn, **self.given) if self.given else drawn
        if carat is None:
            return made
        if width is None:
            raise SceneError(f"a {self.name} has no stone whose width could be set")
        return _weighing(made, width, carat)


def width_of(design: type[Design]) -> str | None:
    """The parameter that sets the width of the main stone, or None."""
    names = {parameter.name for parameter in design.parameters()}
    return next((name for name in WIDTHS if name in names), None)


def _weighing(design: Design, width: str, carat: float) -> Design:
    """The design with its largest stone of that weight: a cut keeps its shape at any width."""
    from engine.cad.describe import describe

    stones = describe(design.build()).stones
    if not stones or not stones[0].carats:
        raise SceneError("this design has no stones to be given a weight; leave --carat out")
    factor = (carat / stones[0].carats) ** (1 / 3)
    return replace(design, **{width: getattr(design, width) * factor})


def draw(design: type[Design], seed: int, cut: str | None = None) -> Design:
    """The random design of a seed. cut : the only one that may be drawn, beside a round one."""
    import numpy as np

    from scenes.pieces.stones import CUTS

    cuts = tuple(CUTS) if cut is None else (cut,)
    return design.draw(np.random.default_rng(seed), cuts)


def values(design: Design) -> dict[str, Any]:
    """The parameters of a design that are set, by name; what is no plain value by its own name."""
    found = ((p.name, getattr(design, p.name)) for p in design.parameters())
    return {
        name: value if isinstance(value, bool | int | float | str) else value.name
        for name, value in found
        if value is not None
    }


def designs(work: Work, title: str, **told: Any) -> typer.Typer:
    """A command group: by itself it lists the designs, with the name of one it does `work`.

    title : what the group does, in a sentence. told : passed to each command, such as its epilog.
    work : called with a `Choice` and whatever other options its signature declares.
    """
    group = typer.Typer(
        cls=_group(work, title, told),
        help=f"{title} By itself, lists the designs.",
        invoke_without_command=True,
        subcommand_metavar="DESIGN [OPTIONS]",
        **told,
    )

    @group.callback()
    def _list(
        context: typer.Context,
        as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
    ) -> int:
        if context.invoked_subcommand is not None:
            return DONE
        return attempt(partial(list_designs, as_json))

    return group


def _group(work: Work, title: str, told: Mapping[str, Any]) -> type[TyperGroup]:
    """A class of groups whose commands are the designs."""

    class Group(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return list(_pieces())

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            pieces = _pieces()
            if cmd_name not in pieces:
                return None
            return _command(cmd_name, pieces[cmd_name], work, title, told)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args[0] not in _pieces() and not args[0].startswith("-"):
                ctx.fail(f"No design is called '{args[0]}'{_near(args[0])}.")
            return super().resolve_command(ctx, args)

    return Group


def list_designs(as_json: bool) -> None:
    """Print the designs, with `as_json` also their parameters."""
    rows = [(name, design.family, summary(design)) for name, design in _pieces().items()]
    if not as_json:
        print_table(rows, "design", "family", "what it is")
        return
    print_json(
        [
            {
                "name": name,
                "family": family,
                "what": what,
                "parameters": [_told(p) for p in _pieces()[name].parameters()],
            }
            for name, family, what in rows
        ]
    )


def summary(design: type[Design]) -> str:
    """The first clause of what a design says of itself.

    >>> class Band:
    ...     "A band without stones; see `Ring` for the fields."
    >>> summary(Band)
    'A band without stones'
    """
    paragraph = inspect.cleandoc(design.__doc__ or "").partition("\n\n")[0]
    return " ".join(paragraph.split()).partition(";")[0].partition(". ")[0].rstrip(".")


def _pieces() -> Mapping[str, type[Design]]:
    from scenes.pieces import PIECES

    return PIECES


def _near(word: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, _pieces(), n=3, cutoff=0.5) or list(_pieces())
    return f"; choose one of {', '.join(close)}"


def _told(parameter: Parameter) -> dict[str, Any]:
    """A parameter for programs."""
    told: dict[str, Any] = {
        "name": parameter.name,
        "what": parameter.what,
        "default": parameter.default,
    }
    if parameter.choices:
        return told | {"choices": list(parameter.choices)}
    if parameter.low is None:
        return told
    return told | {"low": parameter.low, "high": parameter.high, "unit": parameter.unit}


def _command(
    name: str, design: type[Design], work: Work, title: str, told: Mapping[str, Any]
) -> Any:
    """The command of one design."""
    own = list(inspect.signature(work, eval_str=True).parameters.values())[1:]
    parameters = [_option(p) for p in design.parameters()]
    if width_of(design) is None or "carat" in {p.name for p in parameters}:
        own = [p for p in own if p.name != "carat"]

    def call(**arguments: Any) -> int:
        rest = {p.name: arguments.pop(p.name) for p in own}
        given = {key: value for key, value in arguments.items() if value is not None}
        return work(Choice(name, design, given), **rest)

    signature = inspect.Signature(
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*parameters, *own)]
    )
    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    app.command(name, help=f"{summary(design)}.\n\n{title}", **told)(call)
    return typer.main.get_command(app)


def _option(parameter: Parameter) -> inspect.Parameter:
    """A parameter of a design as an option of the command line."""
    text = flag(parameter.name)
    kind: Any
    metavar: str | None
    if parameter.choices:
        kind, metavar, limits = str, "NAME", ", ".join(parameter.choices)
    elif parameter.low is None:
        kind, metavar, limits = bool, None, ""
        text = f"{text}/--no-{text[2:]}"
    else:
        kind = int if parameter.whole else float
        metavar = parameter.unit.upper() or ("COUNT" if parameter.whole else "NUMBER")
        limits = f"{parameter.low:g} to {parameter.high:g}"
    option = typer.Option(
        text,
        help=_help(parameter, limits).replace("[", "\\["),  # a bracket would be markup
        metavar=metavar,
        rich_help_panel=PANEL,
        show_default=False,
    )
    return inspect.Parameter(
        parameter.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, option],
    )


def flag(name: str) -> str:
    """The option of a parameter.

    >>> flag("stone_mm")
    '--stone-mm'
    """
    return "--" + name.replace("_", "-")


def _help(parameter: Parameter, limits: str) -> str:
    """What a parameter is, what it may be, and in brackets what it is by default."""
    default = parameter.default
    if default is None:
        usual = "fits the rest"
    elif isinstance(default, bool):
        usual = "yes" if default else "no"
    else:
        usual = f"{default:g}" if isinstance(default, int | float) else str(default)
    unit = f" {parameter.unit}" if parameter.unit and limits else ""
    said = f"; {limits}{unit}" if limits else ""
    return f"{parameter.what[:1].upper()}{parameter.what[1:]}{said}. [{usual}]"
