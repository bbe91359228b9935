"""Faults in add: its operands, which mul shares, alpha, and the gradients of broadcasting."""

from crosscheck.parity.faults.plant import Fault

ADD = "crosscheck.kernels.elementwise.add"
OPERANDS = "crosscheck.kernels.elementwise.operands"
TO_SIZE = "crosscheck.kernels.reduction.to_size"

FAULTS = (
    Fault(
        "add forgets alpha",
        ADD,
        "x + alpha * other",
        "x + other",
        "add",
        "alpha-2",
    ),
    Fault(
        "alpha scales the input instead of the other",
        ADD,
        "x + alpha * other",
        "alpha * x + other",
        "add",
        "alpha-2",
    ),
    Fault(
        "add rounds to whole numbers",
        ADD,
        "return x + alpha * other",
        "return real(int(x + alpha * other))",
        "add",
        "same",
    ),
    Fault(
        "the last sum is missing",
        ADD,
        "if a < A:\n        y",
        "if a < A and index(cuda.grid(1)) + 1 < index(y.size):\n        y",
        "add",
        "same",
    ),
    Fault(
        "the gradient of the other forgets alpha where nothing was broadcast",
        ADD,
        "return factor * dy",
        "return dy",
        "add",
        "alpha-minus-1",
    ),
    Fault(
        "the gradient of a broadcast other forgets alpha",
        ADD,
        "elif factor == 1:",
        "elif True:",
        "add",
        "alpha-broadcast",
    ),
    Fault(
        "dimensions of 1 in a gradient are not summed",
        TO_SIZE,
        "ones = [lead + i for i, extent in enumerate(size) if extent == 1]",
        "ones = [i for i, extent in enumerate(size) if extent == 1]",
        "add",
        "bias",
    ),
    Fault(
        "a broadcast to nothing keeps its 1",
        OPERANDS,
        "size.append(b if a == 1 else a)",
        "size.append(max(a, b))",
        "add",
        "empty-one",
    ),
    Fault(
        "shapes that do not fit are accepted",
        OPERANDS,
        "if a != b and 1 not in (a, b):",
        "if False:",
        "add",
        "rejects-shapes-that-do-not-fit",
    ),
)
