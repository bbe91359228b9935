"""avg_pool2d in the suite.

- forward: n pixels added up exactly as they are, then one division by the divisor: m = n
  (bounds.py). Here n counts pixels inside the image (padding adds zeros), and
  T = |sum of |x| / divisor|.
- input gradient: n quotients g / divisor, one rounding each, over the windows that hold the pixel:
  m = n.
"""

import numpy as np

from crosscheck.kernels.pooling import average
from crosscheck.parity.operator import Operator
from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, one_of, window


def _terms(question: Question) -> Arrays:
    return question.terms(divisor_override=1)  # count the pixels, do not average them


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return sums.limits(question, inputs, grad_output, _terms(question), dtype)


def _integers(question: Question, seed: int) -> Arrays:
    """Return output gradients that are multiples of their window's divisor: integer quotients.

    The forward pass is one division of an exact sum, and rounding that quotient to float64 first
    and to float32 second gives the same as rounding once, because 53 >= 2 * 24 + 2 (Figueroa, "When
    is double rounding innocuous?").
    """
    terms = _terms(question)
    divisors = np.rint(terms["forward"] / question.ask(question.ones())["forward"])
    largest = max(sums.most(terms), int(np.max(np.abs(divisors), initial=0)))
    amplitude = sums.largest_product(largest)
    drawn = sums.integers(question, seed, {"grad_output": divisors.shape}, amplitude)
    return {**drawn, "grad_output": np.asarray(divisors * drawn["grad_output"])}


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = window(rng, dilated=False)
    options["count_include_pad"] = bool(rng.random() < 0.5)
    if rng.random() < 0.3:
        options["divisor_override"] = one_of(rng, (1, 2, 5, -3))
    return inputs, options


OPERATOR = Operator(
    name="avg_pool2d",
    order=3,
    kernels=average,
    parameters=(
        "input",
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    ),
    differentiable=("input",),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)
