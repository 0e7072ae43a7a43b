"""Waves in a crystal, on Dr.Jit arrays; the numpy twin is `engine.optics.crystal`.

Where the twin solves an eigenproblem, the kernel uses the optic axes: with unit vectors N1, N2
along them the impermeability is b I + Δ (N1 N2ᵀ + N2 N1ᵀ), and the two waves of a normal s have
1/n² = b + Δ (a1·a2 ± |a1||a2|), with a the parts of N1, N2 across s, and swing along the bisectors
of a1 and ±a2 (Fresnel; Born and Wolf, ch. 15). One formula serves uniaxial crystals, N1 = ±N2, and
biaxial ones. A wave is its wave vector K = n s, in units of that in vacuum, and its sign: `plus`.
"""

from __future__ import annotations

from typing import Any

from engine.trace.backend import dr, mi

#: Steps of Newton's method; each doubles the digits, but for grazing waves.
STEPS = 4
#: Below this a direction lies along an optic axis, and any D across it will do.
NEAR_AXIS = 1e-12
#: Slope of the wave surface over the facet below which no wave goes off it.
LEAST_SLOPE = 1e-4
#: How far K may be off its surface in the end, of |K|² b; waves that graze a facet by less than two
#: degrees are not found.
OFF_SURFACE = 2e-5


class Waves:
    """The two waves of every direction in one stone, at one wavelength.

    axes : unit vectors along the principal axes, by increasing index. n : Vector3f, the indices.
    double : elsewhere both waves have the mean index, and part in nothing but colour.

    A plain class: Dr.Jit takes dataclasses for loop state, and nothing of this changes.
    """

    def __init__(self, axes: list[Any], n: Any, double: Any) -> None:
        self.axes = axes
        mean2 = dr.square((n.x + n.y + n.z) / 3)
        low, middle, high = dr.rcp(dr.square(n.x)), dr.rcp(dr.square(n.y)), dr.rcp(dr.square(n.z))
        sin2 = dr.clip((low - middle) / dr.fmax(low - high, 1e-9), 0, 1)
        across, along = dr.sqrt(sin2) * axes[0], dr.sqrt(1 - sin2) * axes[2]
        self.N1, self.N2 = mi.Vector3f(along + across), mi.Vector3f(along - across)
        self.c = 1 - 2 * sin2
        self.b = dr.select(double, middle, dr.rcp(mean2))
        self.Δ = dr.select(double, 0.5 * (high - low), 0)
        self.most2 = dr.select(double, dr.square(n.z), mean2)

    def _parts(self, K: Any) -> tuple[Any, Any, Any, Any, Any]:
        """K·K, K·N1, K·N2 and |K|² |a|² for both axes."""
        K2, k1, k2 = dr.squared_norm(K), dr.dot(K, self.N1), dr.dot(K, self.N2)
        X = dr.fmax(K2 - dr.square(k1), NEAR_AXIS)
        Y = dr.fmax(K2 - dr.square(k2), NEAR_AXIS)
        return K2, k1, k2, X, Y

    def index(self, s: Any, plus: Any) -> Any:
        """Index of the wave along the unit normal s."""
        _, k1, k2, X, Y = self._parts(s)
        root = dr.sqrt(X * Y)
        return dr.rsqrt(self.b + self.Δ * (self.c - k1 * k2 + dr.select(plus, root, -root)))

    def ray(self, K: Any, plus: Any) -> Any:
        """Unit direction in which the wave carries its energy: normal to the surface of all K."""
        _, k1, k2, X, Y = self._parts(K)
        ratio = dr.select(plus, 1, -1) * dr.sqrt(Y / X)
        g = self.c * K - 0.5 * (k2 * self.N1 + k1 * self.N2)
        g += 0.5 * (ratio * (K - k1 * self.N1) + dr.rcp(ratio) * (K - k2 * self.N2))
        return dr.normalize(mi.Vector3f(self.b * K + self.Δ * g))

    def swing(self, K: Any, plus: Any) -> Any:
        """Unit D of the wave, up to its sign."""
        one, other = self.swings(K)
        return dr.select(plus, one, other)

    def swings(self, K: Any) -> tuple[Any, Any]:
        """Unit D of the plus wave and of the minus wave along K."""
        s = dr.normalize(K)
        a1, a2 = self.N1 - dr.dot(self.N1, s) * s, self.N2 - dr.dot(self.N2, s) * s
        a1 *= dr.rsqrt(dr.fmax(dr.squared_norm(a1), NEAR_AXIS))
        a2 *= dr.rsqrt(dr.fmax(dr.squared_norm(a2), NEAR_AXIS))
        acute = dr.dot(a1, a2) >= 0
        # The bisector of the acute angle is never short; what is added serves along an optic axis.
        aside = mi.coordinate_system(s)[0]
        D = dr.normalize(mi.Vector3f(a1 + dr.select(acute, a2, -a2) + 1e-5 * aside))
        normal = mi.Vector3f(dr.cross(s, D))
        return dr.select(acute, D, normal), dr.select(acute, normal, D)

    def off(self, κ: Any, N: Any, plus: Any) -> tuple[Any, Any]:
        """K of the wave that goes off a facet to the side of the unit vector N, and whether there
        is one. κ : its part along the facet.

        Along N the surface of all K is convex: Newton's method from beyond it ends on the side
        whose rays leave the facet.
        """
        κ2 = dr.squared_norm(κ)
        α1, α2, ν1, ν2 = (dr.dot(v, axis) for v in (κ, N) for axis in (self.N1, self.N2))
        q = dr.sqrt(dr.fmax(self.most2 - κ2, 0))
        slope = H = mi.Float(0)
        for step in range(STEPS + 1):
            K2, k1, k2 = κ2 + dr.square(q), α1 + q * ν1, α2 + q * ν2
            X = dr.fmax(K2 - dr.square(k1), NEAR_AXIS)
            Y = dr.fmax(K2 - dr.square(k2), NEAR_AXIS)
            ratio = dr.select(plus, 1, -1) * dr.sqrt(Y / X)
            g = self.c * q - 0.5 * (ν1 * k2 + ν2 * k1)
            g += 0.5 * (ratio * (q - k1 * ν1) + dr.rcp(ratio) * (q - k2 * ν2))
            slope = 2 * (self.b * q + self.Δ * g)
            H = self.b * K2 + self.Δ * (self.c * K2 - k1 * k2 + ratio * X) - 1
            if step < STEPS:
                q -= dr.select(slope > LEAST_SLOPE, H / slope, 0)
        return mi.Vector3f(κ + q * N), (slope > LEAST_SLOPE) & (dr.abs(H) < OFF_SURFACE)

    def enter(self, d: Any, N: Any, plus: Any) -> Any:
        """K of light from air along d, past a facet of unit normal N, d·N > 0."""
        return self.off(d - dr.dot(d, N) * N, N, plus)[0]

    def mirror(self, K: Any, plus: Any, N: Any) -> tuple[Any, Any, Any]:
        """Waves into which a facet of outward unit normal N mirrors a wave from inside: K of the
        plus wave and of the minus wave, and the share of the plus wave."""
        p = dr.dot(K, N)
        κ = K - p * N
        one, is_one = self.off(κ, -N, mi.Bool(True))
        other, is_other = self.off(κ, -N, mi.Bool(False))
        D = self.swing(K, plus)
        D -= 2 * dr.dot(D, N) * N
        # The D of each new wave itself: then a path has the same share in both directions.
        to_one = dr.square(dr.dot(D, self.swing(one, mi.Bool(True)))) + 1e-9
        to_other = dr.square(dr.dot(D, self.swing(other, mi.Bool(False)))) + 1e-9
        share = to_one / (to_one + to_other)
        share = dr.select(is_one & is_other, share, dr.select(is_one, mi.Float(1), 0))
        # Of waves that graze the facet neither may have been found: then the wave keeps its kind.
        neither = ~is_one & ~is_other
        return one, other, dr.select(neither, dr.select(plus, mi.Float(1), 0), share)
