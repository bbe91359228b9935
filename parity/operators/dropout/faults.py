"""Faults in dropout: the generator, the mask and the scale."""

from crosscheck.parity.faults.plant import Fault

DROPOUT = "crosscheck.kernels.dropout.dropout"
DIRECT = "crosscheck.kernels.dropout.direct"
PHILOX = "crosscheck.kernels.dropout.philox"


def _fault(what: str, module: str, right: str, wrong: str, case: str = "default") -> Fault:
    return Fault(what, module, right, wrong, "dropout", case)


FAULTS = (
    _fault("Philox has nine rounds", PHILOX, "range(ROUNDS)", "range(ROUNDS - 1)"),
    _fault("Philox forgets its key", PHILOX, "^ c1 ^ key0", "^ c1"),
    _fault("Philox multiplies the wrong word", PHILOX, "MULTIPLIER_1 * c2", "MULTIPLIER_1 * c3"),
    _fault("Philox keeps its key", PHILOX, "np.uint32(key1 + WEYL_1)", "np.uint32(key1)"),
    _fault("a random word is used twice", DIRECT, "i + 2, c,", "i + 2, b,"),
    _fault(
        "every counter gives the first's words",
        DIRECT,
        "words(group)",
        "words(index(0))",
    ),
    _fault(
        "a fourth element is left out", DIRECT, "if i < index(y.size)", "if i + 1 < index(y.size)"
    ),
    _fault("what stays is not scaled", DIRECT, "(scale if kept", "(real(1) if kept"),
    _fault(
        "the mask is inverted",
        DIRECT,
        "kept = index(word >> SHIFT) >= threshold",
        "kept = index(word >> SHIFT) < threshold",
    ),
    _fault(
        "p is what stays",
        DIRECT,
        "round(mask.p * 2**31)",
        "round((1 - mask.p) * 2**31)",
        "p-tenth",
    ),
    _fault(
        "the scale is 1 / p",
        DIRECT,
        "1 / (1 - mask.p)",
        "1 / max(mask.p, 1e-9)",
        "p-three-quarters",
    ),
    _fault(
        "a dropped NaN becomes 0",
        DIRECT,
        "y[i] = x[i] * (scale if kept else real(0))",
        "y[i] = x[i] * scale if kept else real(0)",
        "infinities",
    ),
    _fault(
        "the seed has 32 bits",
        DIRECT,
        "np.uint32(number >> 32)",
        "np.uint32(0)",
    ),
    _fault(
        "p over 1 is accepted",
        DROPOUT,
        "if not 0 <= p <= 1:",
        "if not 0 <= p:",
        "rejects-p-over-1-in-evaluation",
    ),
)
