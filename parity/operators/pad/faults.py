"""Faults in padding: where an output comes from, and who gathers its gradient."""

from crosscheck.parity.faults.plant import Fault


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, "crosscheck.kernels.padding.pad", right, wrong, "pad", case)


FAULTS = (
    _fault(
        "reflect repeats the border before the image",
        "        return missing\n",
        "        return index(missing - index(1))\n",
        "reflect-top",
    ),
    _fault(
        "reflect repeats the border after the image",
        "index(index(extent - index(2)) - past)",
        "index(index(extent - index(1)) - past)",
        "reflect-bottom",
    ),
    _fault(
        "replicate takes the second row from the end",
        "index(extent - index(1)) if mode == index(REPLICATE) else past",
        "index(extent - index(2)) if mode == index(REPLICATE) else past",
        "replicate-right",
    ),
    _fault(
        "circular repeats the first row before the image",
        "else index(extent - missing)",
        "else index(0)",
        "circular-left",
    ),
    _fault(
        "the image is copied from its second row on",
        "h = index(p - before)",
        "h = index(index(p - before) + index(1))",
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
        "while t <= rows:",
        "while t < rows:",
        "replicate-bottom",
    ),
    _fault(
        "the last copy's gradient wins instead of the sum",
        "total += dy[n, c, p, q]",
        "total = dy[n, c, p, q]",
        "circular-around",
    ),
    _fault(
        "a reflection of the whole image is taken",
        'if mode == "reflect" and widest >= extent:',
        'if mode == "reflect" and widest > extent:',
        "rejects-a-reflection-of-all-columns",
    ),
)
