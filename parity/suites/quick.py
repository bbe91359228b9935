"""The quick suite, which the tests run: every named problem and rejection, no layers, some fuzz."""

from collections.abc import Iterator
from dataclasses import replace

from crosscheck.parity import special_values
from crosscheck.parity.case import Case
from crosscheck.parity.operators import PROBLEMS, REJECTS, SPECIAL_KINDS, SPECIAL_VALUES
from crosscheck.parity.optimizers import steps
from crosscheck.parity.suites import fuzz

FUZZ = 40


def cases(**options: object) -> Iterator[Case]:
    """Yield the cases of the suite "quick"."""
    for problem in (*PROBLEMS, *REJECTS):
        yield problem.case("quick")
    for problem in special_values.variants(SPECIAL_VALUES, special_values.QUICK, SPECIAL_KINDS):
        yield problem.case("quick")
    yield from steps.cases("quick")
    for number in range(FUZZ):
        case = fuzz.draw(0, number)
        yield replace(case, suite="quick", name=f"fuzz-{number}", repro_flags="")
