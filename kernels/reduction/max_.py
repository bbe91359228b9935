"""The largest element along an axis, and where it is: see `kernels.reduction.extremum`."""

from crosscheck.kernels.reduction.extremum import Extremum

MAX = Extremum("max", sign=1.0)
ALGORITHMS = MAX.algorithms
forward, input_gradient = MAX.forward, MAX.input_gradient
