"""Bounds of sums of products on tensor cores: `tensor_core`, `warp_group`, and both with `_3x`.

In the notation of bounds.py; v = 2^-11 is the unit roundoff of TF32, T the sum of |x||w|.

How a tensor core adds (Fasi, Higham, Mikaitis and Pranesh, "Numerical behavior of NVIDIA tensor
cores", 2021; Khattak and Mikaitis, 2025): L products and the accumulator are aligned to the largest
exponent, E bits below the 24 of float32 are kept, the rest is cut off, and so is what does not fit
into the 24 bits of the sum. The largest term is at least 2^e; each of the L others loses less than
2^(e - 23 - E), and the sum 2^-23 of itself. So a block is off by at most

    2 (L / 2^E + 1) u T_b,  T_b = |accumulator| + sum of |products|

                 L: TF32, 16 bits    E    of TF32    of 16 bits
    H100              8, 16          2       6 u          10 u
    A100              4, 8           1       6 u          10 u

One after the other, B blocks give (1 + 6 u)^B - 1 of T: each adds its own to what came before. A
block of zeros loses nothing. A tile has 16 words of the sum, so two steps of 8 words, in one block
each on an H100 and two on an A100; channels are filled up to whole quads. Where blocks of the grid
share a sum, one more addition of float32 for each but the last is far less than the steps it saves:
P - 1 + ceil(tiles / P) steps <= tiles steps + 1. Altogether

    tensor_core, float32   2 v + v^2 of T for the operands, and ((1 + 6 u)^B - 1) (1 + v)^2 T:
                           2^-10 + 0.75 n u on an H100, 1.5 n u on an A100, to first order
    tensor_core, 16 bits   (1 + 10 u)^B - 1 of T, as products are exact, and the result's rounding:
                           0.625 n u on an H100, 1.25 n u on an A100
    tensor_core_3x         eight products at a time from 0, then n / 8 additions in float32
    warp_group             as tensor_core; but its images are cut to TF32, not rounded, which is off
                           by 2 v: 3 v + 2 v^2 of T. Its tiles have 32 words, which gives the steps
                           of two tiles at most; 16 bits as tensor_core has them
    warp_group_3x          as tensor_core_3x

x = big + small + rest: big is x rounded to 11 bits, so |small| <= v |x|, and has at most 12 bits,
of which the hardware cuts one off: |rest| <= 2^-23 |x|. Of x w, three products leave out small
small, v^2, and the rests, 2 2^-23: 8 u in all. The sums of small products are at most 2 v T, so
what their blocks lose is hidden in (1 + 2^-8) 6 u for each block of the big ones. Together

    (1 + 8.01 u) (1 + 6.03 u)^(1 or 2) (1 + u)^(steps + 1) - 1:  n u / 8 + 16 u or 22 u

With all three products on one accumulator it would be 2.25 n u or 4.5 n u; 1.15 and 2.26 were
found.

Subnormal operands: TF32 has their upper bits only, so a rounding is off by up to 2^-136, and so is
what is cut off small parts of that size: at most 2^-135 of the other factor.

The bounds are those of the model that is set: `crosscheck parity --mma`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.cpu.options import modes
from crosscheck.parity.allowances import may_overflow
from crosscheck.parity.bounds import SHORT, SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operator import Rounding
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import sums

TF32, GROUP = "tensor_core", "warp_group"
STRICT = "tensor_core_3x", "warp_group_3x"
NAMES = TF32, GROUP, *STRICT

V, U = 2.0**-11, UNIT_ROUNDOFF["float32"]
WORDS, QUAD, STEPS = 16, 4, 2  # words of a tile, of 16 bytes; steps of a tile
CUT = 2.0**-135  # of a subnormal operand, times the other
ETAS = 8  # times n: of products and blocks that underflow
SMALLEST = 2.0**-136  # what is below may be zero in TF32: cut, or below half of it rounded
TOO_LARGE = 2.0**128 * (1 - 2.0**-12)  # rounds to infinity in TF32


class Model(NamedTuple):
    """How a tensor core adds: blocks of a step, and what a block loses at most, of T."""

    blocks: int
    loss: float
    loss_of_16_bits: float


MODELS = {
    "h100": Model(1, 6 * U, 10 * U),
    "a100": Model(2, 6 * U, 10 * U),
    "exact": Model(1, U, U),
}


def model_of(device: str) -> str:
    """Return the model by which "cpu" or "cuda" adds: from Hopper on, a GPU is taken for an H100.

    kernels/inspect/adding.py measures it.
    """
    if device == "cpu":
        return modes.current().mma
    import cupy  # a GPU's arrays are CuPy's

    return "h100" if arrays.place(cupy.empty(0)).capability >= (9, 0) else "a100"


class Sum(NamedTuple):
    """The longest sum of a direction: taps x channels terms, whose channels lie in quads."""

    taps: int
    channels: int

    def steps(self, packed: int = 1) -> int:
        """Return the steps of tensor cores that have a product; packed: elements of a word."""
        words = self.taps * -(-self.channels // (QUAD * packed)) * QUAD
        return STEPS * -(-words // WORDS)


Sums = Callable[[ReferenceCall], Mapping[str, Sum]]  # call -> by direction


def roundings(sums_of: Sums) -> dict[str, Rounding]:
    """Return how the algorithms of an operator round whose sums these are."""

    def of(relative: Callable[[Model, int], float]) -> Rounding:
        def bounds(
            call: ReferenceCall, inputs: Arrays, dy: np.ndarray, exact: Arrays, dtype: str
        ) -> Arrays:
            return _bounds(relative, sums_of(call), call, inputs, dy, exact, dtype)

        return Rounding(bounds, intermediates)

    return {TF32: of(_of_tf32), GROUP: of(_of_cut), **dict.fromkeys(STRICT, of(_of_three))}


def _of_tf32(model: Model, steps: int) -> float:
    operands = (1 + V) ** 2
    return operands * (1 + model.loss) ** (model.blocks * steps + 1) - 1


def _of_cut(model: Model, steps: int) -> float:
    operands = (1 + 2 * V) * (1 + V)
    return operands * (1 + model.loss) ** (model.blocks * steps + 1) - 1


def _of_16_bits(model: Model, steps: int) -> float:
    return (1 + model.loss_of_16_bits) ** (model.blocks * steps + 1) - 1


def _of_three(model: Model, steps: int) -> float:
    in_tensor_cores = (1 + 8.01 * U) * (1 + model.loss * (1 + 2.0**-8)) ** model.blocks
    return in_tensor_cores * (1 + U) ** (steps + 1) - 1


def _bounds(
    relative: Callable[[Model, int], float],
    longest: Mapping[str, Sum],
    call: ReferenceCall,
    inputs: Arrays,
    grad_output: np.ndarray,
    exact: Arrays,
    dtype: str,
) -> Arrays:
    if dtype == "float64":
        return {}
    model = MODELS[modes.current().mma]
    sizes, terms = sums.magnitudes(call, inputs, grad_output), call.terms()
    factors = (*(each for each in inputs.values() if each.dtype.kind == "f"), grad_output)
    largest = sum(
        float(np.max(np.abs(each), initial=0, where=np.isfinite(each))) for each in factors
    )
    found = {}
    for name, each in longest.items():
        n, reference_error = terms[name], gamma(terms[name], "float64")
        is_short = dtype in SHORT
        share = _of_16_bits(model, each.steps(2)) if is_short else relative(model, each.steps())
        lost = CUT * largest * (not is_short) + ETAS * SMALLEST_SUBNORMAL["float32"]
        # A result of no terms is 0, of either sign: operator.py of conv2d has why.
        size = sizes[name] / (1 - reference_error)
        found[name] = (share + reference_error) * size + np.maximum(n, 1) * lost
    return found


def intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return T of every sum; infinite where an operand rounds to infinity in TF32, or where a part
    of the sum may overflow: it is cut to the largest number, and what follows is finite and wrong.
    """
    given = {name: rounded_up(each) for name, each in inputs.items()}
    found = sums.magnitudes(call, given, rounded_up(grad_output))
    return {name: np.where(may_overflow(t, dtype), np.inf, t) for name, t in found.items()}


def rounded_up(values: np.ndarray) -> np.ndarray:
    """Return factors as TF32 has them, as far as infinities go."""
    return np.where(np.abs(values) >= TOO_LARGE, np.inf, values)


def extra_nan(
    algorithm: str, op: str, inputs: Arrays, grad_output: np.ndarray, options: Options
) -> Arrays:
    """Return where results may be NaN that have an infinite factor: everywhere in those of STRICT,
    whose small parts are NaN there. In the others only where operands round to 0, or to an
    infinity.
    """
    from crosscheck.parity import reference  # which imports the operators

    given = {name: each for name, each in inputs.items() if name != "bias"}
    given["grad_output"] = grad_output
    special = {name: ~np.isfinite(each) for name, each in given.items()}
    rounded = algorithm in (TF32, GROUP) and any(map(_rounds_away, given.values()))
    if not (algorithm in STRICT or rounded) or not any(each.any() for each in special.values()):
        return {}
    found: dict[str, np.ndarray] = {}
    for name, where in special.items():
        ones = {each: np.ones(array.shape) for each, array in given.items()}
        marked = {**ones, name: where.astype(float)}
        results = reference.run(op, marked, marked.pop("grad_output"), options, "float64")
        for result in _with_factor(name):
            if result in results:
                found[result] = found.get(result, False) | (results[result] > 0)
    return found


def _rounds_away(values: np.ndarray) -> bool:
    """Return whether TF32 makes zeros or infinities of some of these numbers."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return bool(np.any((sizes < SMALLEST) | (sizes >= TOO_LARGE)))


def _with_factor(name: str) -> tuple[str, ...]:
    """Return the results whose terms have this factor."""
    all_results = "forward", "input_gradient", "weight_gradient"
    without = {"input": 1, "weight": 2, "grad_output": 0}[name]
    return tuple(each for i, each in enumerate(all_results) if i != without)
