"""What the command does with `--module`, `--subject` and the name of an algorithm."""

import shlex
from dataclasses import replace

import typer

from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.optimizers import steps
from crosscheck.parity.own import registry
from crosscheck.parity.own.module import BadModule
from crosscheck.parity.worker import DEFAULT_MMA, Options


def algorithms() -> list[str]:
    """Return the names of all algorithms: of ours, and of what is registered."""
    directions = (direction for each in OPERATORS.values() for direction in each.directions)
    ours = (name for each in directions for name in each.algorithms)
    return sorted({*ours, *steps.ALGORITHMS, *(each.name for each in registry.places())})


def loaded(options: Options) -> Options:
    """Register what the options say; without a name of an algorithm, what is registered is run.

    Raises typer.BadParameter for a file that cannot be loaded and an unknown name.
    """
    try:
        options.load()
    except BadModule as error:
        raise typer.BadParameter(str(error), param_hint="--module") from None
    if options.algorithm is None and (options.module or options.subject):
        names = dict.fromkeys(each.name for each in registry.places())
        return replace(options, algorithm=tuple(names))
    if options.algorithm is not None and options.algorithm not in algorithms():
        known = ", ".join(map(repr, algorithms()))
        text = f"{options.algorithm!r} is not one of {known}."
        raise typer.BadParameter(text, param_hint="--algorithm")
    return options


def flags(options: Options) -> str:
    """Return the flags that register the same again, for the line that repeats a case."""
    words = ["--module", str(options.module)] if options.module else []
    words += ["--subject", options.subject] if options.subject else []
    words += ["--mma", options.mma] if options.mma != DEFAULT_MMA else []
    return shlex.join(words)
