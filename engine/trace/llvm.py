"""Which LLVM library Dr.Jit is to load; decided before drjit is imported.

Dr.Jit compiles its CPU kernels with whatever libLLVM it finds, and left to itself it may pick an
old one: LLVM 14, 15 and 16 abort the whole process ("Cannot select: fminimum") on processors with
AVX-512. So the library is chosen here, in this order:

1. `DRJIT_LIBLLVM_PATH`, where it is set; a library there that is old or does not load is refused,
   never passed over.
2. The newest library of version 17 or later in the platform's usual folders (`folders`) that loads:
   some lack a library of their own, such as libc++.

Standard library only: this module must load where nothing else does, and before drjit.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import SetupError

#: The variable that Dr.Jit reads when its LLVM backend starts.
VARIABLE = "DRJIT_LIBLLVM_PATH"

#: The oldest major version that does not abort on AVX-512 machines.
OLDEST = 17

Version = tuple[int, ...]

_IN_NAME = re.compile(r"^libLLVM(?:\.so\.|[-.])(\d+(?:\.\d+)?)")

# Run in a process of its own: two versions of LLVM in one process may clash.
_ASK = """
import ctypes, sys
parts = [ctypes.c_uint(0) for _ in range(3)]
ctypes.CDLL(sys.argv[1]).LLVMGetVersion(*map(ctypes.byref, parts))
print(*(part.value for part in parts))
"""


@dataclass(frozen=True)
class LlvmChoice:
    """The library that Dr.Jit will load.

    path : of the library. version : (19, 1) for LLVM 19.1. why : half a sentence for people.
    """

    path: Path
    version: Version
    why: str

    def __str__(self) -> str:
        return f"LLVM {_dotted(self.version)} at {self.path} ({self.why})"


def load_problem(path: Path) -> str | None:
    """Why the library at `path` cannot be loaded, in the system's words; None when it can.

    It is loaded into this process, all its symbols bound at once, as Dr.Jit will do with the one
    that is chosen; one that fails leaves nothing behind.
    """
    try:
        ctypes.CDLL(str(path))
    except OSError as problem:
        return str(problem)
    return None


def select(
    environ: Mapping[str, str] | None = None,
    places: tuple[Path, ...] | None = None,
    problem: Callable[[Path], str | None] = load_problem,
) -> LlvmChoice:
    """The library to use, without touching the environment.

    environ : where to look for `DRJIT_LIBLLVM_PATH`; the process's own by default.
    places  : folders to search; those of this platform by default.
    problem : why a library cannot be loaded, or None.
    Raises SetupError when there is none, or when the variable names one that will not do.
    """
    environ = os.environ if environ is None else environ
    places = folders() if places is None else places
    named = environ.get(VARIABLE, "")
    if named:
        return _named(named, places, problem)
    found = [(version, path) for path in libraries(places) if (version := version_of(path))]
    fitting = [(version, path) for version, path in found if version[0] >= OLDEST]
    failed: list[str] = []
    for version, path in sorted(fitting, key=lambda item: item[0], reverse=True):
        reason = problem(path)
        if reason is None:
            return LlvmChoice(path, version, f"{_newest(failed)} of {len(found)} found")
        failed.append(f"{_dotted(version)} at {path}: {reason}")
    if failed:
        seen = f"none that was found can be loaded ({'; '.join(failed)})"
    else:
        old = ", ".join(f"{_dotted(version)} at {path}" for version, path in found)
        seen = f"only too old ones were found ({old})" if old else "none was found"
    raise SetupError(f"Rendering needs LLVM {OLDEST} or later, but {seen}; {remedy()}.")


def _newest(failed: list[str]) -> str:
    return "the newest" if not failed else f"the newest that loads (not {'; '.join(failed)})"


def prepare() -> LlvmChoice:
    """Choose the library and tell Dr.Jit; call it before drjit is imported.

    Raises SetupError as `select` does.
    """
    choice = select()
    os.environ[VARIABLE] = str(choice.path)
    return choice


def folders(system: str = sys.platform) -> tuple[Path, ...]:
    """The folders in which LLVM is usually installed on `system` (a `sys.platform`)."""
    if system == "darwin":
        fixed = ["/opt/homebrew/opt/llvm/lib", "/usr/local/opt/llvm/lib"]
        patterns = ["opt/homebrew/opt/llvm@*/lib", "usr/local/opt/llvm@*/lib"]
    elif system == "win32":
        programs = os.environ.get("PROGRAMFILES", "C:/Program Files")
        fixed, patterns = [f"{programs}/LLVM/bin"], []
    else:
        fixed = [f"/usr/lib/{platform.machine()}-linux-gnu", "/usr/lib64", "/usr/lib"]
        patterns = ["usr/lib/llvm*/lib", "usr/lib64/llvm*/lib*"]
    globbed = [folder for pattern in patterns for folder in sorted(Path("/").glob(pattern))]
    conda = [Path(sys.prefix, "Library/bin" if system == "win32" else "lib")]
    return tuple(folder for folder in [*map(Path, fixed), *globbed, *conda] if folder.is_dir())


def libraries(places: tuple[Path, ...]) -> Iterator[Path]:
    """Every LLVM library in `places`, links followed, each once."""
    seen: set[Path] = set()
    for folder in places:
        for path in sorted(folder.iterdir()):
            known = path.name in {"libLLVM.dylib", "libLLVM.so", "LLVM-C.dll"}
            if (known or _IN_NAME.match(path.name)) and path.is_file():
                real = path.resolve()
                if real not in seen:
                    seen.add(real)
                    yield real


def version_of(path: Path) -> Version | None:
    """The version of the library at `path`: from its name, or by asking it; None when unknown."""
    match = _IN_NAME.match(path.resolve().name) or _IN_NAME.match(path.name)
    if match:
        return tuple(int(part) for part in match[1].split("."))
    try:
        answer = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _ASK, str(path)],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None  # not a library of this machine, or older than LLVMGetVersion (LLVM 16)
    return tuple(int(part) for part in answer.stdout.split()[:2])


def remedy(system: str = sys.platform) -> str:
    """What to type to get a fitting LLVM on `system`, as half a sentence."""
    if system == "darwin":
        return "install one with 'brew install llvm'"
    if system == "win32":
        return "install one with 'winget install LLVM.LLVM'"
    if Path("/usr/bin/apt-get").exists():
        return "install one with 'sudo apt-get install libllvm19' (or a later libllvm)"
    return f"install your distribution's LLVM library (llvm-libs), {OLDEST} or later"


def _named(
    named: str, places: tuple[Path, ...], problem: Callable[[Path], str | None]
) -> LlvmChoice:
    """The library that DRJIT_LIBLLVM_PATH names: a path, or a file name in a usual folder."""
    bare = [folder / named for folder in places] if Path(named).name == named else []
    path = next((path for path in [*bare, Path(named)] if path.is_file()), None)
    if path is None:
        raise SetupError(
            f"{VARIABLE} names '{named}', which is not there; correct the variable or unset it."
        )
    version = version_of(path)
    if version is None or version[0] < OLDEST:
        what = "a library of unknown version" if version is None else f"LLVM {_dotted(version)}"
        raise SetupError(
            f"{VARIABLE} names {what} ({path}), but Dr.Jit needs LLVM {OLDEST} or later; "
            f"{remedy()} and unset the variable."
        )
    reason = problem(path)
    if reason is not None:
        raise SetupError(
            f"{VARIABLE} names LLVM {_dotted(version)} ({path}), which cannot be loaded "
            f"({reason}); install what it lacks, or unset the variable."
        )
    return LlvmChoice(path, version, f"{VARIABLE} names it")


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
