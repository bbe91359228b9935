"""Named problems: what can go wrong, as data, each with its reason."""

from parity.problems.activation import RELU
from parity.problems.average_pooling import AVERAGE
from parity.problems.convolution import GEOMETRY
from parity.problems.convolution_arrays import ARRAYS
from parity.problems.layers import LAYERS
from parity.problems.max_pooling import MAX
from parity.problems.rejects import REJECTS

EDGES = (*GEOMETRY, *ARRAYS, *MAX, *AVERAGE, *RELU)

__all__ = ["EDGES", "LAYERS", "REJECTS"]
