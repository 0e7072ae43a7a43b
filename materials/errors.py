"""The one error of this package."""

from __future__ import annotations

from pathlib import Path


class MaterialError(ValueError):
    """A material cannot be used; the message is one sentence with file, field and reason.

    file : the file it is about, if any. field : the field, dotted, if any.
    """

    def __init__(
        self, reason: str, *, file: str | Path | None = None, field: str | None = None
    ) -> None:
        where = ", ".join(
            ([str(file)] if file is not None else [])
            + ([f"field '{field}'"] if field is not None else [])
        )
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason = reason
        self.file = None if file is None else Path(file)
        self.field = field
