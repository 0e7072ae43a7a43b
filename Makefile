# Each target sets up .venv when it is missing or out of date; when nothing changed, that is a
# tenth of a second. Another Python: make test PYTHON=/path/to/python3.12

PYTHON ?=
export PYTHON

.PHONY: help setup demo test lint bench bench-quick clean

help:
	@echo "make demo    render the repository's own ring: out/demo.png"
	@echo "make test    every test"
	@echo "make lint    ruff and mypy"
	@echo "make bench   error and time against the baseline; bench-quick ends in ten minutes"
	@echo "make clean   remove .venv, out and caches"

setup:
	@tools/setup.sh

demo: setup
	@.venv/bin/python tools/demo.py out/demo.3dm
	@.venv/bin/culet render out/demo.3dm --metal gold-18k-yellow --stone diamond \
		--size 768x768 --spp 24 --times -o out/demo.png

test: setup
	@tools/browser.sh
	@.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy

bench: setup
	@.venv/bin/python -m benchmarks.kit

bench-quick: setup
	@.venv/bin/python -m benchmarks.kit --quick

clean:
	rm -rf .venv out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
