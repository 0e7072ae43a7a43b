"""What people call a material, in the languages of the trade."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from materials.schema import Record

Word = Annotated[str, Field(min_length=2, max_length=60, strict=True)]
Words = Annotated[tuple[Word, ...], Field(max_length=24)]


class Names(Record):
    """Names and common ways to write them: English, German, French, Italian, Spanish.

    Spelling, accents, case and order of words do not matter to a search.
    """

    en: Words = ()
    de: Words = ()
    fr: Words = ()
    it: Words = ()
    es: Words = ()
