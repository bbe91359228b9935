"""The named problems, whole: edges, real layers, bad input."""

from collections.abc import Iterator

from parity.case import Case
from parity.problems.activation import RELU
from parity.problems.convolution import EDGES
from parity.problems.layers import LAYERS
from parity.problems.pooling import AVERAGE, MAX
from parity.problems.rejects import REJECTS


def cases(**options: object) -> Iterator[Case]:
    """Yield every problem as a case of the suite "problems"."""
    for problem in (*EDGES, *MAX, *AVERAGE, *RELU, *LAYERS, *REJECTS):
        yield problem.case("problems")
