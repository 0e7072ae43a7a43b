"""These tests trace: see `tests.tracing`."""

from tests.tracing import variant as variant
