"""Faults in padding: where an output comes from, and who gathers its gradient."""

from crosscheck.parity.faults.plant import Fault


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.padding.pad", right, wrong, "pad", case)


FAULTS = (
    _fault(
        "reflect repeats the border before the image",
        "        return missing\n",
        "        return missing - 1\n",
        "reflect-top",
    ),
    _fault(
        "reflect repeats the border after the image",
        "extent - 2 - past",
        "extent - 1 - past",
        "reflect-bottom",
    ),
    _fault(
        "replicate takes the second row from the end",
        "extent - 1 if mode == REPLICATE",
        "extent - 2 if mode == REPLICATE",
        "replicate-right",
    ),
    _fault(
        "circular repeats the first row before the image",
        "else extent - missing",
        "else index(0)",
        "circular-left",
    ),
    _fault(
        "the image is copied from its second row on",
        "h = p - before",
        "h = p - before + 1",
        "circular-nothing",
    ),
    _fault(
        "columns are padded as many as rows",
        "source(q, before[1], W, mode)]",
        "source(q, before[0], W, mode)]",
        "replicate-uneven",
    ),
    _fault(
        "the gradient forgets the last row of padding",
        "while t <= P - H:",
        "while t < P - H:",
        "replicate-bottom",
    ),
    _fault(
        "the last copy's gradient wins instead of the sum",
        "total += dy[n, c, p, q]",
        "total = dy[n, c, p, q]",
        "circular-around",
    ),
    _fault(
        "a reflection of the whole image is accepted",
        'if mode == "reflect" and widest >= extent:',
        'if mode == "reflect" and widest > extent:',
        "rejects-a-reflection-of-all-columns",
    ),
)
