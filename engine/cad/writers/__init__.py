"""Pieces to files: one module per format; `engine.cad.write` puts the bytes on disk."""
