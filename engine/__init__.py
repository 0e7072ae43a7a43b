"""Culet: a jeweller's CAD file in, pictures that pass for photographs out."""

__version__ = "0.1.0"
