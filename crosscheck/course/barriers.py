"""Is every barrier needed? Each is taken out in turn, and the kernel runs under racecheck."""

import ast
from collections.abc import Callable

from crosscheck.course.answer import Answer
from crosscheck.course.wrong import Wrong


def lines(answer: Answer) -> list[int]:
    """Return the lines of the file that are a `cuda.syncthreads()` alone."""
    calls = [
        each.value
        for each in ast.walk(ast.parse(answer.source))
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call)
    ]
    return sorted(c.lineno for c in calls if getattr(c.func, "attr", "") == "syncthreads")


def each_without(answer: Answer, run: Callable[[Answer], object]) -> dict[int, str]:
    """Return what `run` finds wrong without each barrier, by its line.

    Raises Wrong for a barrier without which it finds nothing.
    """
    found = {}
    for line in lines(answer):
        try:
            run(answer.without(line))
        except Wrong as wrong:
            found[line] = str(wrong)
        else:
            raise Wrong(
                f"{answer.file.name}:{line}: this barrier protects nothing: without it the "
                "sanitizer finds no race, and each costs a wait of the whole block"
            )
    return found
