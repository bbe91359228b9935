"""What softmax and log_softmax share: rows along a dimension, and what a call asks for.

The dimensions before and after `dim` fold into one each, without a copy where the strides allow it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels import arguments
from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.operator import Example
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.views import around


class Rows(NamedTuple):
    """Rows of n elements: an array (outer, n, inner)."""

    outer: int
    n: int
    inner: int

    @property
    def number(self) -> int:
        """How many rows there are."""
        return self.outer * self.inner


def long_rows(rows: Rows, device: str) -> bool:
    """Whether a block should take a row, and not a thread: it is not worth its barriers on the CPU,
    where each switches between fibers, nor for a row that keeps less than half of it busy.
    """
    return device != "cpu" and rows.n >= THREADS // 2


def forward(op: str, input: Size, dim: Any) -> Plan:
    rows = Rows(*around(input, _axis(op, dim, len(input))))
    return Plan(rows, [Output(input, like="input")], views={"input": rows, "out": rows})


def input_gradient(op: str, grad_output: Size, output: Size, dim: Any) -> Plan:
    rows = Rows(*around(grad_output, _axis(op, dim, len(grad_output))))
    return Plan(
        rows,
        [Output(grad_output, like="output")],
        sizes={"output": grad_output},
        views={"grad_output": rows, "output": rows, "out": rows},
    )


def _axis(op: str, dim: Any, rank: int) -> int:
    """Return `dim` counted from the front. Raises TypeError or ValueError."""
    rank = max(rank, 1)  # PyTorch lets an array without dimensions have one
    axis = arguments.integer(op, "dim", dim)
    if not -rank <= axis < rank:
        arguments.reject(op, "dim", dim, f"an integer from {-rank} to {rank - 1}")
    return axis % rank


def examples(dtype: type) -> Iterator[Example]:
    for n in (128, 1000, 4096):
        yield {"input": np.zeros((32, n), dtype)}, {"dim": 1}
