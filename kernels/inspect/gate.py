"""What may not be found in a compiled kernel, and what may not get worse than the record says."""

from collections.abc import Iterator
from typing import NamedTuple

from crosscheck.kernels.inspect import forbidden, record
from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.record import Figures, Record
from crosscheck.kernels.inspect.variant import Variant

LESS_IS_BETTER = "registers", "spills", "stack", "shared", "instructions", "per_fma"
MORE_IS_BETTER = "blocks", "global_width", "shared_width", "ceiling", "moved"

# From the record's own compiler every figure is the same to the last digit; the code outside the
# loop may grow a little unnoticed. From another compiler any may be a little worse.
SLACK = {"instructions": 0.02}
SLACK_OF_ANOTHER_COMPILER = 0.05


class Change(NamedTuple):
    """A figure that is another than it was, beyond its slack."""

    figure: str
    before: float
    after: float
    is_worse: bool


def missing(known: Record, arch: str) -> list[str]:
    """Return in words which kernels the record lacks for an architecture, and which of its lines
    no kernel has.
    """
    there = {each for each in dict(record.launched()) if each.arch == arch}
    recorded = {each for each in known.lines if each.arch == arch}
    new = sorted({each.kernel for each in there - recorded})
    gone = sorted({each.kernel for each in recorded - there})
    return [
        *(f"{each} is not in the record: crosscheck inspect {each} --update" for each in new),
        *(f"{each} is in the record, and no kernel: crosscheck inspect --update" for each in gone),
    ]


def complaints(variant: Variant, found: Inspection, known: Record, compiler: str) -> list[str]:
    """Return what is wrong, in words, with a kernel of the record that `compiler` made."""
    line, now = known.lines[variant], record.figures(found)
    same_compiler = compiler == known.compiler
    wrong = [*forbidden.forbidden(variant, found, line.reason), *_worse(now, line, same_compiler)]
    if wrong and same_compiler:
        wrong.append(f"if that is meant: crosscheck inspect {variant.kernel} --update")
    elif wrong:
        wrong.append(f"the record's compiler is another: {known.compiler}; this is {compiler}")
    return [f"{variant}: {each}" for each in wrong]


def changes(before: Figures, after: Figures, same_compiler: bool) -> Iterator[Change]:
    """Yield the figures that got worse or better by more than their slack."""
    for name in LESS_IS_BETTER + MORE_IS_BETTER:
        value, known = getattr(after, name), getattr(before, name)
        slack = SLACK.get(name, 0) if same_compiler else SLACK_OF_ANOTHER_COMPILER
        if abs(value - known) > slack * known:
            yield Change(name, known, value, (value > known) == (name in LESS_IS_BETTER))


def _worse(now: Figures, line: Figures, same_compiler: bool) -> Iterator[str]:
    for each in changes(line, now, same_compiler):
        if each.is_worse:
            yield f"{each.figure} is {each.after:g}; the record has {each.before:g}"
