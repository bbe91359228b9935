"""What parity knows of functions of one array: bounds from the formula, problems, values.

An operator states the arithmetic of its formula and of its derivative once more, as functions of
`Rounded` numbers (rounded.py), which yield the bounds:

    def _forward(x, options): return x * sigmoid(x)
    def _gradient(dy, x, y, options): ...

where y is the output that the kernels computed, with its own error. They are written down here, and
not taken from the kernels, so that a kernel whose arithmetic is less accurate is found out.

|result - exact| <= the error in the dtype + that of PyTorch in float64, which is the exact result:
by the same formulas, unless the operator has `torch_forward`, `torch_gradient` of its own, where
PyTorch's arithmetic is another and loses more.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.operator import Operator as Function
from crosscheck.parity.case import Shape
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import rounded, sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent
from crosscheck.parity.shared.exponentials import no_integers
from crosscheck.parity.shared.rounded import Rounded

Forward = Callable[[Rounded, Options], Rounded]
Gradient = Callable[[Rounded, Rounded, Rounded, Options], Rounded]
SLACK = 1 + 2.0**-30  # for the rounding of the bounds themselves


def operator(
    function: Function,
    kernels: ModuleType,
    forward: Forward,
    gradient: Gradient,
    torch_forward: Forward | None = None,
    torch_gradient: Gradient | None = None,
    *,
    options: Callable[[np.random.Generator], dict[str, Any]] = lambda rng: {},
    parameters: tuple[str, ...] = (),
    **fields: Any,
) -> Operator:
    """Return the parity operator of a function of one array.

    `options` draws some for random problems; `parameters` are those of PyTorch's function after
    its input; `fields` are further fields of `Operator`.
    """

    def results(arrays: Arrays, dtype: str, call: ReferenceCall, of_torch: bool) -> dict:
        own = (torch_forward, torch_gradient) if of_torch else (None, None)
        x, dy = (rounded.given(arrays[name], dtype) for name in ("input", "grad_output"))
        y = (own[0] or forward)(x, call.options)
        read = rounded.read_back(y)
        return {"forward": y, "input_gradient": (own[1] or gradient)(dy, x, read, call.options)}

    @np.errstate(all="ignore")
    def bounds(
        call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        arrays = {**inputs, "grad_output": grad_output}
        ours, torchs = results(arrays, dtype, call, False), results(arrays, "float64", call, True)
        return {
            name: np.broadcast_to((ours[name].error + torchs[name].error) * SLACK, each.shape)
            for name, each in exact.items()
        }

    @np.errstate(all="ignore")
    def intermediates(
        call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        arrays = {**inputs, "grad_output": grad_output}
        found = {name: each.before for name, each in results(arrays, dtype, call, False).items()}
        if dtype == "float64":  # PyTorch's float64 is the exact result
            for name, each in results(arrays, dtype, call, True).items():
                found[name] = np.fmax(found[name], each.before)
        return {name: np.broadcast_to(found[name], each.shape) for name, each in exact.items()}

    def fuzz(rng: np.random.Generator) -> Drawn:
        shape = tuple(extent(rng, 9) for _ in range(rng.integers(0, 6)))
        return {"input": shape}, options(rng)

    reads = function.directions["input_gradient"].arrays
    own = {
        "integers": no_integers,
        "returns": ("output",) if "output" in reads else (),
        "fuzz": fuzz,
        "fuzz_values": VALUES,
    }
    return Operator(
        name=function.name,
        kernels=kernels,
        parameters=("input", *parameters),
        differentiable=("input",),
        bounds=bounds,
        intermediates=intermediates,
        **own | fields,
    )


def integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return integers for a function whose results and gradients of small ones are integers."""
    shape = dict(call.shapes)["input"]
    return sums.integers(call, seed, {"grad_output": shape}, sums.LARGEST_INTEGER)


def passes_at_nan(inputs: Arrays, options: Options, results: Arrays) -> Arrays:
    """Return the input gradient of PyTorch's GPU kernels, in which it passes where x is NaN.

    Its CPU kernels have vector code beside that for single elements, and the two differ: by where
    in an array a NaN lies, its gradient is one or the other.
    """
    if "input_gradient" not in results:
        return {}
    found, dy = results["input_gradient"], inputs["grad_output"]
    return {"input_gradient": np.where(np.isnan(inputs["input"]), dy, found).astype(found.dtype)}


def _neighbours(*points: float) -> np.ndarray:
    """Return the points, and for each the float32 numbers below and above it."""
    middle = np.array(points, np.float32)
    infinity = np.float32(np.inf)
    around = [np.nextafter(middle, -infinity), middle, np.nextafter(middle, infinity)]
    return np.concatenate(around).astype(np.float64)


def _wide(smallest: float, largest: float) -> np.ndarray:
    """Return numbers of every size and both signs: where exp under- and overflows, and beyond."""
    sizes = np.concatenate([2.0 ** np.arange(-140, 127, 9), np.linspace(0.1, 120, 120)])
    sizes = sizes[(smallest <= sizes) & (sizes <= largest)]
    return np.concatenate([sizes, -sizes])


KINKS = _neighbours(-6, -3, -1, -0.5, 0, 0.5, 1, 3, 6, 20)

_SHARED: tuple[tuple[str, str, Shape, str, str], ...] = (
    ("scalar", "no dimension at all", (), "contiguous", "normal"),
    ("matrix", "two dimensions", (5, 9), "contiguous", "normal"),
    ("zero-size", "nothing to do", (0, 3, 4), "contiguous", "normal"),
    ("quads-plus-one", "a quad cut off, in a second block", (2049,), "contiguous", "normal"),
    ("strided", "gaps in every dimension", (2, 3, 4, 5), "strided", "normal"),
    ("channels_last", "channels next to each other", (2, 3, 4, 5), "channels_last", "normal"),
    ("zeros", "0 of both signs", (5, 5), "contiguous", "signed_zeros"),
    ("nan", "NaN stays NaN", (3, 5), "contiguous", "nan"),
    ("infinities", "infinities of both signs", (4, 5), "contiguous", "infinities"),
    ("tiny", "subnormals are not flushed to 0", (4, 5), "contiguous", "tiny"),
)


def problems(
    op: str, smallest: float = 0.0, largest: float = np.inf, **options: Any
) -> tuple[Problem, ...]:
    """Return the problems that every function of one array has, with these options.

    `smallest` and `largest` are the sizes between which nothing overflows on the way to a result.
    """
    shared = (
        Problem(op, name, reason, {"input": shape}, options, layout, values)
        for name, reason, shape, layout, values in _SHARED
    )
    kinks = KINKS[(KINKS == 0) | (abs(KINKS) >= smallest)]
    return (
        *shared,
        problem(op, "wide", "numbers of every size", _wide(smallest, largest), **options),
        problem(op, "kinks", "where formulas change, and beside it", kinks, **options),
    )


def problem(
    op: str,
    name: str,
    reason: str,
    input: Shape | np.ndarray,
    values: str = "normal",
    **options: Any,
) -> Problem:
    """Return a further problem of one function."""
    return Problem(op, name, reason, {"input": input}, options, "contiguous", values)


SPECIAL_VALUES = ("matrix",)
