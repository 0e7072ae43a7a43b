"""The choice of the LLVM library: order, refusals, versions."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import SetupError
from engine.trace import llvm


def place(folder: Path, *names: str) -> tuple[Path, ...]:
    """`folder` with empty files of these names, as a tuple of places to search."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()
    return (folder,)


def loads(path: Path) -> None:
    """Stands for a library that can be loaded: the files here are empty."""


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("libLLVM-14.so.1", (14,)),
        ("libLLVM-14.0.6.so.1", (14, 0)),
        ("libLLVM-19.so", (19,)),
        ("libLLVM.so.19.1", (19, 1)),
        ("libLLVM.so.20.1-rust", (20, 1)),
        ("libLLVM.21.1.dylib", (21, 1)),
    ],
)
def test_version_is_read_from_the_name(tmp_path: Path, name: str, version: tuple[int, ...]) -> None:
    place(tmp_path, name)
    assert llvm.version_of(tmp_path / name) == version


def test_link_has_the_version_of_its_target(tmp_path: Path) -> None:
    place(tmp_path, "libLLVM.so.19.1")
    (tmp_path / "libLLVM-19.so").symlink_to("libLLVM.so.19.1")
    assert llvm.version_of(tmp_path / "libLLVM-19.so") == (19, 1)
    assert len(list(llvm.libraries((tmp_path,)))) == 1


def test_nameless_library_is_asked_for_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    real = llvm.select(environ={})
    monkeypatch.setattr(llvm, "_IN_NAME", re.compile("(?!)"))
    asked = llvm.version_of(real.path)
    assert asked is not None
    assert asked[: len(real.version)] == real.version


def test_file_that_is_no_library_has_no_version(tmp_path: Path) -> None:
    (tmp_path / "LLVM-C.dll").write_text("not a library")
    assert llvm.version_of(tmp_path / "LLVM-C.dll") is None


def test_newest_wins_and_others_are_ignored(tmp_path: Path) -> None:
    places = place(
        tmp_path, "libLLVM-14.so.1", "libLLVM.so.9.0", "libLLVM-17.so.1", "libLLVM.so.19.1"
    ) + place(tmp_path / "more", "libLLVM.so.18.1", "libLLVMCore.so.30", "libLLVM-C.so.31")
    choice = llvm.select(environ={}, places=places, problem=loads)
    assert choice.version == (19, 1)
    assert choice.path.name == "libLLVM.so.19.1"
    assert "newest of 5" in choice.why


def test_only_old_ones_are_refused_with_the_remedy(tmp_path: Path) -> None:
    places = place(tmp_path, "libLLVM-14.so.1", "libLLVM-16.so.1")
    with pytest.raises(
        SetupError, match=r"only too old ones were found \(14 at .*, 16 at .*\); install"
    ):
        llvm.select(environ={}, places=places)


def test_none_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="none was found; install"):
        llvm.select(environ={}, places=(tmp_path,))


def test_variable_comes_first(tmp_path: Path) -> None:
    places = place(tmp_path, "libLLVM.so.19.1", "libLLVM-17.so.1")
    for named in (str(tmp_path / "libLLVM-17.so.1"), "libLLVM-17.so.1"):
        choice = llvm.select(environ={llvm.VARIABLE: named}, places=places, problem=loads)
        assert choice.version == (17,)
        assert llvm.VARIABLE in choice.why


@pytest.mark.parametrize("name", ["libLLVM-16.so.1", "libLLVM-14.so.1"])
def test_old_library_in_the_variable_is_refused(tmp_path: Path, name: str) -> None:
    places = place(tmp_path, "libLLVM.so.19.1", name)
    with pytest.raises(SetupError, match=r"needs LLVM 17 or later; install .* unset"):
        llvm.select(environ={llvm.VARIABLE: str(tmp_path / name)}, places=places)


def test_missing_library_in_the_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="which is not there"):
        llvm.select(environ={llvm.VARIABLE: str(tmp_path / "libLLVM-19.so")}, places=())


def test_a_library_that_does_not_load_is_passed_over_and_named(tmp_path: Path) -> None:
    real = llvm.select(environ={})
    places = place(tmp_path, "libLLVM.so.99.1", "libLLVM-98.so", "libLLVM-14.so.1")
    link = tmp_path / f"libLLVM-{real.version[0]}.so"
    link.symlink_to(real.path)
    choice = llvm.select(environ={}, places=places)
    assert choice.path == real.path.resolve()
    assert choice.why.startswith("the newest that loads (not 99.1 at ")
    assert choice.why.endswith(" of 4 found")


def test_libraries_of_which_none_loads_are_refused_with_the_reason(tmp_path: Path) -> None:
    places = place(tmp_path, "libLLVM.so.99.1", "libLLVM-14.so.1")
    with pytest.raises(
        SetupError, match=r"none that was found can be loaded \(99\.1 at .*libLLVM.*\); install"
    ):
        llvm.select(environ={}, places=places)


def test_a_named_library_that_does_not_load_is_refused_with_the_reason(tmp_path: Path) -> None:
    places = place(tmp_path, "libLLVM.so.99.1")
    with pytest.raises(SetupError, match=r"names LLVM 99\.1 .* cannot be loaded \(.+\); install"):
        llvm.select(environ={llvm.VARIABLE: str(tmp_path / "libLLVM.so.99.1")}, places=places)


def test_prepare_tells_drjit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(llvm.VARIABLE, "")
    choice = llvm.prepare()
    assert os.environ[llvm.VARIABLE] == str(choice.path)
    assert choice.version[0] >= llvm.OLDEST


def test_module_loads_before_drjit() -> None:
    code = "import sys, engine.trace.llvm; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"drjit", "mitsuba", "torch"} & set(loaded)


def test_module_needs_the_standard_library_only() -> None:
    source = Path(llvm.__file__).read_text("utf-8")
    imported = re.findall(r"^(?:from|import) ([\w.]+)", source, re.MULTILINE)
    ours = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    assert ours == {"engine.errors"}


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_every_platform_has_a_remedy(system: str) -> None:
    assert "install" in llvm.remedy(system)
