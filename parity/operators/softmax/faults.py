"""Faults in softmax, and in the trees and checks that it shares with log_softmax and the losses."""

from crosscheck.parity.faults.plant import Fault

BLOCK_REDUCE = "crosscheck.kernels.block_reduce"
DIRECT = "crosscheck.kernels.softmax.direct"
TREE = "crosscheck.kernels.softmax.tree"
ONE_PASS = "crosscheck.kernels.softmax.one_pass"
LOG_SUM_EXP = "crosscheck.kernels.log_sum_exp"
ROWS = "crosscheck.kernels.softmax.rows"

FAULTS = (
    Fault(
        "the largest is not taken off",
        LOG_SUM_EXP,
        "        m = max(m, x[o, j, i]) if x[o, j, i] == x[o, j, i] else m\n",
        "        m = real(0)\n",
        "softmax",
        "large",
    ),
    Fault(
        "the sum skips every second element",
        LOG_SUM_EXP,
        "m, index(0), index(1)",
        "m, index(0), index(2)",
        "softmax",
        "rows",
    ),
    Fault(
        "rows that lie beside each other are the first of them",
        DIRECT,
        "unravel(index(cuda.grid(1)), inner)",
        "index(cuda.grid(1)) // inner, index(0)",
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
        LOG_SUM_EXP,
        "m, t, index(THREADS)",
        "m, t, index(x.shape[1])",
        "softmax",
        "row-129",
    ),
    Fault(
        "the tree's output stops at the number of threads",
        TREE,
        "range(t, n, THREADS):\n            y[o, j, i] = math.exp",
        "range(t, n, n):\n            y[o, j, i] = math.exp",
        "softmax",
        "row-129",
    ),
    Fault(
        "every thread uses its own sum",
        LOG_SUM_EXP,
        "block_sum(scratch, t, sum_exp(x, o, i, m, t, index(THREADS)))",
        "sum_exp(x, o, i, m, t, index(THREADS))",
        "softmax",
        "rows",
    ),
    Fault(
        "the tree of sums forgets a level",
        BLOCK_REDUCE,
        "half = index(scratch.shape[0]) // 2",
        "half = index(scratch.shape[0]) // 4",
        "softmax",
        "row-128",
    ),
    Fault(
        "the tree's first barrier is missing",
        BLOCK_REDUCE,
        "    cuda.syncthreads()  # every value is there before the tree reads it\n",
        "",
        "softmax",
        "row-128",
    ),
    Fault(
        "the barrier between the levels is missing",
        BLOCK_REDUCE,
        "        cuda.syncthreads()  # this level is complete before the next one reads it\n",
        "",
        "softmax",
        "row-128",
    ),
    Fault(
        "the barrier before the words are used again is missing",
        BLOCK_REDUCE,
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
        "a dim one too large is accepted",
        ROWS,
        "if not -rank <= axis < rank:",
        "if not -rank <= axis <= rank:",
        "softmax",
        "rejects-a-dim-too-large",
    ),
    Fault(
        "a lane holds its first element in every place",
        ONE_PASS,
        "j = t + index(WARP * i)\n            kept",
        "j = t + index(WARP * (i * 0))\n            kept",
        "softmax",
        "row-128",
    ),
    Fault(
        "the warp's sum forgets its last step",
        ONE_PASS,
        "(16, 8, 4, 2, 1):\n        value +=",
        "(16, 8, 4, 2):\n        value +=",
        "softmax",
        "rows",
    ),
    Fault(
        "every lane takes off its own largest",
        ONE_PASS,
        "m = warp_max(m)",
        "m = m",
        "softmax",
        "rows",
    ),
    Fault(
        "what stands for no element is in the sum",
        ONE_PASS,
        "if t + index(WARP * i) < n:\n                    dot",
        "if True:\n                    dot",
        "softmax",
        "rows",
    ),
    Fault(
        "a row is longer than what its warp keeps",
        ONE_PASS,
        "if rows.n <= WARP * each",
        "if rows.n <= 2 * WARP * each",
        "softmax",
        "row-129",
    ),
)
