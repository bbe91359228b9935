"""local_response_norm: each element over a power of k and the squares of the channels around it.

Bounds by running error analysis: see parity/shared/unary.py. Where the denominator may be 0, or
overflow, anything may follow. The gradient is a quotient and the sum of the window's terms, which
PyTorch multiplies by x twice, and adds twice.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from crosscheck.kernels.normalization import local_response_norm as kernels
from crosscheck.parity.allowances import may_overflow
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators.pow import power
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of
from crosscheck.parity.shared.rounded import Rounded


def _around(size: int, mirrored: bool = False) -> Callable[[np.ndarray], np.ndarray]:
    """Return what puts the channels in the window of each along a first axis."""
    sides = (size // 2, (size - 1) // 2)
    sides = sides[::-1] if mirrored else sides

    def terms(a: np.ndarray) -> np.ndarray:
        padded = np.pad(a, [(0, 0), sides, *[(0, 0)] * (a.ndim - 2)])
        return np.stack([padded[:, i : i + a.shape[1]] for i in range(size)])

    return terms


def _denominator(x: Rounded, options: Options) -> tuple[Rounded, Rounded]:
    """Return d and beta."""
    defaults = (("alpha", 1e-4), ("beta", 0.75), ("k", 1.0))
    alpha, beta, k = (rounded.number(options.get(*each), x.dtype) for each in defaults)
    total = rounded.added(x * x, _around(options["size"]))
    d = total / options["size"] * alpha + k
    unsure = (d.error >= abs(d.value)) & (d.error > 0)
    return rounded.anything(d, unsure | may_overflow(d.reach, x.dtype)), beta


def _forward(x: Rounded, options: Options) -> Rounded:
    return x / power(*_denominator(x, options))


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    d, beta = _denominator(x, options)
    alpha, divisor = rounded.number(options.get("alpha", 1e-4), x.dtype), power(d, beta)
    terms = dy * (x / divisor / divisor)
    if beta.value == 0:
        terms = rounded.given(np.zeros_like(terms.value), x.dtype)  # also where the base is NaN
    else:
        terms = terms * (beta * power(d, beta - 1))
    slope = rounded.added(terms, _around(options["size"], mirrored=True))
    part = x * (slope * alpha / options["size"])
    return dy / divisor - part - part


CHOICES = {"alpha": (1e-4, 0.3, 2), "beta": (0.75, 0.5, 1, 0, 2.3), "k": (1, 0.5)}


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 7) for _ in range(rng.integers(3, 6)))
    given = {name: one_of(rng, each) for name, each in CHOICES.items() if rng.random() < 0.6}
    return {"input": shape}, {"size": extent(rng, 9), **given}


OPERATOR = unary.operator(
    kernels.LOCAL_RESPONSE_NORM,
    kernels,
    _forward,
    _gradient,
    parameters=("size", "alpha", "beta", "k"),
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _norm(
    name: str,
    reason: str,
    input: Shape | np.ndarray,
    size: int = 5,
    layout: str = "contiguous",
    values: str = "normal",
    alpha: float = 0.5,  # large enough for a fault in the sum to show
    **options: float,
) -> Problem:
    given = {"size": size, "alpha": alpha, **options}
    return Problem("local_response_norm", name, reason, {"input": input}, given, layout, values)


PROBLEMS = (
    _norm("images", "windows over both ends", (2, 7, 3, 4)),
    _norm("even", "one channel more before than after", (2, 7, 3, 4), 4),
    _norm("one-channel", "a window of the element alone", (2, 3, 4, 5), 1),
    _norm("two-channels", "a window that ends with its channel", (2, 3, 4, 5), 2),
    _norm("wider-than-all", "more channels in a window than there are", (2, 3, 5), 9),
    _norm("signals", "three dimensions", (2, 6, 5), 3),
    _norm("volumes", "five dimensions", (2, 5, 2, 3, 2), 3),
    _norm("defaults", "PyTorch's numbers", (2, 6, 3, 4), alpha=1e-4),
    _norm("alexnet", "its numbers", (1, 8, 3, 3), alpha=5e-4, beta=0.75, k=2.0),
    _norm("root", "beta 1/2", (2, 6, 5), 3, beta=0.5),
    _norm("quotient", "beta 1", (2, 6, 5), 3, beta=1.0),
    _norm("beta-2.5", "both powers are pow", (2, 6, 5), 3, beta=2.5),
    _norm("beta-0", "the input, and the output gradient", (2, 6, 5), 3, beta=0.0),
    _norm("beta-negative", "a factor instead of a quotient", (2, 6, 5), 3, beta=-0.3),
    _norm("alpha-0", "one number for all", (2, 6, 5), 3, alpha=0.0, k=3.0),
    _norm("alpha-negative", "numbers below 0 to a power", (2, 6, 5), 3, alpha=-0.9, k=0.7),
    _norm("k-0", "nothing but squares", (2, 6, 5), 3, alpha=1.0, k=0.0),
    _norm("no-image", "an empty batch", (0, 3, 4, 4)),
    _norm("no-channel", "channels that are none", (2, 0, 4)),
    _norm("blocks", "elements in a second block", (1, 3, 171), 3),
    _norm("nan", "NaN reaches the channels around it", (2, 7, 5), 3, values="nan"),
    _norm("infinities", "0 around an infinity", (2, 7, 5), 3, values="infinities"),
    _norm("tiny", "squares below the smallest number", (2, 7, 5), 3, values="tiny"),
    _norm("zeros", "0 of both signs", (2, 7, 5), 3, values="signed_zeros"),
    *(
        _norm(layout, f"every array {layout}", (2, 6, 4, 5), 4, layout)
        for layout in ("strided", "channels_last", "reversed", "transposed")
    ),
)
SPECIAL_VALUES = ("images", "beta-2.5")

LAYERS = (
    Problem(
        "local_response_norm",
        "alexnet-conv1",
        "Krizhevsky, Sutskever and Hinton's network",
        {"input": (2, 96, 14, 14)},
        {"size": 5, "alpha": 5e-4, "k": 2.0},
    ),
)


def _bad(wrong: str, *shape: int, dtype: str = "float32", **options: Any) -> Problem:
    inputs = {"input": zeros(*(shape or (2, 3, 4)), dtype=dtype)}
    return rejected("local_response_norm", wrong, inputs, **{"size": 3, **options})


REJECTS = (
    _bad("two dimensions", 3, 4),
    _bad("no channel in a window", size=0),
    _bad("a negative size", size=-3),
    _bad("a size that is no integer", size=2.5),
    _bad("alpha in words", alpha="0.1"),
    _bad("beta in words", beta="0.5"),
    _bad("k in words", k="1"),
    _bad("booleans", dtype="bool"),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "local_response_norm", case)


FAULTS = (
    _fault(
        "a window begins a channel late", "c - min(c, before)", "c + 1 - min(c + 1, before)", "even"
    ),
    _fault("a window ends a channel early", "min(c + after + 1, C)", "min(c + after, C)", "images"),
    _fault(
        "a window reads past the last channel", "min(c + after + 1, C)", "c + after + 1", "images"
    ),
    _fault(
        "the gradient's windows are not mirrored",
        "neighbours(c, after, before, C)",
        "neighbours(c, before, after, C)",
        "even",
    ),
    _fault("the sum is no mean", "total / size * alpha + k", "total * alpha + k", "images"),
    _fault("k is left out", "total / size * alpha + k", "total / size * alpha", "alexnet"),
    _fault(
        "the sum is of numbers, not of squares", "x[n, i, l] * x[n, i, l]", "x[n, i, l]", "images"
    ),
    _fault(
        "the output is divided by the mean itself",
        "power(denominator(x, n, c, l, before, after, scale), beta)",
        "denominator(x, n, c, l, before, after, scale)",
        "images",
    ),
    _fault(
        "the terms lack a divisor", "x[n, c, l] / divisor / divisor", "x[n, c, l] / divisor", "root"
    ),
    _fault("the terms add up", "quotient = -dy", "quotient = dy", "images"),
    _fault("the gradient has x once", "real(2) * x", "x", "images"),
    _fault("the gradient lacks the quotient", "= quotients[n, c, l] + real", "= real", "images"),
    _fault("the gradient lacks alpha", "total * alpha / size", "total / size", "defaults"),
    _fault(
        "wide windows have as many channels as there are",
        "float(self.size)",
        "float(min(self.size, channels))",
        "wider-than-all",
    ),
    _fault(
        "a size of 0 is accepted",
        'integer(op, "size", size, 1)',
        'integer(op, "size", size, 0)',
        "rejects-no-channel-in-a-window",
    ),
)
