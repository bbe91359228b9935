"""Faults in cross_entropy's one pass."""

from functools import partial

from crosscheck.parity.faults.plant import Fault

_planted = partial(Fault, module="crosscheck.kernels.loss.cross_entropy.one_pass")
_planted = partial(_planted, op="cross_entropy", algorithm="one_pass")

FAULTS = (
    _planted(
        what="one_pass: smoothing leaves out the threads' other classes",
        right="value += share * total(smooth, t, scratch)",
        wrong="value += share * smooth",
        case="classes-mean-smooth",
    ),
    _planted(
        what="one_pass: smoothing counts what stands for no class",
        right="if c < n:\n                                smooth",
        wrong="if True:\n                                smooth",
        case="classes-mean-smooth",
    ),
    _planted(
        what="one_pass: the smoothing of a gradient forgets the weights",
        right="whole = own + weights_sum(w, smooth, n, t, scratch)",
        wrong="whole = own + smooth * real(n)",
        case="classes-mean-weighted-smooth",
    ),
    _planted(
        what="one_pass: the class itself is not in the gradient",
        right="slope += own",
        wrong="slope += real(0)",
        case="classes-1025-all",
    ),
    _planted(
        what="one_pass: a probability is that of the thread's first class",
        right="k = keep * target[row, c, 0] + share",
        wrong="k = keep * target[row, t, 0] + share",
        case="probabilities-1025",
    ),
    _planted(
        what="one_pass: an ignored row has a gradient",
        right="g = own = real(0)",
        wrong="own = real(0)",
        case="ignored-smooth",
    ),
)
