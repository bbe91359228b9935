"""What parity knows of every loss of an input and a target, element by element.

An operator states the arithmetic of its formula and of its derivatives once more, as functions of
`Rounded` numbers (rounded.py), which yield the bounds; what follows is the same for all of them:

- a term is the formula times its weight. 'none' is one term; 'sum' adds n of them, so that the
  errors e of the terms f come with gamma(n - 1) (sum of |f| + sum of e);
- 'mean' divides that by W: by n, or by the sum of the weights, off by gamma(n - 1) sum of |w|;
- a gradient is the derivative of g / W, times the weight; where an argument was broadcast, its
  gradient is the sum over the elements that were one.

|result - exact| <= the error in the dtype + that of PyTorch in float64, which is the exact result.
PyTorch takes the same factors in another order, and some of them as one product more: its own error
counts four times.
"""

from collections.abc import Callable
from dataclasses import replace
from math import isqrt
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.loss.pointwise import Pointwise
from crosscheck.parity.bounds import OVERFLOW
from crosscheck.parity.case import Shape
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import rounded, sums
from crosscheck.parity.shared.draws import Drawn, extent, one_of
from crosscheck.parity.shared.rounded import Rounded

REDUCTIONS = ("none", "mean", "sum")
GRADIENTS = ("input_gradient", "target_gradient")

# (x, t, p, options) -> the loss of an element; (dy, x, t, p, options) -> a gradient of it. p is the
# pos_weight, None where there is none.
Formula = Callable[..., Rounded]


def operator(
    function: Pointwise,
    kernels: ModuleType,
    formula: Formula,
    derivative: Formula,
    target_derivative: Formula | None,
    parameters: tuple[str, ...],
    *,
    options: Callable[[np.random.Generator], dict[str, Any]] = lambda rng: {},
    by_weights: bool = False,
    torch_derivative: Formula | None = None,
    torch_target_derivative: Formula | None = None,
    divides_last: bool = False,
    **fields: Any,
) -> Operator:
    """Return the parity operator of a loss.

    target_derivative  None: the derivative with x and t exchanged
    parameters         those of PyTorch's function after input and target
    options            draws some for random problems
    torch_derivative, torch_target_derivative   where PyTorch's arithmetic is another
    divides_last       whether PyTorch divides a mean's gradient last: it may overflow before that
    fields             further fields of `Operator`
    """

    def swapped(own: Formula) -> Formula:
        return lambda dy, x, t, p, options: own(dy, t, x, p, options)

    def results(
        arrays: Arrays, dtype: str, call: ReferenceCall, of_torch: bool = False
    ) -> dict[str, Rounded]:
        torchs = (torch_derivative, torch_target_derivative) if of_torch else (None, None)
        own = torchs[0] or derivative
        both = own, torchs[1] or target_derivative or swapped(own)
        given = {name: rounded.given(each, dtype) for name, each in arrays.items()}
        x, t, g, w = (given.get(each) for each in ("input", "target", "grad_output", "weight"))
        p, reduction = given.get("pos_weight"), call.options.get("reduction", "mean")
        y = formula(x, t, p, call.options)
        y = y if w is None else w * y
        if reduction != "none":
            y = total(y)
        if reduction == "mean":
            below = rounded.number(np.broadcast(x.value, t.value).size, dtype)
            below = total(w) if by_weights and w is not None else below
            y, g = y / below, g / below
        found = [each(g, x, t, p, call.options) for each in both]
        found = found if w is None else [w * each for each in found]
        found = [sum_to(*each) for each in zip(found, (x.value.shape, t.value.shape), strict=True)]
        return {"forward": y, **dict(zip(GRADIENTS, found, strict=True))}

    @np.errstate(all="ignore")
    def bounds(
        call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        arrays = {**inputs, "grad_output": grad_output}
        ours, theirs = results(arrays, dtype, call), results(arrays, "float64", call, True)
        return {
            name: np.broadcast_to(ours[name].error + 4 * theirs[name].error, each.shape)
            for name, each in exact.items()
        }

    @np.errstate(all="ignore")
    def intermediates(
        call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        arrays = {**inputs, "grad_output": grad_output}
        is_mean = call.options.get("reduction", "mean") == "mean"
        if by_weights and is_mean and "weight" in inputs:
            if np.sum(abs(inputs["weight"].astype(np.float64))) >= OVERFLOW[dtype]:
                # their sum overflows, and a quotient by it is 0, and wrong
                return {name: np.full(each.shape, np.inf) for name, each in exact.items()}
        found = {name: each.before for name, each in results(arrays, dtype, call).items()}
        if dtype == "float64":  # PyTorch's float64 is the exact result
            for name, each in results(arrays, dtype, call, True).items():
                found[name] = np.fmax(found[name], each.before)
            if divides_last and is_mean:
                late = replace(call, frozen_options=(*call.options.items(), ("reduction", "sum")))
                for name, each in results(arrays, dtype, late, True).items():
                    found[name] = np.fmax(found[name], each.reach)
        return {name: np.broadcast_to(found[name], each.shape) for name, each in exact.items()}

    def fuzz(rng: np.random.Generator) -> Drawn:
        shape = tuple(extent(rng, 12) for _ in range(rng.integers(0, 5)))
        inputs = {"input": shape, "target": shape}
        if not function.broadcasts_weights and shape and rng.random() < 0.2:
            inputs[one_of(rng, tuple(inputs))] = shape[1:]
        inputs |= {each: inputs["input"] for each in function.weights if rng.random() < 0.3}
        return inputs, {"reduction": one_of(rng, REDUCTIONS), **options(rng)}

    own = {
        "fuzz_values": ("normal", "normal", "ties", "nan", "infinities"),
        "fill": {each: positive for each in function.weights},
    }
    return Operator(
        name=function.name,
        kernels=kernels,
        parameters=("input", "target", *parameters),
        differentiable=("input", "target"),
        constants=function.weights,
        bounds=bounds,
        intermediates=intermediates,
        fuzz=fuzz,
        **own | fields,
    )


def positive(values: np.ndarray, inputs: Arrays) -> np.ndarray:
    return np.abs(values) + 0.1


def total(terms: Rounded) -> Rounded:
    """Return the sum of all terms, in any order."""
    return rounded.added(terms, np.ravel)


def sum_to(terms: Rounded, shape: Shape) -> Rounded:
    """Return the terms summed to a shape that broadcasts to theirs; themselves where it is that."""
    whole = terms.value.shape
    if whole == shape:
        return terms
    lead = len(whole) - len(shape)
    repeated = [i for i, n in enumerate(whole) if i < lead or shape[i - lead] != n]
    count = int(np.prod([whole[i] for i in repeated]))

    def first(values: np.ndarray) -> np.ndarray:
        wide = np.broadcast_to(values, whole)
        return np.moveaxis(wide, repeated, range(len(repeated))).reshape(count, *shape)

    return rounded.added(terms, first)


def integers(power: int) -> Callable[[ReferenceCall, int], Arrays]:
    """Return what draws integers for a loss that is this power of the difference, times a weight.

    They are small enough for every sum to be exact. The output gradient of a mean is a multiple of
    its divisor, so that the quotient is an integer; the mean itself is one division of an exact
    sum.
    """

    def draw(call: ReferenceCall, seed: int) -> Arrays:
        shapes, reduction = dict(call.shapes), call.options.get("reduction", "mean")
        whole = np.broadcast_shapes(shapes["input"], shapes["target"])
        count = int(np.prod(whole))
        fits = sums.largest_product(2**power * count)  # a difference is twice as large
        factors = power + ("weight" in shapes)
        amplitude = isqrt(fits) if factors == 2 else max(int(fits ** (1 / factors)), 1)
        if amplitude**factors > fits:
            raise NoIntegers(f"no integers keep a sum of {count} weighted terms below 2^24")
        shape = whole if reduction == "none" else ()
        drawn = sums.integers(call, seed, {"grad_output": shape}, amplitude)
        if reduction == "mean":
            total = drawn["weight"].sum() if "weight" in drawn else float(count)
            if total == 0.0:
                raise NoIntegers("the mean would be divided by 0")
            if "weight" not in drawn and count & (count - 1):
                raise NoIntegers(f"PyTorch's gradient of a mean multiplies by 1 / {count}, rounded")
            drawn["grad_output"] = np.asarray(total * drawn["grad_output"])
        return drawn

    return draw
