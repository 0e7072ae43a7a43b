"""What a run says: turns in time, the summary, the table, the picture, the README."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.kit import throughput
from benchmarks.kit.plot import Axis, draw
from benchmarks.kit.readme import BEGIN, END, replaced
from benchmarks.kit.summary import notes, summarise, table
from benchmarks.kit.timing import interleaved, medians
from engine import trace


def result(ratio: float, fitted: bool = False, coloured: bool = False) -> dict[str, Any]:
    """A scene in which ours is `ratio` times better, in the form of `measure`."""
    row = {"ratio": ratio, "fitted": fitted}
    ratios = dict.fromkeys(("relmse", "flip", "chroma", "flip_time"), row)

    def points(counts: tuple[int, ...], error: float) -> list[dict[str, Any]]:
        errors = {"stone": {"relmse": error}}
        return [{"spp": n, "seconds": n / 10, "errors": errors} for n in counts]

    return {
        "coloured": coloured,
        "reference": {"baseline_agrees": True},
        "ours": points((1, 8, 64), 0.1),
        "baseline": points((4, 16, 64), 1.0),
        "ratios": {"stone": ratios, "all": ratios},
    }


def three() -> dict[str, Any]:
    return {
        "loose-brilliant": result(12.0),
        "solitaire-white": result(6.0, fitted=True),
        "bezel-sapphire": result(3.0, coloured=True),
    }


def test_tasks_take_turns_and_the_first_round_warms_up() -> None:
    turns: list[tuple[str, int]] = []

    def task(name: str) -> Any:
        def run(number: int) -> float:
            turns.append((name, number))
            return 100.0 if number == 0 else float(number * len(name))

        return run

    rounds = interleaved({"a": task("a"), "bb": task("bb")}, repeat=3)
    assert turns == [(name, number) for number in range(4) for name in ("a", "bb")]
    assert rounds == {"a": [1.0, 2.0, 3.0], "bb": [2.0, 4.0, 6.0]}
    assert medians(rounds) == {"a": 2.0, "bb": 4.0}


def test_medians_and_the_worst() -> None:
    found = summarise(three())
    assert found["loose"]["stone relmse"] == {
        "median": 12.0,
        "worst": 12.0,
        "worst_scene": "loose-brilliant",
        "goal": 10.0,
    }
    assert found["mounted"]["stone relmse"]["median"] == 4.5
    assert found["all"]["all relmse"]["median"] == 6.0
    assert found["all"]["all relmse"]["worst_scene"] == "bezel-sapphire"
    assert "metal relmse" not in found["all"]


def test_the_table_marks_fits_and_coloured_stones() -> None:
    lines = table(three()).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    rows = {line.split("|")[1].strip(): line for line in lines}
    assert rows["solitaire-white"].count("6*") == 5
    assert rows["bezel-sapphire (c)"].count("| 3 ") == 5
    assert "0.80 s" in rows["loose-brilliant"]
    assert "**4.5**" in rows["median, mounted"]


def test_the_notes_say_what_is_wrong() -> None:
    told = three()
    assert "colourless" in notes(told)
    assert "disagree" not in notes(told)
    told["bezel-sapphire"]["reference"]["baseline_agrees"] = False
    assert "disagree in bezel-sapphire" in notes(told)


def test_a_logarithmic_axis() -> None:
    axis = Axis(-1, 3, 100.0, 500.0)
    assert [axis.at(v) for v in (0.1, 1, 10, 1000)] == pytest.approx([100, 200, 300, 500])


def test_the_plot_has_a_panel_per_scene_and_all_points() -> None:
    root = ElementTree.fromstring(draw(three()))
    space = "{http://www.w3.org/2000/svg}"
    panels = root.findall(f"{space}g")
    assert [p.findtext(f"{space}text") for p in panels] == list(three())
    for panel in panels:
        ours, baseline = panel.findall(f"{space}polyline")
        height = [{y for _, y in re.findall(r"([\d.]+),([\d.]+)", line.get("points", ""))}
                  for line in (ours, baseline)]  # fmt: skip
        assert len(height[0]) == len(height[1]) == 1
        assert float(height[0].pop()) > float(height[1].pop())  # a smaller error lies lower
        assert len(panel.findall(f"{space}circle")) == 6


def test_the_readme_is_changed_between_its_marks_only() -> None:
    text = f"# A\n\n{BEGIN}\nold\n{END}\n\nafter\n"
    fresh = replaced(text, "new\n")
    assert fresh == f"# A\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"
    assert replaced(fresh, "new") == fresh
    with pytest.raises(ValueError, match="needs the lines"):
        replaced("no marks", "new")


def test_a_field_has_stones_side_by_side() -> None:
    points = throughput._lattice(7)
    reach = np.sort(np.hypot(*points.T))
    np.testing.assert_allclose(reach, [0, 1, 1, 1, 1, 1, 1], atol=1e-12)
    many = throughput._lattice(200)
    apart = np.linalg.norm(many[:, None] - many[None], axis=-1) + 9 * np.eye(200)
    assert apart.min() == pytest.approx(1.0)
    assert np.hypot(*many.T).max() < 1.1 * np.sqrt(200 * np.sqrt(3) / 2 / np.pi)


def test_one_stone_and_many_cover_the_same_share_of_the_picture() -> None:
    one, many = throughput.field(1), throughput.field(50)
    assert [throughput.covered(field) for field in (one, many)] == pytest.approx([0.4, 0.4])
    small = replace(one, size=(64, 64))
    seen = trace(small, spp=4, device="cpu")[0].features.stone.mean()
    assert seen == pytest.approx(throughput.covered(small), rel=0.02)
