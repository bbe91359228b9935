"""All named problems: edge cases, real layers and bad input."""

from collections.abc import Iterator

from crosscheck.parity.case import Case
from crosscheck.parity.operators import LAYERS, PROBLEMS, REJECTS


def cases(**options: object) -> Iterator[Case]:
    """Yield every problem as a case of the suite "problems"."""
    for problem in (*PROBLEMS, *LAYERS, *REJECTS):
        yield problem.case("problems")
