"""Faults in sum, and in the axes and trees that it shares with mean."""

from crosscheck.parity.faults.plant import Fault

BLOCK_REDUCE = "crosscheck.kernels.block_reduce"
KERNELS = "crosscheck.kernels.reduction.kernels"
AXES = "crosscheck.kernels.reduction.axes"
VIEWS = "crosscheck.kernels.views"

FAULTS = (
    Fault(
        "the direct sum drops the last of a row",
        KERNELS,
        "for s in range(S):",
        "for s in range(S - 1):",
        "sum",
        "rows",
    ),
    Fault(
        "the direct sum drops the last row",
        KERNELS,
        "for r in range(R):",
        "for r in range(R - 1):",
        "sum",
        "two-apart",
    ),
    Fault(
        "the direct sum takes every row for the first",
        KERNELS,
        "unravel(index(cuda.grid(1)), L)",
        "index(0), index(cuda.grid(1)) % L",
        "sum",
        "middle",
    ),
    Fault(
        "the sum's tree stops after one element a thread",
        KERNELS,
        "range(t, R * S, THREADS)",
        "range(t, R * S, R * S)",
        "sum",
        "terms-257",
    ),
    Fault(
        "the sum's tree forgets a level",
        BLOCK_REDUCE,
        "half = index(scratch.shape[0]) // 2",
        "half = index(scratch.shape[0]) // 4",
        "sum",
        "terms-255",
    ),
    Fault(
        "the sum's barrier before the tree is missing",
        BLOCK_REDUCE,
        "    cuda.syncthreads()  # every value is there before the tree reads it\n",
        "",
        "sum",
        "terms-256",
    ),
    Fault(
        "the sum's barrier between two levels is missing",
        BLOCK_REDUCE,
        "        cuda.syncthreads()  # this level is complete before the next one reads it\n",
        "",
        "sum",
        "terms-256",
    ),
    Fault(
        "no dimensions are none instead of all",
        AXES,
        "if dim is None or (many and not dim):",
        "if dim is None:",
        "sum",
        "no-dims",
    ),
    Fault(
        "a negative dim is one too small",
        "crosscheck.kernels.arguments",
        "return number % limit",
        "return (number if number >= 0 else number - 1) % limit",
        "sum",
        "negative",
    ),
    Fault(
        "keepdim puts its 1 at the wrong end",
        AXES,
        "return tuple(1 if i in reduced else extent for i, extent in kept)",
        "return tuple(1 if i in reduced else extent for i, extent in kept)[::-1]",
        "sum",
        "middle-kept",
    ),
    Fault(
        "a dim given twice is accepted",
        AXES,
        "if len(set(found)) < len(found):",
        "if False:",
        "sum",
        "rejects-a-dim-twice",
    ),
    Fault(
        "a copied result is not brought back",
        VIEWS,
        "self._target[...] = self._result",
        "pass",
        "sum",
        "six-axes",
    ),
)
