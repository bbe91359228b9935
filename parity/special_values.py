"""Special values in every floating argument: inputs, weights, statistics, targets and gradients.

The problems that an operator names in SPECIAL_VALUES are repeated with each kind below in each of
their floating arguments and in the output gradient, and with the mix in all of them at once.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import ml_dtypes
import numpy as np

from crosscheck.kernels.dtypes import is_floating
from crosscheck.parity.problem import Problem

GRADIENT = "grad_output"
MIX = "mix"
VALUES = {
    "nan": lambda type: np.nan,
    "inf": lambda type: np.inf,
    "-inf": lambda type: -np.inf,
    "-0": lambda type: -0.0,
    "subnormal": lambda type: 3 * type.smallest_subnormal,
    "largest": lambda type: type.max,
}
KINDS = (*VALUES, MIX)
QUICK = ("nan", "inf", MIX)
NOTHING: Mapping[str, Any] = MappingProxyType({})


def variants(
    problems: Iterable[Problem],
    kinds: Iterable[str],
    only: Mapping[str, Mapping[str, Sequence[str]]] = NOTHING,
) -> Iterator[Problem]:
    """Yield every problem with special values of each kind in each argument.

    only    operator -> argument -> the kinds that it may hold, where PyTorch refuses the others
    """
    for problem in problems:
        arguments = [name for name, each in problem.inputs.items() if _is_floating(each)]
        arguments.append(GRADIENT)
        held = only.get(problem.op, NOTHING)
        for argument in arguments:
            for kind in kinds:
                if kind in held.get(argument, KINDS):
                    yield _variant(problem, f"{argument} {kind}", {argument: kind})
        yield _variant(problem, MIX, {each: MIX for each in arguments if each not in held})


def _variant(problem: Problem, what: str, special: dict[str, str]) -> Problem:
    reason = f"special values: {what}"
    return replace(problem, name=f"{problem.name} {what}", reason=reason, special=special)


def _is_floating(given: tuple[int, ...] | np.ndarray) -> bool:
    return not isinstance(given, np.ndarray) or is_floating(given.dtype)


def put(kind: str, values: np.ndarray, name: str, dtype: str) -> np.ndarray:
    """Return a copy of the argument `name` with the special values of `kind`, of a dtype, in it.

    One stands in a corner, where windows reach into the padding: at the start or, for every other
    kind, at the end. Two more are neighbours, so that one window holds both.
    """
    values = values.copy()
    flat, type = values.reshape(-1), ml_dtypes.finfo(dtype)
    generator = np.random.default_rng(zlib.crc32(f"{name} {kind}".encode()))
    if kind == MIX:
        kinds = generator.permutation(list(VALUES))
        places = generator.permutation(flat.size)[: max(len(kinds), flat.size // 8)]
        for number, place in enumerate(places):
            flat[place] = VALUES[kinds[number % len(kinds)]](type)
        return values
    corner = -(KINDS.index(kind) % 2)
    inside = generator.integers(max(flat.size - 1, 1)) if flat.size else 0
    flat[inside : inside + 2] = VALUES[kind](type)
    flat[corner : flat.size if corner else 1] = VALUES[kind](type)
    return values
