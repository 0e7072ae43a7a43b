"""The error tree.

    CuletError
    ├── InputError            something that a person gave us is wrong   (exit code 2)
    │   ├── FileError         a file cannot be read or written
    │   ├── GeometryError     a mesh cannot be used as it is
    │   └── SceneError        a scene, studio, view or option makes no sense
    └── SetupError            this machine cannot do it                  (exit code 1)

A wrong material file raises `materials.MaterialError`, which also leads to exit code 2: the
package `materials` stands before the engine and imports nothing from it.
"""

from pathlib import Path


class CuletError(Exception):
    """Base of all errors that the engine raises on purpose."""


class InputError(CuletError):
    """What was given is wrong; the message is one sentence: what, where, and what to do.

    message : the sentence.
    file    : the file it is about, if any; put in front of the sentence when printed.
    part    : name of the part within the file, if any.
    line    : line number within the file (1 is the first), if any.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        part: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = None if file is None else Path(file)
        self.part = part
        self.line = line

    def __str__(self) -> str:
        where = "" if self.file is None else str(self.file)
        if self.line is not None:
            where += f", line {self.line}" if where else f"line {self.line}"
        if self.part is not None:
            where += f", part '{self.part}'" if where else f"part '{self.part}'"
        return f"{where}: {self.message}" if where else self.message


class FileError(InputError):
    """A file cannot be read or written."""


class GeometryError(InputError):
    """A mesh cannot be used as it is."""


class SceneError(InputError):
    """A scene, studio, view or option makes no sense."""


class SetupError(CuletError):
    """This machine cannot do it; the message says what to install or change."""
