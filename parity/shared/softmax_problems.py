"""Problems that softmax and log_softmax share: around a block's size, every dim, extreme values."""

import numpy as np

from crosscheck.parity.case import Shape
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared.draws import Drawn, extent


def _row(
    op: str,
    name: str,
    reason: str,
    input: Shape | np.ndarray,
    dim: int = -1,
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    return Problem(op, name, reason, {"input": input}, {"dim": dim}, layout, values)


def problems(op: str) -> tuple[Problem, ...]:
    """Return the problems of `op`, softmax or log_softmax."""
    ramp = np.linspace(-1, 1, 40).reshape(4, 10)
    return (
        _row(op, "scalar", "no dimension at all", (), 0),
        _row(op, "vector", "one row", (7,), 0),
        _row(op, "one", "a row of one: 1, and a gradient of 0", (5, 1)),
        _row(op, "rows", "the last dimension", (4, 9)),
        _row(op, "columns", "the first dimension: rows are apart", (9, 4), 0),
        _row(op, "middle", "dimensions on both sides", (2, 5, 3), 1),
        _row(op, "negative-dim", "counted from the end", (2, 3, 4, 2), -3),
        *(
            _row(op, f"row-{n}", "a row around what a block, or its registers, take", (2, n))
            for n in (127, 128, 129, 300, 1024, 1025, 4097)
        ),
        _row(op, "many-rows", "more rows than a block has threads", (2, 3, 150), 1),
        _row(op, "no-rows", "nothing to do", (0, 4)),
        _row(op, "empty-rows", "rows without elements", (3, 0)),
        _row(op, "large", "exp overflows unless the maximum is subtracted", 1e4 * ramp),
        _row(
            op,
            "large-1100",
            "the largest is in a thread's second place",
            1e4 * np.linspace(-1, 1, 1100)[None],
        ),
        _row(op, "far-apart", "all but one underflow", np.array([[1.5e38, -1.5e38, 0.0]])),
        _row(op, "deep", "results that are subnormal", np.array([[0.0, -90.0, -100.0, -104.0]])),
        _row(op, "offset", "a large offset common to all", 1e3 + ramp),
        _row(op, "negative", "the largest is below 0", (3, 8), values="negative"),
        _row(op, "constant", "all equal", (3, 8), values="constant"),
        _row(op, "nan", "NaN makes its own row NaN", (4, 6), values="nan"),
        _row(op, "infinities", "infinities of both signs", (4, 6), values="infinities"),
        _row(op, "minus-inf", "rows of -inf alone", (3, 4), values="minus_inf"),
        _row(
            op,
            "masked",
            "-inf beside numbers gives 0",
            np.array([[-np.inf, 1, 2], [0, -np.inf, 3]]),
        ),
        *(
            _row(op, layout, f"every array {layout}", (2, 3, 5, 4), 1, layout)
            for layout in ("strided", "channels_last", "reversed")
        ),
    )


def rejects(op: str) -> tuple[Problem, ...]:
    """Return the bad input that `op` must refuse."""
    return (
        rejected(op, "a dim too large", {"input": zeros(2, 3)}, dim=2),
        rejected(op, "a dim too small", {"input": zeros(2, 3)}, dim=-3),
        rejected(op, "a dim of a scalar", {"input": zeros()}, dim=1),
        rejected(op, "a fractional dim", {"input": zeros(2, 3)}, dim=1.0),
        rejected(op, "integers", {"input": zeros(2, 3, dtype="int64")}, dim=1),
    )


def fuzz(rng: np.random.Generator) -> Drawn:
    """Return a random problem of softmax or log_softmax."""
    rank = int(rng.integers(1, 5))
    shape = tuple(extent(rng, 9) for _ in range(rank))
    dim = int(rng.integers(-rank, rank))
    if rng.random() < 0.3:  # a row longer than the threads of a block
        shape = (*shape[: dim % rank], int(rng.integers(100, 300)), *shape[dim % rank + 1 :])
    return {"input": shape}, {"dim": dim}
