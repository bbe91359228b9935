"""Faults in softmax, and in the trees and checks that it shares with log_softmax and the losses."""

from crosscheck.parity.faults.plant import Fault

DIRECT = "crosscheck.kernels.softmax.direct"
TREE = "crosscheck.kernels.softmax.tree"
TREES = "crosscheck.kernels.tree"
ROWS = "crosscheck.kernels.softmax.rows"

FAULTS = (
    Fault(
        "the largest is not taken off",
        DIRECT,
        "        m = max(m, x[o, j, i]) if x[o, j, i] == x[o, j, i] else m\n",
        "        m = real(0)\n",
        "softmax",
        "large",
    ),
    Fault(
        "the sum skips the last element",
        DIRECT,
        "s += math.exp(x[o, j, i] - m)\n        j = index(j + index(1))",
        "s += math.exp(x[o, j, i] - m)\n        j = index(j + index(2))",
        "softmax",
        "rows",
    ),
    Fault(
        "rows that lie beside each other are the first of them",
        DIRECT,
        "o, i = index(row // inner), index(row % inner)",
        "o, i = index(row // inner), index(0)",
        "softmax",
        "middle",
    ),
    Fault(
        "the gradient of softmax leaves out the sum",
        DIRECT,
        "dx[o, j, i] = y[o, j, i] * (dy[o, j, i] - dot)",
        "dx[o, j, i] = y[o, j, i] * dy[o, j, i]",
        "softmax",
        "rows",
    ),
    Fault(
        "the gradient of softmax sums dy alone",
        DIRECT,
        "dot += dy[o, j, i] * y[o, j, i]",
        "dot += dy[o, j, i]",
        "softmax",
        "rows",
    ),
    Fault(
        "the exponential is of 5 digits",
        DIRECT,
        "y[o, j, i] = math.exp(x[o, j, i] - m) / s",
        "y[o, j, i] = math.exp(real(x[o, j, i] - m) * real(1.00001)) / s",
        "softmax",
        "rows",
    ),
    Fault(
        "a thread of the tree takes one element only",
        TREE,
        "s += math.exp(x[o, j, i] - m)\n        j = index(j + index(THREADS))",
        "s += math.exp(x[o, j, i] - m)\n        j = n",
        "softmax",
        "row-129",
    ),
    Fault(
        "the tree's output stops at the number of threads",
        TREE,
        "    while j < n:\n        y[o, j, i] = math.exp",
        "    while j < n and j < index(THREADS):\n        y[o, j, i] = math.exp",
        "softmax",
        "row-129",
    ),
    Fault(
        "every thread uses its own sum",
        TREE,
        "return tree_sum(scratch, t, s)",
        "return s",
        "softmax",
        "rows",
    ),
    Fault(
        "the tree of sums forgets a level",
        TREES,
        "half = index(THREADS // 2)",
        "half = index(THREADS // 4)",
        "softmax",
        "row-128",
    ),
    Fault(
        "the tree's first barrier is missing",
        TREES,
        "    cuda.syncthreads()  # every value is there before the tree reads it\n",
        "",
        "softmax",
        "row-128",
    ),
    Fault(
        "the barrier between the levels is missing",
        TREES,
        "        cuda.syncthreads()  # this level is complete before the next one reads it\n",
        "",
        "softmax",
        "row-128",
    ),
    Fault(
        "the barrier before the words are used again is missing",
        TREES,
        "    cuda.syncthreads()  # everyone has the result before `scratch` is used again\n"
        "    return largest",
        "    return largest",
        "softmax",
        "row-128",
    ),
    Fault(
        "a negative dim counts from the wrong end",
        ROWS,
        "return axis % rank",
        "return abs(axis) % rank",
        "softmax",
        "negative-dim",
    ),
    Fault(
        "a dim one too large is taken",
        ROWS,
        "if not -rank <= axis < rank:",
        "if not -rank <= axis <= rank:",
        "softmax",
        "rejects-a-dim-too-large",
    ),
)
