"""The colour of what a sketch does not know, and which parts a sketch helps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.trace.budget import DARK, relative
from engine.trace.film import spread
from engine.types import FloatArray, ImageArray, IntArray, Sketch

#: Radiance of what is hidden, as far as a part's samples do not tell, and how many pixels that show
#: nothing else this is worth (estimated).
DIM, DOUBTED = 0.5, 1.0
#: How much more than what it explains a sketch may leave of a part, as relative variance: some more
#: is worth it, since what it leaves is smoother.
WORSE = 2.0


@dataclass(frozen=True, eq=False)
class Sums:
    """What samples and their sketches s, g and h of a frame come to, by pixel, [H, W, 3] but for
    the counts, [H, W].

    light, known, hidden : means of s, and of g and h as the samples' wavelengths show them. own :
    the same of g and h as the spectrum does. further : over further places. rest2, cross, hidden2 :
    means of (s - g)², (s - g) h and h². samples, places : samples, and further places.
    """

    light: ImageArray
    known: ImageArray
    hidden: ImageArray
    own: tuple[ImageArray, ImageArray]
    further: tuple[ImageArray, ImageArray]
    rest2: ImageArray
    cross: ImageArray
    hidden2: ImageArray
    samples: ImageArray
    places: ImageArray


def fitted(sums: Sums, part: IntArray) -> Sketch:
    """The sketch g + c h in which every part has that colour c of what is hidden which leaves least
    of its light, squared and relative to what it shows. part : [H, W].

    The mean is right for any c, and a part's thousands of samples choose three numbers only, so
    what they find by chance hardly counts.
    """
    c = np.full_like(sums.light, DIM)
    for _ in range(2):  # since what it shows depends on the colour
        c = _colour(sums, part, sums.known[..., 1] + c[..., 1] * sums.hidden[..., 1])
    here = sums.known + c * sums.hidden
    own, further = (known + c * hidden for known, hidden in (sums.own, sums.further))
    n, m = sums.samples[..., None], sums.places[..., None]
    every = np.maximum(n + m, 1)
    second = sums.rest2 - 2 * c * sums.cross + c**2 * sums.hidden2
    return Sketch(
        here=here,
        around=(n * own + m * further) / every,
        variance=(spread(sums.light - here, second, n) / np.maximum(n, 1)).astype(np.float32),
        # Of a mean over both, by how far they are apart: n m / (n + m)² of its square.
        doubt=(own - further) ** 2 * (n * m / every**2),
    )


def helpful(sketch: Sketch, xyz: ImageArray, variance: ImageArray, part: IntArray) -> Sketch:
    """`sketch` without the parts that it does not help: what it leaves of them varies by more than
    `WORSE` of what they show.

    Small lamps in the dark, mirrored sharply where metal blurs them, are an example. xyz, variance,
    part : of the frame.
    """
    number = _numbers(part)
    left, shown = (
        _sums(number, relative(noise, xyz[..., 1])) for noise in (sketch.variance, variance)
    )
    out = (left > WORSE * shown)[number][..., None]
    return Sketch(
        here=np.where(out, np.float32(0), sketch.here),
        around=np.where(out, np.float32(0), sketch.around),
        variance=np.where(out, variance, sketch.variance),
        doubt=np.where(out, np.float32(0), sketch.doubt),
    )


def _colour(sums: Sums, part: IntArray, luminance: ImageArray) -> ImageArray:
    """[H, W, 3] of what is hidden, by weighted least squares over each part; never negative.

    luminance : [H, W], of what is shown.
    """
    number = _numbers(part)
    weight = sums.samples / (luminance**2 + DARK)
    told = DOUBTED * _sums(number, weight) / np.maximum(np.bincount(number.ravel()), 1)
    colour = []
    for channel in range(3):
        h, left = (image[..., channel] for image in (sums.hidden, sums.light - sums.known))
        products, squares = (_sums(number, weight * h * of) for of in (left, h))
        colour.append((products + told * DIM) / np.maximum(squares + told, 1e-12))
    return np.maximum(np.stack(colour, axis=1), 0)[number].astype(np.float32)


def _numbers(part: IntArray) -> IntArray:
    """[H, W] numbers of the parts from 0 on, those of ground and of nothing first."""
    return np.maximum(part, -2) + 2


def _sums(number: IntArray, image: ImageArray) -> FloatArray:
    """Sums over the pixels of each number, of what is finite."""
    finite = np.nan_to_num(image, posinf=0, neginf=0).ravel()
    return np.asarray(np.bincount(number.ravel(), finite), dtype=np.float64)
