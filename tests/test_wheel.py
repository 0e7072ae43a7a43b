"""The installed wheel renders: nothing that it needs is left behind in the checkout."""

import os
import site
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

WRITE_A_RING = """
import engine, materials, scenes
from scenes.pieces import build
engine.write(build("solitaire"), "ring.stl")
print(engine.__file__, materials.__file__, scenes.__file__, sep="\\n")
"""


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Standard output of `command`, run in `folder` without a way back to the checkout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a new environment that holds the wheel and borrows all other packages."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    run(build, folder)
    (wheel,) = folder.glob("culet-*.whl")
    venv.create(folder / "env", symlinks=os.name != "nt")
    scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet")
    run([*pip, "--no-deps", "--no-index", "--disable-pip-version-check", wheel], folder)
    (packages,) = (folder / "env").rglob("site-packages")
    # A .pth file adds folders to sys.path without reading the .pth files in them, so that an
    # editable install of the checkout does not come along.
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    return scripts


@pytest.mark.slow
def test_installed_wheel_renders(binaries: Path, tmp_path: Path) -> None:
    origins = run([binaries / "python", "-c", WRITE_A_RING], tmp_path).split()
    assert len(origins) == 3
    for origin in origins:
        assert Path(origin).is_relative_to(binaries.parent), origin
    options = ["--size", "48x32", "--spp", "2", "-o", "ring.png"]
    run([binaries / "culet", "render", "ring.stl", *options], tmp_path)
    picture = (tmp_path / "ring.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture[16:24] == (48).to_bytes(4, "big") + (32).to_bytes(4, "big")


def test_wheel_has_its_data(binaries: Path, tmp_path: Path) -> None:
    listed = run([binaries / "culet", "materials", "--json"], tmp_path)
    assert '"diamond"' in listed
    assert "tent" in run([binaries / "culet", "studios"], tmp_path)
