"""What a newcomer finds at the top of the repository."""

import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import engine

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return match[0].lower().replace("_", "-")


def pins() -> dict[str, str]:
    lines = [line for line in text("constraints.txt").splitlines() if not line.startswith("#")]
    return dict(line.split("==") for line in lines)


def test_version_is_said_once_and_everywhere() -> None:
    assert PROJECT["version"] == engine.__version__
    assert f"version: {engine.__version__}" in text("CITATION.cff")
    assert engine.__version__ in text("CHANGELOG.md") or "[Unreleased]" in text("CHANGELOG.md")


def test_license_is_whole() -> None:
    licence = text("LICENSE")
    assert PROJECT["license"] == "Apache-2.0"
    assert "END OF TERMS AND CONDITIONS" in licence
    assert len(licence.splitlines()) > 170


def test_every_dependency_is_pinned_to_an_exact_version() -> None:
    needed = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert {name_of(requirement) for requirement in needed} - pins().keys() == set()
    exact = {name_of(r): r.partition("==")[2] for r in needed if "==" in r}
    assert {name: pins()[name] for name in exact} == exact


def test_pins_are_bare_versions_that_local_builds_satisfy() -> None:
    assert [v for v in pins().values() if not re.fullmatch(r"\d+(\.\d+)*(\.post\d+)?", v)] == []
    assert list(pins()) == sorted(pins())


@pytest.mark.parametrize("target", ["demo", "test", "lint", "bench"])
def test_make_target_sets_up_first(target: str) -> None:
    assert re.search(rf"^{target}: setup$", text("Makefile"), re.MULTILINE)


def test_ci_runs_the_tests_and_nothing_else() -> None:
    lines = text(".ci/run").splitlines()
    assert lines[-1] == "exec make test"
    assert (ROOT / ".ci/run").stat().st_mode & stat.S_IXUSR


def test_hooks_are_local_and_run_the_linters() -> None:
    repos = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
    assert {repo["repo"] for repo in repos} == {"local"}
    entries = [hook["entry"] for repo in repos for hook in repo["hooks"]]
    assert entries == [".venv/bin/ruff check", ".venv/bin/ruff format --check", ".venv/bin/mypy"]


def test_no_registry_host_is_named() -> None:
    host = re.compile(r"pypi\.|pythonhosted|--(extra-)?index-url|--find-links|anaconda\.org")
    files = ["Makefile", "README.md", "CONTRIBUTING.md", "pyproject.toml", "constraints.txt"]
    for name in [*files, "tools/setup.sh", ".ci/run", ".pre-commit-config.yaml"]:
        assert not host.search(text(name)), name


def test_contributing_states_the_design() -> None:
    assert re.search(r"^## Design$", text("CONTRIBUTING.md"), re.MULTILINE)


def test_readme_example_names_what_exists() -> None:
    code = re.findall(r"```python\n(.*?)```", text("README.md"), re.DOTALL)
    assert code
    named = {name for block in code for name in re.findall(r"\bengine\.(\w+)", block)}
    assert named <= set(engine.__all__)
    assert {"load", "compose", "trace", "refine", "finish", "save"} <= named


def test_linter_bites(tmp_path: Path) -> None:
    """The configured rules really apply: an unused import and a print are refused."""
    bad = tmp_path / "bad.py"
    bad.write_text("import os\nprint('left over')\n")
    command = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml")]
    run = subprocess.run([*command, str(bad)], capture_output=True, text=True)
    assert run.returncode == 1
    assert "F401" in run.stdout
    assert "T201" in run.stdout
