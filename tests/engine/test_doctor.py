"""`culet doctor` finds out what works, and what stands in the way."""

from pathlib import Path

import pytest

from engine import doctor
from engine.trace import llvm


def states(report: doctor.Report) -> dict[str, str]:
    return {check.name: check.state for check in report.checks}


def test_this_machine_renders() -> None:
    report = doctor.examine()
    assert report.can_render, report.to_json()
    assert report.variant in {"llvm_ad_spectral", "cuda_ad_spectral"}
    assert states(report)["test render"] == "ok"
    assert {"Python", "mitsuba", "drjit", "LLVM", "CUDA", "OptiX", "torch", "memory", "disk"} <= (
        states(report).keys()
    )


def test_an_old_llvm_is_bad_and_comes_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "libLLVM-14.so.1"
    old.touch()
    monkeypatch.setenv(llvm.VARIABLE, str(old))
    found = doctor.find_llvm(needed=True)
    assert found.state == "bad"
    assert "unset" in found.remedy
    assert doctor.find_llvm(needed=False).state == "note"
    assert not doctor.Report((found,), None).can_render


def test_a_missing_package_is_bad() -> None:
    assert doctor.find_package("numpy").state == "ok"
    assert doctor.find_package("no-such-package").state == "bad"


def test_a_render_that_dies_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong LLVM aborts the process: the doctor itself must survive that."""
    monkeypatch.setattr(doctor, "_TINY_RENDER", "import os; os.abort()")
    check, variant = doctor.try_render()
    assert check.state == "bad"
    assert "-6" in check.text
    assert variant is None


def test_little_room_is_noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "LITTLE_DISK_GB", 1e12)
    monkeypatch.setattr(doctor, "LITTLE_MEMORY_GB", 1e12)
    assert doctor.find_disk(tmp_path).state == "note"
    assert doctor.find_memory().state == "note"
