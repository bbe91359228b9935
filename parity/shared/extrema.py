"""What max and min share: nothing is rounded, so values, indices and gradients must be equal."""

from typing import Any

import numpy as np

from crosscheck.parity.case import Shape
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 9) for _ in range(rng.integers(0, 6)))
    limit = max(len(shape), 1)
    dim = int(rng.integers(-limit, limit))
    return {"input": shape}, {"dim": dim, "keepdim": bool(rng.random() < 0.5)}


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    if "dim" in inputs:
        return "two tensors: `nn` chooses of each pair"
    return "" if "dim" in options else "no dim: `nn` goes along one after the other"


def _indices(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {"indices": exact["indices"]}


def operator(op: str, kernels: Any) -> Operator:
    """Return the operator of this name."""
    return Operator(
        name=op,
        torch_function=op,
        opinfo_name=op,
        nn_function=f"extrema.{op}",
        kernels=kernels,
        parameters=("input", "dim", "keepdim"),
        differentiable=("input",),
        integers=sums.integers_to_add,
        fuzz=_fuzz,
        fuzz_values=VALUES,
        results=("forward", "indices"),
        saved=_indices,
        out_of_scope=_out_of_scope,
    )


def problems(op: str) -> tuple[Problem, ...]:
    """Return the problems of `op`, which takes `input`, `dim` and `keepdim`."""

    def row(
        name: str,
        reason: str,
        input: Shape,
        dim: int,
        layout: str = "contiguous",
        values: str = "normal",
        **options: bool,
    ) -> Problem:
        return Problem(op, name, reason, {"input": input}, {"dim": dim, **options}, layout, values)

    cube = (2, 3, 4, 5)
    return (
        row("scalar", "the dimension 0 of a scalar", (), 0),
        row("scalar-kept", "from the end, kept", (), -1, keepdim=True),
        row("rows", "the last dimension: neighbours", (3, 5), 1),
        row("columns", "the first dimension: rows are apart", (3, 5), 0),
        row("middle", "dimensions on both sides are left", cube, 1),
        row("middle-kept", "a 1 in its place", cube, -3, keepdim=True),
        row("one", "one element in each", (3, 1, 4), 1),
        row("long", "many elements in each", (2, 300), 1),
        row("outputs-257", "outputs around a block's size", (257, 3), 1),
        row("no-outputs", "no outputs", (3, 0), 0),
        row("equal", "of equal elements the first", (4, 9), 1, values="constant"),
        row("ties", "several that are largest", (6, 9), 0, values="ties"),
        row("nan", "NaN before everything", (5, 9), 1, values="nan"),
        row("two-nans", "the first NaN of two", (5, 9), 1, values="two_nans"),
        row("infinities", "infinities of both signs", (6, 9), 1, values="infinities"),
        row("zeros", "0 and -0 are equal", (6, 9), 1, values="signed_zeros"),
        row("tiny", "subnormal numbers differ", (6, 9), 1, values="tiny"),
        *(
            row(f"{layout}-{dim}", f"every array {layout}", cube, dim, layout)
            for layout in ("strided", "channels_last", "reversed")
            for dim in (1, 3)
        ),
    )


def rejects(op: str) -> tuple[Problem, ...]:
    """Return the bad input that `op` must refuse."""

    def bad(wrong: str, dim: object, shape: Shape = (2, 3)) -> Problem:
        return rejected(op, wrong, {"input": zeros(*shape)}, dim=dim)

    return (
        bad("a dim too large", 2),
        bad("a dim too small", -3),
        bad("a fractional dim", 0.5),
        bad("two dims", (0, 1)),
        bad("nothing along dim", 1, (2, 0)),
    )
