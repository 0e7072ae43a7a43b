#!/bin/sh
# Sees to a Chromium for the tests of the spin page; where none can be had, they are skipped and say so.
set -u

say() { printf '%s\n' "$*" >&2; }

if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ]; then sudo=''
elif sudo -n true 2>/dev/null; then sudo='sudo -n'
else say "tests: the spin page is not tested; sudo apt-get install chromium would change that"; exit 0
fi
say "tests: installing chromium for the spin page"
{ $sudo apt-get update -qq &&
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
} >/dev/null 2>&1 || say "tests: apt-get could not install chromium; the spin page is not tested"
