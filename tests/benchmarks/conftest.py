"""The benchmarks trace too."""

from tests.tracing import variant as variant
