"""The one ruler of this project: frozen scenes, a frozen baseline, references, metrics and time.

`python -m benchmarks.kit` or `make bench`; `make bench-quick` ends in ten minutes.
"""
