"""Set the variant once; tests run on the CPU."""

import pytest

from engine.trace.variant import activate


@pytest.fixture(scope="session", autouse=True)
def variant() -> str:
    return activate("cpu")
