"""vector_norm: (sum of |x|^p)^(1 / p), or the largest or smallest |x|, over any dimensions.

Bounds by running error analysis: see parity/shared/unary.py and, for a power, pow.py. A sum of
powers that underflow may be 0 or off by all of itself, and one that overflows is divided by: any
gradient may follow, as may any root of a p below 0. An infinite norm is an element's size, exactly;
its gradient is one quotient, dy by the number of elements of that size.
"""

from math import isinf

import numpy as np

from crosscheck.kernels.reduction import vector_norm as kernels
from crosscheck.kernels.reduction.axes import axes
from crosscheck.parity.allowances import may_overflow
from crosscheck.parity.operator import NoIntegers
from crosscheck.parity.operators.pow import power
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import reductions, rounded, unary
from crosscheck.parity.shared.draws import VALUES, Drawn, one_of
from crosscheck.parity.shared.rounded import Rounded


def _reduced(x: Rounded, options: Options) -> tuple[int, ...]:
    return axes("vector_norm", options.get("dim"), x.value.ndim)


def _kept(a: Rounded, x: Rounded, options: Options) -> Rounded:
    """Return results with a 1 in the place of each reduced dimension."""
    over = _reduced(x, options)
    return _shaped(a, tuple(1 if i in over else n for i, n in enumerate(x.value.shape)))


def _shaped(a: Rounded, shape: tuple[int, ...]) -> Rounded:
    parts = (np.broadcast_to(each, a.value.shape) for each in (a.error, a.reach, a.before))
    error, reach, before = (each.reshape(shape) for each in parts)
    return Rounded(a.value.reshape(shape), error, a.dtype, reach, before)


def _sum(x: Rounded, options: Options) -> Rounded:
    """Return the sums below the root, with every dimension kept."""
    p, over = options.get("ord", 2), _reduced(x, options)
    if p == 0:
        terms = rounded.given((x.value != 0) * 1.0, x.dtype)
    elif p == 1:
        terms = abs(x)
    else:
        terms = power(abs(x), rounded.number(p, x.dtype))
        terms = rounded.select(x.value == 0, rounded.given(terms.value, x.dtype), terms)
    shape = tuple(1 if i in over else n for i, n in enumerate(x.value.shape))
    count = int(np.prod([x.value.shape[i] for i in over]))

    def first(each: np.ndarray) -> np.ndarray:
        return np.moveaxis(each, over, range(len(over))).reshape(count, *shape)

    return rounded.added(terms, first)


def _unsure(total: Rounded) -> np.ndarray:
    """Return where nothing is known of a sum."""
    lost = (total.error >= abs(total.value)) & (total.error > 0)
    return lost | may_overflow(total.reach, total.dtype)


def _forward(x: Rounded, options: Options) -> Rounded:
    p, over = options.get("ord", 2), _reduced(x, options)
    if isinf(p):
        largest = np.max if p > 0 else np.min
        y = rounded.given(largest(abs(x.value), over, keepdims=True), x.dtype)
    elif p in (0, 1):
        y = _sum(x, options)
    else:
        total = _sum(x, options)
        total = rounded.anything(total, _unsure(total) & (p < 0))
        y = power(total, rounded.number(1 / p, x.dtype))
        zeros = x.value == 0  # for a p below 0, the power of one of them is infinite
        is_zero = (zeros.any if p < 0 else zeros.all)(over, keepdims=True)
        y = rounded.select(is_zero, rounded.given(y.value * 0, x.dtype), y)
    keepdim = options.get("keepdim", False)
    shape = x.value.shape
    return y if keepdim else _shaped(y, tuple(n for i, n in enumerate(shape) if i not in over))


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    p, sign = options.get("ord", 2), rounded.given(np.sign(x.value), x.dtype)
    dy, y = (_kept(each, x, options) for each in (dy, y))
    if p == 0:
        return rounded.given(np.zeros(x.value.shape), x.dtype)
    if p == 1:
        return rounded.given(dy.value * sign.value, x.dtype)
    if isinf(p):
        return _of_extremes(dy, x, y, options)
    nothing = rounded.given(np.zeros(()), x.dtype)
    has_none = (y.value == 0) & (y.error == 0)
    y = rounded.anything(y, _unsure(_sum(x, options)) | (y.error >= abs(y.value)) & ~has_none)
    if p == 2:
        return dy * rounded.select(has_none, nothing, x / y)
    exponent = rounded.number(p, x.dtype)
    if p < 2:
        steep = sign * power(abs(x), exponent - 1)
    else:
        steep = x * power(abs(x), exponent - 2)
    if p < 1:
        steep = rounded.select(x.value == 0, nothing, steep)
        return steep * dy * power(y, 1 - exponent)
    return steep * rounded.select(has_none, nothing, dy / power(y, exponent - 1))


def _of_extremes(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    mask = (abs(x.value) == y.value) | np.isnan(x.value)
    count = mask.sum(_reduced(x, options), keepdims=True)
    share, factor = dy / rounded.given(count * 1.0, x.dtype), np.sign(x.value) * mask
    error = np.where(mask, share.error, 0.0)
    return Rounded(share.value * factor, error, x.dtype, share.reach, share.before)


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    if call.options.get("ord", 2) not in (0, 1):
        raise NoIntegers("powers, roots and shares are rounded")
    return reductions.integers(call, seed)


ORDERS = (2, 2.0, 1, 0, 3, 4, 1.5, 0.5, 0.3, -1, -2.5, np.inf, -np.inf)


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = reductions.fuzz(rng)
    has_elements = 0 not in inputs["input"]
    return inputs, {"ord": one_of(rng, ORDERS if has_elements else ORDERS[:9]), **options}


OPERATOR = unary.operator(
    kernels.VECTOR_NORM,
    kernels,
    _forward,
    _gradient,
    torch_function="linalg.vector_norm",
    opinfo_name="linalg.vector_norm",
    nn_function="linalg.vector_norm",
    parameters=("ord", "dim", "keepdim", "dtype"),
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    out_of_scope=reductions.out_of_scope,
)
