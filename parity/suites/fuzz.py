"""Random problems. A seed and a number make one again; each operator draws its own kind.

Each case has its own generator, so case 40 does not need the 39 before it. `--case` also takes a
problem that is written out: see fuzzing/literal.py.
"""

from collections.abc import Iterator

import numpy as np

from crosscheck.parity.case import ALL_DTYPES, Case
from crosscheck.parity.fuzzing import literal
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.shared.draws import one_of

COUNT = 2600  # with the default seed, every operator is drawn in every layout
LAYOUTS = ("contiguous", "strided", "channels_last", "reversed", "transposed")
OPS = tuple(each for each in OPERATORS.values() for _ in range(each.fuzz_weight))


def cases(
    op: str | None = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
    **options: object,
) -> Iterator[Case]:
    """Yield the first `count` cases of `seed`, or only the one whose number or literal is `case`.

    Raises ValueError for text that looks like a literal and is none.
    """
    if literal.is_literal(case):
        yield literal.read(case)
        return
    numbers = range(COUNT if count is None else count)
    if case is not None:
        numbers = range(int(case), int(case) + 1) if case.isdecimal() else range(0)
    for number in numbers:
        yield draw(seed, number)


def draw(seed: int, number: int) -> Case:
    """Return case `number` of `seed`."""
    rng = np.random.default_rng((seed, number))
    operator = one_of(rng, OPS)
    inputs, options = operator.fuzz(rng)
    return Case(
        operator.name,
        "fuzz",
        f"{number}",
        "random",
        inputs,
        options,
        layout=one_of(rng, LAYOUTS),
        dtypes=ALL_DTYPES,
        values=one_of(rng, operator.fuzz_values),
        repro_flags=f"--seed {seed}",
        data_name=f"{seed}/{number}",
    )
