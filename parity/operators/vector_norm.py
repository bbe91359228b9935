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
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import NoIntegers
from crosscheck.parity.operators.pow import power
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import reduction_problems, reductions, rounded, unary
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


def _of_order(name: str, reason: str, ord: float, **how: object) -> Problem:
    return Problem("vector_norm", name, reason, {"input": (3, 5)}, {"ord": ord, "dim": 1}, **how)


SPARSE = np.where(np.arange(24.0).reshape(4, 6) % 5 == 1, 1.5, 0.0) * [[1], [0], [-1], [1]]

PROBLEMS = (
    *reduction_problems.problems("vector_norm"),
    *(
        _of_order(f"order-{word}", reason, p)
        for word, reason, p in (
            ("0", "a count", 0),
            ("1", "a sum of sizes", 1),
            ("3", "products below a root by pow", 3),
            ("4", "an integer by pow", 4),
            ("1.5", "a derivative with a root", 1.5),
            ("0.5", "below 1: roots, and a square of their sum", 0.5),
            ("0.3", "a p that is rounded", 0.3),
            ("minus-1", "reciprocals", -1),
            ("minus-2.5", "powers below 0", -2.5),
            ("infinite", "the largest size", np.inf),
            ("minus-infinite", "the smallest size", -np.inf),
        )
    ),
    *(
        Problem(
            "vector_norm",
            f"zeros-{word}",
            "vectors with zeros, and of nothing else",
            {"input": SPARSE},
            {"ord": p, "dim": 1},
        )
        for word, p in (("0", 0), ("2", 2), ("3", 3), ("0.5", 0.5), ("minus-1", -1))
    ),
    _of_order("shared-infinite", "the largest share the gradient", np.inf, values="ties"),
    _of_order("shared-minus-infinite", "the smallest share it", -np.inf, values="ties"),
    _of_order("nan-infinite", "NaN counts as the largest", np.inf, values="nan"),
    _of_order("nan-0", "NaN counts as an element", 0, values="nan"),
    Problem(
        "vector_norm",
        "apart-infinite",
        "the largest over two dimensions apart",
        {"input": (2, 3, 4, 5)},
        {"ord": np.inf, "dim": (0, 2), "keepdim": True},
    ),
    Problem(
        "vector_norm",
        "tree-3",
        "one vector long enough for the tree",
        {"input": (1100,)},
        {"ord": 3},
    ),
)
SPECIAL_VALUES = ("rows", "order-1.5", "order-0.5", "order-infinite")


def _bad(wrong: str, ord: object, dim: object, *shape: int) -> Problem:
    return rejected("vector_norm", wrong, {"input": zeros(*shape)}, ord=ord, dim=dim)


REJECTS = (
    *reduction_problems.rejects("vector_norm"),
    _bad("an order in words", "2", 1, 2, 3),
    _bad("the largest of nothing", np.inf, 1, 3, 0),
    _bad("reciprocals of nothing", -1, None, 0, 3),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "vector_norm", case)


FAULTS = (
    _fault("a norm keeps the signs", "size = math.fabs(x)", "size = x", "order-3"),
    _fault("a count is a sum", "real(0) if x == real(0) else real(1)", "math.fabs(x)", "order-0"),
    _fault("a norm is a sum of powers", "return power(total, inverse)", "return total", "rows"),
    _fault(
        "a norm has the root of its power",
        "return power(total, inverse)",
        "return power(total, p)",
        "order-1.5",
    ),
    _fault(
        "a vector of zeros has a direction",
        "(real(0) if y == real(0) else x / y)",
        "(x / y)",
        "zeros-2",
    ),
    _fault(
        "a vector of zeros has a slope",
        "real(0) if y == real(0) else dy / power",
        "dy / power",
        "zeros-3",
    ),
    _fault(
        "the slope at 0 is infinite",
        "real(0) if x == real(0) else power",
        "power",
        "zeros-0.5",
    ),
    _fault(
        "the gradient of a size has no sign",
        "return absolute_gradient(dy, x)",
        "return dy",
        "order-1",
    ),
    _fault(
        "the slope of a power has no sign",
        "return absolute_gradient(power(math.fabs(x), p - real(1)), x) * share",
        "return power(math.fabs(x), p - real(1)) * share",
        "order-1.5",
    ),
    _fault(
        "the slope of a cube is a square's",
        "return x * power(math.fabs(x), p - real(2)) * share",
        "return x * share",
        "order-3",
    ),
    _fault(
        "the slope of a root has its exponent",
        "dy * power(y, real(1) - p)",
        "dy * power(y, p)",
        "order-0.3",
    ),
    _fault(
        "a count has a slope",
        "        return real(0)\n    if p == real(1)",
        "        return dy\n    if p == real(1)",
        "order-0",
    ),
    _fault(
        "every largest element gets all of the gradient",
        "dy[a, b, c, d] / count[a, b, c, d] * mask",
        "dy[a, b, c, d] * mask",
        "shared-infinite",
    ),
    _fault(
        "NaN is not the largest",
        "== y[a, b, c, d] or value != value",
        "== y[a, b, c, d]",
        "nan-infinite",
    ),
    _fault(
        "the largest is taken over one dimension",
        "for axis in reversed(problem.axes):",
        "for axis in problem.axes[:1]:",
        "apart-infinite",
    ),
    _fault(
        "the smallest is the largest",
        "max_ if problem.p > 0 else min_",
        "max_",
        "order-minus-infinite",
    ),
)
