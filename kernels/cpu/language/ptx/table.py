"""The table of PTX instructions that have a meaning on the CPU device.

Each entry is a pattern of the instruction's name with its modifiers, and a function
`meaning(assembly, statement, found)` that emits what it does; `found` is the pattern's match. An
instruction that no pattern matches as a whole is refused when the kernel is compiled.
"""

import re
from collections.abc import Callable

from .assembly import Assembly
from .syntax import PtxError, Registers, Statement, parse

_TABLE: list[tuple[re.Pattern, Callable]] = []


def means(pattern: str) -> Callable[[Callable], Callable]:
    """Return a decorator: the function is the meaning of instructions with such names."""

    def enter(meaning: Callable) -> Callable:
        _TABLE.append((re.compile(pattern), meaning))
        return meaning

    return enter


def translate(assembly: Assembly, text: str) -> None:
    """Emit what a text means. Raises PtxError for an instruction that has no meaning here."""
    for statement in parse(text):
        if isinstance(statement, Registers):
            assembly.declare(statement)
        elif statement.predicate:
            with assembly.builder.if_then(assembly.runs(statement)):
                _emit(assembly, statement)
        else:
            _emit(assembly, statement)


def _emit(assembly: Assembly, statement: Statement) -> None:
    name = ".".join((statement.opcode, *statement.modifiers))
    for pattern, meaning in _TABLE:
        found = pattern.fullmatch(name)
        if found:
            meaning(assembly, statement, found)
            return
    text = f"inline PTX: the CPU device has no meaning for {name}"
    raise PtxError(f"{text}, in {statement.text!r}; docs/cpu-device.md has the table")
