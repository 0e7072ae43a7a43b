"""Views, lenses, grounds and orbits: what they say and what they refuse."""

from __future__ import annotations

import pytest

from engine.errors import SceneError
from engine.scene import VIEWS, Ground, Lens, View, orbit, view


def test_named_views_stand_where_their_names_say() -> None:
    assert view("top").elevation_deg == 90
    assert view("front").azimuth_deg == 0
    assert view("side").azimuth_deg == 90
    assert 0 < view("three-quarter").azimuth_deg < 90
    assert all(view(name).name == name for name in VIEWS)


def test_a_view_by_angles() -> None:
    found = view("30/20")
    assert (found.azimuth_deg, found.elevation_deg, found.name) == (30.0, 20.0, "30-20")
    assert view("-45/7.5").azimuth_deg == -45
    assert view(found) is found


@pytest.mark.parametrize(
    "spec", ["", "fornt", "30", "30/", "a/b", "30/20/10", "30/95", "30/-1", "nan/3"]
)
def test_a_wrong_view_is_refused(spec: str) -> None:
    with pytest.raises(SceneError) as error:
        view(spec)
    assert "front" in str(error.value) or "must be a number" in str(error.value)


def test_an_orbit_goes_round_once_and_does_not_repeat_its_first_view() -> None:
    views = orbit(24)
    assert [v.azimuth_deg for v in views] == [15.0 * i for i in range(24)]
    assert views[-1].azimuth_deg + 15 == 360  # view N would be view 0 again
    assert len({v.azimuth_deg % 360 for v in views}) == 24
    assert {v.elevation_deg for v in views} == {20.0}
    assert all(v.turntable for v in views)
    names = [v.name for v in views]
    assert names == sorted(names)
    assert len(set(names)) == 24


@pytest.mark.parametrize("count", [0, -1, 10**6, 2.5, True])
def test_an_orbit_needs_a_sensible_count(count: int) -> None:
    with pytest.raises(SceneError, match="number of views"):
        orbit(count)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: View(fill=0), "fill"),
        (lambda: View(fill=1.1), "fill"),
        (lambda: View(azimuth_deg=float("inf")), "azimuth_deg"),
        (lambda: View(name="../x"), "name"),
        (lambda: View(name=""), "name"),
        (lambda: Lens(focal_mm=0), "focal_mm"),
        (lambda: Lens(f_number=0), "f_number"),
        (lambda: Lens(focus=-3.0), "focus"),
        (lambda: Lens(blades=4), "blades must be 0, for a round opening, .* from 5 to 16, not 4"),
        (lambda: Lens(blades=17), "blades"),
        (lambda: Lens(blades=True), "blades"),
        (lambda: Lens(blades=6.0), "blades"),  # type: ignore[arg-type]
        (lambda: Lens(blades=6, blade_turn_deg=float("nan")), "blade_turn_deg"),
        (lambda: Ground("grass"), "sweep, mirror, none"),  # type: ignore[arg-type]
        (lambda: Ground("sweep", 1.5), "albedo"),
    ],
)
def test_values_out_of_range_are_refused(make: object, what: str) -> None:
    with pytest.raises(SceneError, match=what):
        make()  # type: ignore[operator]
