"""The command `culet`, on top of everything else.

app       the commands and how they are called        options  what may be given, and reads it
render    files in, pictures out                      targets  where the pictures go
show      info, materials, studios, doctor            console  errors, progress, exit codes
"""

from engine.cli.app import main

__all__ = ["main"]
