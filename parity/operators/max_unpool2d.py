"""max_unpool2d: copies to the places that indices name; nothing is rounded, in either direction.

Of several elements with one index, PyTorch on one thread keeps the last, and so must the kernels.
An index out of range is an IndexError here and a RuntimeError there, which its own tests look at.
"""

from typing import Any

import numpy as np

from crosscheck.kernels.pooling import max_unpool2d
from crosscheck.parity.case import Shape
from crosscheck.parity.direction import Tensors
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, batch, extent, pair

OP = "max_unpool2d"


def _for_kernels(tensors: Tensors, options: Options) -> tuple[Tensors, Options]:
    return tensors, {"output_size": max_unpool2d.resolve(tensors["input"].shape, **options)}


def _indices(shape: Shape, plane: int, seed: int = 0, of: int | None = None) -> np.ndarray:
    """Return places below `plane`; in each plane they are different, or all below `of`."""
    rng = np.random.default_rng(seed)
    *lead, p, q = shape
    count = int(np.prod(lead))
    each = (
        [rng.permutation(plane)[: p * q] for _ in range(count)]
        if of is None
        else rng.integers(0, of, (count, p * q))
    )
    return np.array(each, np.int64).reshape(shape)


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape, window = (*batch(rng), extent(rng, 4), *pair(rng, 6)), pair(rng, 3)
    plane = shape[-2] * shape[-1] * window[0] * window[1]
    of = None if rng.random() < 0.5 else plane
    indices = _indices(shape, plane, int(rng.integers(1000)), of)
    return {"input": shape, "indices": indices}, {"kernel_size": window}


OPERATOR = Operator(
    name=OP,
    kernels=max_unpool2d,
    parameters=("input", "indices", "kernel_size", "stride", "padding", "output_size"),
    differentiable=("input",),
    constants=("indices",),
    integral=("indices",),
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    kernel_arguments=_for_kernels,
)


def _unpool(
    name: str,
    reason: str,
    shape: Shape,
    plane: int,
    layout: str = "contiguous",
    of: int | None = None,
    **options: Any,
) -> Problem:
    inputs = {"input": shape, "indices": _indices(shape, plane, of=of)}
    return Problem(OP, name, reason, inputs, {"kernel_size": 2, **options}, layout)


PROBLEMS = (
    _unpool("halves", "windows side by side", (2, 3, 3, 4), 48),
    _unpool("several-writers", "the last one stays", (2, 3, 4, 5), 80, of=7),
    _unpool("one-place", "all elements of a plane have one index", (1, 2, 5, 6), 120, of=1),
    _unpool("overlap", "a stride below the window, and padding", (1, 2, 4, 5), 63, kernel_size=3,
            stride=2, padding=1),
    _unpool("larger", "a size that rounds down to these outputs", (1, 2, 3, 4), 63,
            output_size=(7, 9)),
    _unpool("smaller", "the size with the batch's", (1, 2, 3, 4), 35, output_size=(1, 2, 5, 7)),
    _unpool("uneven", "swapped axes would show", (1, 2, 3, 4), 72, kernel_size=(2, 3)),
    _unpool("unbatched", "three dimensions", (3, 4, 3), 48),
    _unpool("no-images", "an empty batch", (0, 3, 4, 3), 48),
    _unpool("long", "outputs beyond a block", (1, 1, 1, 150), 600),
    *(
        _unpool(layout, f"every array {layout}", (2, 3, 4, 3), 48, layout)
        for layout in ("strided", "channels_last", "reversed")
    ),
)  # fmt: skip
SPECIAL_VALUES = ("several-writers",)


def _bad(
    wrong: str, shape: Shape = (1, 2, 3, 3), indices: np.ndarray | None = None, **options: Any
) -> Problem:
    indices = np.zeros(shape, np.int64) if indices is None else indices
    inputs = {"input": zeros(*shape), "indices": indices}
    return rejected(OP, wrong, inputs, **{"kernel_size": 2, **options})


REJECTS = (
    _bad("indices of another shape", indices=np.zeros((1, 2, 3, 2), np.int64)),
    _bad("indices in floating point", indices=np.zeros((1, 2, 3, 3))),
    _bad("a size too large", output_size=(8, 6)),
    _bad("a size too small", output_size=(6, 4)),
    _bad("a size of three", output_size=(2, 6, 6)),
    _bad("an input of two dimensions", (3, 3)),
    _bad("an image without rows", (1, 2, 0, 3)),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.pooling.max_unpool2d", right, wrong, OP, case)


FAULTS = (
    _fault("the first writer stays", "(p * Q + q + 1)", "(P * Q - p * Q - q)", "several-writers"),
    _fault("an element is that before its claim", "claim - 1) % Q", "claim - 2) % Q", "halves"),
    _fault("the first element of a plane is nobody's", "claim > 0", "claim > 1", "halves"),
    _fault("what nobody claims is 1", "else real(0)", "else real(1)", "halves"),
    _fault("the gradient's rows are the input's", "place // W", "place // Q", "halves"),
    _fault("a size of a stride more is accepted", "< middle + step", "<= middle + step",
           "rejects-a-size-too-large"),
)  # fmt: skip
