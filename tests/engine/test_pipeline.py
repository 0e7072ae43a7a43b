"""The pipeline passes records on, lazily, and counts the time of each stage once."""

import time
from typing import Any

import pytest

from engine.lazy import Lazy
from engine.pipeline import Clock, Settings, render
from engine.scene import View
from tests.engine.finish.frames import make_frame


def test_clock_counts_a_waiting_stage_not_at_all() -> None:
    clock = Clock()
    traced = clock.watch("trace", Lazy(1, lambda i: time.sleep(0.05)))
    refined = clock.watch("refine", traced.map(lambda frame: time.sleep(0.01)))
    assert clock.seconds == {}
    refined[0]
    assert list(clock.seconds) == ["refine", "trace"]
    assert clock.seconds["trace"] >= 0.05
    assert 0.01 <= clock.seconds["refine"] < 0.05


def test_clock_survives_an_error() -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="broken"), clock.stage("load"):
        raise ValueError("broken")
    with clock.stage("save"):
        time.sleep(0.01)
    assert clock.seconds["load"] < 0.01 <= clock.seconds["save"]


@pytest.mark.parametrize("refined", [True, False])
def test_stages_follow_each_other_lazily(refined: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def note(name: str, value: str) -> str:
        made.append(name)
        return value

    def trace(scene: str, views: Any, **options: Any) -> Lazy[str]:
        assert (options["spp"], options["caustics"]) == (3, "full")
        return Lazy(len(views), lambda i: note("trace", f"{scene}{views[i].name}"))

    def refine(frames: Lazy[str], **_: Any) -> Lazy[str]:
        return frames.map(lambda frame: note("refine", frame + " refined"))

    def finish(frames: Lazy[str], *, exposure: float, look: str, **_: Any) -> Lazy[str]:
        return frames.map(lambda frame: note("finish", f"{frame} at {exposure}, {look}"))

    monkeypatch.setattr("engine.trace.trace", trace)
    monkeypatch.setattr("engine.refine.refine", refine, raising=False)
    monkeypatch.setattr("engine.finish.finish", finish)
    settings = Settings(spp=3, caustics="full", refine=refined, exposure=1.5, look="soft")
    views = [View(0, name="A"), View(90, name="B")]
    pictures: Any = render("ring", views, settings)  # type: ignore[arg-type]
    assert len(pictures) == 2
    assert made == []
    assert pictures[1] == ("ringB refined at 1.5, soft" if refined else "ringB at 1.5, soft")
    assert made == (["trace", "refine", "finish"] if refined else ["trace", "finish"])


def test_time_before_the_first_stage_goes_into_the_provenance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = make_frame(size=8, provenance={"load": {"name": "ring"}})
    monkeypatch.setattr("engine.trace.trace", lambda *_, **__: Lazy(1, lambda _: frame))
    clock = Clock()
    clock.seconds["load"] = 1.23456
    scene: Any = "ring"
    pictures = render(scene, settings=Settings(refine=False), clock=clock)
    assert pictures[0].provenance["load"] == {"name": "ring", "seconds": 1.235}
