"""Faults in ReLU."""

from crosscheck.parity.faults.plant import Fault

RELU = "crosscheck.kernels.activation.relu"

FAULTS = (
    Fault(
        "NaN becomes 0",
        RELU,
        "y[i] = real(0) if value < real(0) else value",
        "y[i] = value if value > real(0) else real(0)",
        "relu",
        "nan",
    ),
    Fault(
        "the gradient passes where the output is 0",
        RELU,
        "real(0) if y[i] <= real(0) else dy[i]",
        "real(0) if y[i] < real(0) else dy[i]",
        "relu",
        "one",
    ),
    Fault(
        "the last element is not computed",
        RELU,
        "if i < index(y.size):",
        "if i + 1 < index(y.size):",
        "relu",
        "scalar",
    ),
    Fault(
        "the gradient is that of the sum of all outputs",
        RELU,
        "real(0) if y[i] <= real(0) else dy[i]",
        "real(0) if y[i] <= real(0) else real(1)",
        "relu",
        "scalar",
    ),
)
