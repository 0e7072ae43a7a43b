"""The dispersion formulas of refractiveindex.info, by number; wavelengths in micrometres.

Formulas as the documentation of the database gives them (Dispersion formulas, M. N. Polyanskiy),
read in the programs `refractiveindex` (toftul/refractiveindex, GitHub), 1 to 7, and optiland, 8
and 9.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

Coefficients = Sequence[float]

#: More than any of them has.
MOST_COEFFICIENTS = 32


def index(number: int, c: Coefficients, w: float) -> float:
    """n by formula `number` at `w` um. Raises ValueError where it gives no real index."""
    try:
        n = _FORMULAS[number](_padded(number, c), w)
        if not math.isfinite(n):
            raise ValueError
    except (ArithmeticError, ValueError, TypeError):
        raise ValueError(f"formula {number} gives no index at {1e3 * w:.0f} nm") from None
    return n


def known() -> tuple[int, ...]:
    """Numbers of the formulas."""
    return tuple(_FORMULAS)


def _padded(number: int, c: Coefficients) -> Coefficients:
    """Trailing coefficients that are left out are 0; the first formula's come in pairs."""
    least = {4: 9, 7: 6, 8: 4, 9: 6}.get(number, 1)
    padded = [*c, *[0.0] * (least - len(c))]
    return padded if number in (7, 8, 9) or len(padded) % 2 else [*padded, 0.0]


def _pairs(c: Coefficients, start: int = 1) -> list[tuple[float, float]]:
    return list(zip(c[start::2], c[start + 1 :: 2], strict=True))


def _sellmeier(c: Coefficients, w: float) -> float:
    return math.sqrt(1.0 + c[0] + sum(b * w**2 / (w**2 - at**2) for b, at in _pairs(c)))


def _sellmeier_squared(c: Coefficients, w: float) -> float:
    return math.sqrt(1.0 + c[0] + sum(b * w**2 / (w**2 - at) for b, at in _pairs(c)))


def _polynomial(c: Coefficients, w: float) -> float:
    return math.sqrt(c[0] + sum(a * w**p for a, p in _pairs(c)))


def _general(c: Coefficients, w: float) -> float:
    resonances = sum(c[i] * w ** c[i + 1] / (w**2 - c[i + 2] ** c[i + 3]) for i in (1, 5) if c[i])
    return math.sqrt(c[0] + float(resonances) + sum(a * w**p for a, p in _pairs(c, 9)))


def _cauchy(c: Coefficients, w: float) -> float:
    return float(c[0] + sum(a * w**p for a, p in _pairs(c)))


def _gases(c: Coefficients, w: float) -> float:
    return 1.0 + c[0] + sum(b / (at - w**-2) for b, at in _pairs(c))


def _herzberger(c: Coefficients, w: float) -> float:
    x = 1.0 / (w**2 - 0.028)
    return c[0] + c[1] * x + c[2] * x**2 + c[3] * w**2 + c[4] * w**4 + c[5] * w**6


def _retro(c: Coefficients, w: float) -> float:
    x = c[0] + c[1] * w**2 / (w**2 - c[2]) + c[3] * w**2
    return math.sqrt((1.0 + 2.0 * x) / (1.0 - x))


def _exotic(c: Coefficients, w: float) -> float:
    return math.sqrt(c[0] + c[1] / (w**2 - c[2]) + c[3] * (w - c[4]) / ((w - c[4]) ** 2 + c[5]))


_FORMULAS: dict[int, Callable[[Coefficients, float], float]] = {
    1: _sellmeier,
    2: _sellmeier_squared,
    3: _polynomial,
    4: _general,
    5: _cauchy,
    6: _gases,
    7: _herzberger,
    8: _retro,
    9: _exotic,
}
