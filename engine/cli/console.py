"""What a person sees besides the result: one sentence per error, progress, exit codes.

Results go to standard output. Errors, warnings and progress go to standard error, and progress
only where that is a terminal.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from engine.errors import InputError, SetupError
from engine.types import Progress

DONE, CANNOT_RUN, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def tell(sentence: str) -> None:
    """Print one line on standard error."""
    typer.echo(f"culet: {' '.join(sentence.split())}", err=True)


def attempt(work: Callable[[], int | None], *, debug: bool = False) -> int:
    """Run `work` and turn what it raises into one sentence and an exit code.

    debug : print the traceback as well.
    """
    from materials import MaterialError

    try:
        code = work() or DONE
        sys.stdout.flush()
        return code
    except (BrokenPipeError, SystemExit):  # `culet materials | head`; the second is rich's way
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (KeyboardInterrupt, typer.Abort):
        tell("interrupted.")
        return INTERRUPTED
    except (InputError, MaterialError) as error:
        _trace(debug)
        tell(str(error))
        return BAD_INPUT
    except SetupError as error:
        _trace(debug)
        tell(str(error))
        return CANNOT_RUN
    except MemoryError:
        _trace(debug)
        tell("the memory of this machine does not suffice; ask for a smaller --size.")
        return CANNOT_RUN
    except Exception as error:  # the last line of defence: a defect of ours, still one sentence
        _trace(debug)
        hint = "" if debug else "; --debug shows where, and a report of it is welcome"
        tell(f"unexpected {type(error).__name__}: {error}{hint}.")
        return CANNOT_RUN


@contextmanager
def progress_bars() -> Iterator[Progress | None]:
    """A progress callback that draws one bar per stage; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report


def _trace(debug: bool) -> None:
    if debug:
        traceback.print_exc(file=sys.stderr)
