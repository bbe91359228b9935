"""lp_pool2d: powers of the elements of a window, their sum, its root.

Bounds by running error analysis: see parity/shared/unary.py and, for a power, pow.py. A window's
sum t may be off by so much that it is 0, or below 0 and without a root: anything may follow then,
unless all its terms are exactly 0. So it may where t overflows and is divided by.

An infinite norm is an element of the window, exactly; its gradient is the sum of the output
gradients of the windows that have the element: n terms, m = n - 1.
"""

from collections.abc import Callable
from math import isinf

import numpy as np

from crosscheck.kernels.pooling import lp_pool2d as kernels
from crosscheck.parity.allowances import may_overflow
from crosscheck.parity.operator import NO_SAMPLES, NoIntegers
from crosscheck.parity.operators.pow import power
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import rounded, sums, unary
from crosscheck.parity.shared.draws import VALUES, Drawn, one_of, window
from crosscheck.parity.shared.pooled import Pooled
from crosscheck.parity.shared.rounded import Rounded

# What scales the sums: a -> a (r s / taps).
Scale = Callable[[Rounded, Pooled], Rounded]


def _scale(a: Rounded, how: Pooled) -> Rounded:
    """One product, by a quotient that is 1 inside the image."""
    scale = how.taps_of_window / how.taps_inside()
    product = a * (rounded.given(scale, a.dtype) * 1)
    return rounded.select(scale == 1, a, product)


def _torch_mean(a: Rounded, how: Pooled) -> Rounded:
    return a / rounded.given(how.taps_inside(), a.dtype) * how.taps_of_window


def _torch_slope(a: Rounded, how: Pooled) -> Rounded:
    return a * how.taps_of_window / rounded.given(how.taps_inside(), a.dtype)


def _formulas(scale: Scale, slope_scale: Scale) -> tuple[unary.Forward, unary.Gradient]:
    def forward(x: Rounded, options: Options) -> Rounded:
        how, norm = Pooled.of(x.value.shape, options), options["norm_type"]
        if isinf(norm):
            signed = how.taps(np.copysign(abs(x.value), norm), -np.inf)
            return rounded.given(abs(signed.max(0)), x.dtype)
        t, unsure, mixed, overflows = below_root(x, how, norm)
        inverse = norm < 0
        t = rounded.anything(t, unsure & (mixed | inverse) | overflows & inverse)
        return power(t, rounded.number(1 / norm, x.dtype))

    def gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
        how, norm = Pooled.of(x.value.shape, options), options["norm_type"]
        if isinf(norm):
            return _of_extremes(dy, x, how, norm)
        t, unsure, _, overflows = below_root(x, how, norm)
        t = rounded.anything(t, unsure | overflows)
        root, norm = (rounded.number(each, x.dtype) for each in (1 / norm, norm))
        slope = slope_scale(dy * (root * power(t, root - 1)), how)
        nothing = np.isnan(t.value) | (t.value == 0) & (t.error == 0)
        slope = rounded.select(nothing, rounded.given(0 * dy.value, x.dtype), slope)
        total = rounded.added(slope, lambda each: how.spread(each[None]))
        return total * (norm * power(x, norm - 1))

    def below_root(
        x: Rounded, how: Pooled, norm: float
    ) -> tuple[Rounded, np.ndarray, np.ndarray, np.ndarray]:
        """Return t, and where it may be 0, has terms below 0, overflows."""
        powers = power(x, rounded.number(norm, x.dtype))
        powers = rounded.select(x.value == 0, rounded.given(powers.value, x.dtype), powers)
        total = rounded.added(powers, how.taps)
        exact = total.error == 0
        t = rounded.select(exact, rounded.given(total.value, x.dtype), scale(total, how))
        mixed = (how.taps(powers.value) < 0).any(0)
        overflows = may_overflow(np.fmax(total.reach, t.reach), x.dtype)
        return t, (t.error >= abs(t.value)) & ~exact, mixed, overflows

    return forward, gradient


def _of_extremes(dy: Rounded, x: Rounded, how: Pooled, norm: float) -> Rounded:
    signed = how.taps(np.copysign(abs(x.value), norm), -np.inf)
    taps = np.arange(len(signed)).reshape(-1, *[1] * x.value.ndim)
    won = how.spread(1.0 * (signed.argmax(0) == taps))
    has = won > 0
    value = np.where(has, how.spread(dy.value[None]), 0.0)
    size, count = abs(value).sum(0), won.sum(0)
    error = rounded.gamma(np.maximum(count - 1, 0), x.dtype) * size
    reach = np.where(count > 1, size, 0.0)
    return Rounded(np.sign(x.value) * value.sum(0), error, x.dtype, reach, reach)


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    if not isinf(call.options["norm_type"]):
        raise NoIntegers("powers and roots are rounded")
    outputs = call.run(call.ones())["forward"].shape
    windows = int(np.prod(outputs[-2:]))
    amplitude = sums.largest_product(windows)
    return sums.integers(call, seed, {"grad_output": outputs}, amplitude)


NORMS = (1, 2, 2.0, 3, 4, 1.5, 0.5, -1, -2.5, np.inf, -np.inf)


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = window(rng, dilated=False, padded=False)
    return inputs, {"norm_type": one_of(rng, NORMS), **options}


OPERATOR = unary.operator(
    kernels.LP_POOL2D,
    kernels,
    *_formulas(_scale, _scale),
    *_formulas(_torch_mean, _torch_slope),
    parameters=("norm_type", "kernel_size", "stride", "ceil_mode"),
    opinfo_name=NO_SAMPLES,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)
