"""What a material file may say of a film that covers a metal: plating, tarnish, oxide."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from materials.schema import Index, Number, Quantity, Record


class Thickness(Quantity):
    """nm; a plating of a hundredth of a millimetre is thicker than light can tell."""

    value: Annotated[Number, Field(ge=0, le=10000)]


class Film(Record):
    """One layer of the same thickness everywhere, between the metal and the air.

    index     : of the film, with k where it absorbs.
    thickness : with its evidence.
    """

    index: Index
    thickness_group: Annotated[Thickness, Field(alias="thickness_nm")]

    @property
    def thickness_nm(self) -> float:
        """nm."""
        return self.thickness_group.value
