"""All named problems: edge cases, real layers and bad input."""

from collections.abc import Iterator

from crosscheck.parity import special_values
from crosscheck.parity.case import Case
from crosscheck.parity.operators import LAYERS, PROBLEMS, REJECTS, SPECIAL_KINDS, SPECIAL_VALUES
from crosscheck.parity.optimizers import steps


def cases(**options: object) -> Iterator[Case]:
    """Yield every problem as a case of the suite "problems"."""
    for problem in (*PROBLEMS, *LAYERS, *REJECTS):
        yield problem.case("problems")
    for problem in special_values.variants(SPECIAL_VALUES, special_values.KINDS, SPECIAL_KINDS):
        yield problem.case("problems")
    yield from steps.cases("problems")
