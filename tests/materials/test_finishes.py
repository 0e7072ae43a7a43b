"""Finishes as text: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest

import materials
from materials import Finish, MaterialError, finish

TEXTS = {
    "polished": Finish(),
    "Satin": Finish("satin"),
    "brushed": Finish("brushed", "along"),
    "brushed:radial": Finish("brushed", "radial"),
    "brushed:0,0.5,-1": Finish("brushed", (0.0, 0.5, -1.0)),
    "hammered:2.5": Finish("hammered", size=2.5),
    "worn:0.4#7": Finish("worn", size=0.4, seed=7),
    "satin#12": Finish("satin", seed=12),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_means_a_finish_and_comes_back(text: str) -> None:
    assert finish(text) == TEXTS[text]
    assert finish(str(TEXTS[text])) == TEXTS[text]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("satyn", "choose one of satin"),
        ("", "choose one of polished, mirror"),
        ("worn:2", "from 0 to 1, not '2'"),
        ("worn:much", "how much it was worn"),
        ("hammered:0.1", "the width of its dimples in mm"),
        ("hammered:nan", "from 0.8 to 6"),
        ("satin:3", "nothing may follow the finish 'satin'"),
        ("brushed:sideways", "such as 0,0,1"),
        ("brushed:0,0,0", "such as 0,0,1"),
        ("worn#70000", "seed"),
        ("worn#-1", "seed"),
    ],
)
def test_what_means_nothing_is_said_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(MaterialError, match=said) as caught:
        finish(text)
    assert "\n" not in str(caught.value)


def test_wear_rounds_edges_and_a_mirror_has_none() -> None:
    worn = [finish(f"worn:{amount}").edge_mm for amount in (0, 0.5, 1)]
    assert worn == sorted(worn)
    assert worn[0] == materials.POLISHED.edge_mm == 0.05
    assert materials.MIRROR.edge_mm == 0
