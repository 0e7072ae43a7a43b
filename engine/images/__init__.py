"""Reading and writing pixels: the only home of pillow, ffmpeg and OpenEXR.

    images.read("studio.hdr")                 # [H, W, C]: float32 linear light, or code values
    images.write("ring.png", pixels)          # uint8 or uint16 sRGB code values
    images.write_exr("ring.exr", {"R": red})  # float16 or float32 channels by name
    images.write_film("ring.mp4", pictures, 24)
    images.lettering("Ruby", 20)              # [H, W] coverage of a line of text

Nothing here knows of exposure, encoding or views: code values come in, code values go out.
"""

from engine.images.exr import read_exr as read_exr
from engine.images.exr import write_exr as write_exr
from engine.images.files import replace as replace
from engine.images.film import FILMS as FILMS
from engine.images.film import write_film as write_film
from engine.images.reader import read as read
from engine.images.scale import scaled as scaled
from engine.images.text import lettering as lettering
from engine.images.text import wrapped as wrapped
from engine.images.writer import SUFFIXES as SUFFIXES
from engine.images.writer import encode as encode
from engine.images.writer import write as write

__all__ = [
    "FILMS",
    "SUFFIXES",
    "encode",
    "lettering",
    "read",
    "read_exr",
    "replace",
    "scaled",
    "wrapped",
    "write",
    "write_exr",
    "write_film",
]
