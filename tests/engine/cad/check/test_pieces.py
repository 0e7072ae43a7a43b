"""Every piece of ours is clean."""

import pytest

from engine.cad.check import check
from scenes.pieces import PIECES, build


@pytest.mark.parametrize("name", list(PIECES))
def test_a_piece_of_ours_has_no_fault(name: str) -> None:
    assert [finding.text for finding in check(build(name)).findings] == []
