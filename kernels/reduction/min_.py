"""The smallest element along an axis, and where it is: see `kernels.reduction.extremum`."""

from crosscheck.kernels.reduction.extremum import Extremum

MIN = Extremum("min", sign=-1.0)
ALGORITHMS = MIN.algorithms
forward, input_gradient = MIN.forward, MIN.input_gradient
