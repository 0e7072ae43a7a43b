"""Files to raw parts: one module per format, chosen by `dispatch`."""

from engine.cad.readers.dispatch import SUFFIXES, read

__all__ = ["SUFFIXES", "read"]
