#!/bin/sh
# Makes .venv ready for `make demo | test | lint | bench`; does nothing when it is.
#
# Takes a Python 3.11 to 3.13 from PATH ($PYTHON first, if set), installs the project in editable
# form with the versions of constraints.txt, and sees to an LLVM library for Dr.Jit.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }

fits() { # a command that runs, is CPython 3.11 to 3.13, and can make a virtual environment
  "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
    >/dev/null 2>&1
}

find_python() {
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
    if fits "$candidate"; then printf '%s\n' "$candidate"; return; fi
  done
  fail "no Python 3.11, 3.12 or 3.13 with venv is on PATH; install one (Debian, Ubuntu:" \
    "sudo apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3.12"
}

install_packages() {
  wanted=$(cat pyproject.toml constraints.txt | cksum)
  if [ -x .venv/bin/python ] && [ "$(cat .venv/culet-setup 2>/dev/null)" = "$wanted" ]; then return; fi
  if ! fits .venv/bin/python; then
    python=$(find_python)
    say "setup: making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
  fi
  say "setup: installing packages (minutes, once)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable '.[dev]' ||
    fail "the packages could not be installed; see the message above"
  printf '%s\n' "$wanted" >.venv/culet-setup
}

has_llvm() { .venv/bin/python -c 'from engine.trace.llvm import select; select()' >/dev/null 2>&1; }

fitting_llvm() { # LLVM 19, which is tested, or the next later one that apt knows
  apt-cache search --names-only '^libllvm[0-9]+(t64)?$' | sed -n 's/^libllvm\([0-9]*\).*/\1 &/p' |
    sort -n | awk '$1 >= 19 { print $2; exit }'
}

install_llvm() {
  if has_llvm; then return; fi
  # A variable that names a wrong library is for its owner to correct: installing would not help.
  if [ -n "${DRJIT_LIBLLVM_PATH:-}" ] || ! command -v apt-get >/dev/null; then
    explain_llvm
  fi
  if [ "$(id -u)" = 0 ]; then sudo=''
  elif sudo -n true 2>/dev/null; then sudo='sudo -n'
  else
    package=$(fitting_llvm)
    fail "rendering needs LLVM; type this, then make again:" \
      "sudo apt-get update && sudo apt-get install ${package:-libllvm19}"
  fi
  package=$(fitting_llvm)
  if [ -z "$package" ]; then
    $sudo apt-get update -qq >&2
    package=$(fitting_llvm)
  fi
  [ -n "$package" ] || fail "apt knows no libllvm19 or later; install LLVM 17 or later by hand" \
    "and name its library in DRJIT_LIBLLVM_PATH"
  say "setup: installing $package for Dr.Jit"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "$package" >&2 || fail "apt-get could not install $package; see the message above"
  has_llvm || explain_llvm
}

explain_llvm() { # the engine's own sentence, with the remedy for this system
  fail "$(.venv/bin/python -c '
from engine.errors import SetupError
from engine.trace.llvm import select
try:
    select()
except SetupError as error:
    print(error)')"
}

install_packages
install_llvm
