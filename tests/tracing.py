"""The fixture of all tests that trace."""

import pytest

from engine.trace.variant import activate


@pytest.fixture(scope="session", autouse=True)
def variant() -> str:
    """The variant, set once: tests run on the CPU."""
    return activate("cpu")
