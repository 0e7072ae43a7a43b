"""The spin page in a real browser: it turns, zooms, stops, and asks nobody for anything."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import images
from engine.errors import FileError
from engine.output import Motion, Still, write_spin
from engine.output import spin as module

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
VIEWS = 8


def card(column: int, row: int, side: int = 96) -> np.ndarray:
    """A picture that tells its place by its colour."""
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[side // 4 : -side // 4, side // 4 : -side // 4] = (20 + 25 * column, 60 + 80 * row, 90)
    return pixels


def page(folder: Path, rows: int = 1, **motion: Any) -> Path:
    files = [
        [images.write(folder / f"{r}-{c}.png", card(c, r)) for c in range(VIEWS)]
        for r in range(rows)
    ]
    close = card(0, 0, 384)
    close[180:204, 180:204] = 255  # what only a close look shows
    still = Still(images.write(folder / "still.png", close))
    return write_spin(
        folder / "spin.html", files, title="Ring & <stone>", still=still, motion=Motion(**motion)
    )


def test_nothing_in_the_page_leads_out(tmp_path: Path) -> None:
    text = page(tmp_path).read_text("utf-8")
    assert "Ring &amp; &lt;stone&gt;" in text
    assert not re.findall(r"(?:src|href)\s*=|https?:|//[a-z]|@import|url\(", re.sub(
        r"data:image/webp;base64,[A-Za-z0-9+/=]+|image\.src = url", "", text))  # fmt: skip
    assert "default-src 'none'" in text


def test_a_page_that_would_be_too_large_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 20_000)
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (128, 128, 3), dtype=np.uint8)
    file = images.write(tmp_path / "1.png", noise)
    with pytest.raises(FileError, match="ask for fewer or smaller views"):
        write_spin(tmp_path / "spin.html", [[file] * 4], title="noise")
    assert not (tmp_path / "spin.html").exists()


def test_pictures_get_worse_before_a_page_gets_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(100, 156, (128, 128, 3), dtype=np.uint8)
    file = images.write(tmp_path / "1.png", noise)
    free = write_spin(tmp_path / "free.html", [[file] * 4], title="noise").stat().st_size
    monkeypatch.setattr(module, "MOST_BYTES", round(free * 0.8))
    tight = write_spin(tmp_path / "tight.html", [[file] * 4], title="noise").stat().st_size
    assert tight <= free * 0.8


class Seen:
    """A page in a browser, and what it asked for and complained of."""

    def __init__(self, tab: Any) -> None:
        self.tab, self.asked, self.said = tab, list[str](), list[str]()
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.on("console", lambda message: self.said.append(message.text))
        tab.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path: Path) -> None:
        self.tab.goto(path.as_uri())
        self.tab.wait_for_selector("body[data-ready=yes]")

    def told(self, name: str) -> str:
        value: str = self.tab.get_attribute("#view", name)
        return value

    @property
    def frame(self) -> int:
        return int(self.told("data-frame"))

    def colour(self, share: float, folder: Path) -> list[int]:
        """What the page shows at this share of its width and height."""
        path = folder / "screen.png"
        self.tab.screenshot(path=path)
        pixels = images.read(path)
        row, column = (int(share * side) for side in pixels.shape[:2])
        return [int(v) for v in pixels[row, column, :3]]

    def drag(self, dx: float, dy: float = 0.0) -> None:
        """From the middle, by shares of the picture's side."""
        box = self.tab.locator("#view").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.tab.mouse.move(x, y)
        self.tab.mouse.down()
        self.tab.mouse.move(x + dx * box["width"], y + dy * box["height"], steps=8)
        self.tab.mouse.up()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if BROWSER is None:
        pytest.skip("no Chromium; `make test` installs it where apt-get may")
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=BROWSER, args=quiet)
        yield found
        found.close()


@pytest.fixture
def seen(browser: Any) -> Iterator[Seen]:
    tab = browser.new_page(viewport={"width": 400, "height": 400})
    yield Seen(tab)
    tab.close()


def test_a_hand_turns_it(seen: Seen, tmp_path: Path) -> None:
    seen.open(page(tmp_path, autoplay=False))
    assert seen.frame == 0
    assert seen.told("aria-valuetext") == "View 1 of 8"
    first = seen.colour(0.42, tmp_path)
    seen.drag(-0.5)  # a quarter of the turn, the piece following the hand
    assert seen.frame == 2
    assert seen.colour(0.42, tmp_path)[0] - first[0] == pytest.approx(50, abs=6)
    seen.drag(0.75)
    assert seen.frame == 7  # past the first view lies the last one
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.asked if url.startswith("file:")]) == 1
    assert seen.said == []


def test_keys_turn_it_and_wheel_and_keys_enlarge_it(seen: Seen, tmp_path: Path) -> None:
    seen.open(page(tmp_path, rows=2, autoplay=False))
    seen.tab.focus("#view")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        seen.tab.keyboard.press(key)
    assert (seen.frame, seen.told("data-row")) == (2, "1")
    seen.tab.keyboard.press("End")
    assert seen.frame == VIEWS - 1
    seen.tab.keyboard.press("Home")
    seen.tab.keyboard.press("ArrowDown")
    seen.tab.mouse.move(200, 200)
    seen.tab.mouse.wheel(0, -600)
    seen.tab.wait_for_function("() => +document.getElementById('view').dataset.zoom > 3")
    # The still's own detail.
    assert seen.colour(0.5, tmp_path)[0] == pytest.approx(255, abs=4)
    before = seen.frame
    seen.drag(0.3)
    assert seen.frame == before  # enlarged, a drag moves the picture
    seen.tab.keyboard.press("Escape")
    assert float(seen.told("data-zoom")) == 1.0
    assert seen.said == []


def test_it_turns_by_itself_until_it_is_touched(seen: Seen, tmp_path: Path) -> None:
    seen.open(page(tmp_path, fps=30.0))
    seen.tab.wait_for_function("() => +document.getElementById('view').dataset.frame > 2")
    assert seen.tab.get_attribute("#play", "aria-pressed") == "true"
    seen.drag(0.0)
    stopped = seen.frame
    seen.tab.wait_for_timeout(200)
    assert seen.frame == stopped
    assert seen.tab.get_attribute("#play", "aria-pressed") == "false"
    assert seen.tab.get_attribute("#play", "aria-label")


def test_who_asks_for_less_motion_gets_none(browser: Any, tmp_path: Path) -> None:
    tab = browser.new_page(reduced_motion="reduce")
    seen = Seen(tab)
    seen.open(page(tmp_path, fps=30.0))
    tab.wait_for_timeout(200)
    assert seen.frame == 0
    tab.close()


def test_a_finger_turns_it(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 400, "height": 400})
    seen = Seen(context.new_page())
    seen.open(page(tmp_path, autoplay=False))
    session = context.new_cdp_session(seen.tab)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    touch("touchStart", (200, 200))
    for x in range(190, 90, -10):
        touch("touchMove", (x, 200))
    touch("touchEnd")
    assert seen.frame == 1
    touch("touchStart", (180, 200), (220, 200))
    touch("touchMove", (180, 200), (220, 200))
    for apart in range(50, 160, 10):
        touch("touchMove", (200 - apart / 2, 200), (200 + apart / 2, 200))
    touch("touchEnd")
    assert float(seen.told("data-zoom")) > 2
    context.close()
