"""The text of inline PTX as statements: what LLVM hands to the assembler, `$0` being an operand."""

import re
from typing import NamedTuple

from numba.core.errors import UnsupportedError


class PtxError(UnsupportedError):
    """Inline PTX that has no meaning on the CPU device."""


class Statement(NamedTuple):
    """`@%p ld.global.v4.f32 {$0, $1, $2, $3}, [$4+16];`"""

    text: str
    predicate: str  # the register that decides whether it runs, "" where it always does
    negated: bool  # it runs where the predicate is false
    opcode: str  # "ld"
    modifiers: tuple[str, ...]  # "global", "v4", "f32"
    operands: tuple[str, ...]  # "{$0, $1, $2, $3}" and "[$4+16]"


class Registers(NamedTuple):
    """`.reg .b32 %a, %b;`: registers that the text declares. `<4>` is a family %a0 to %a3."""

    kind: str
    names: tuple[str, ...]


_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STATEMENT = re.compile(
    r"(?:@(!?)\s*([%$\w]+)\s+)?([a-z]\w*)((?:\.\w+|::\w+)*)(?:\s+(.*))?", re.DOTALL
)
_REGISTERS = re.compile(r"\.reg\s+\.(\w+)\s+(.*)", re.DOTALL)
_FAMILY = re.compile(r"(%?[\w$]+)<(\d+)>")
_SEPARATOR = re.compile(r",(?![^{]*\})")  # a comma outside of { }


def parse(text: str) -> list[Statement | Registers]:
    """Return the statements of a text. Raises PtxError for what is none."""
    return [_statement(line) for line in _lines(_COMMENT.sub(" ", text))]


def _lines(text: str) -> list[str]:
    """Return the text between semicolons, without the braces of a scope around it."""
    plain = re.sub(r"\$\{(\d+)[^}]*\}", r"$\1", text)  # ${0:x} is $0
    parts = [re.sub(r"^[{}\s]+", "", part).strip() for part in plain.split(";")]
    return [" ".join(part.split()) for part in parts if part]


def _statement(line: str) -> Statement | Registers:
    declared = _REGISTERS.fullmatch(line)
    if declared:
        names: list[str] = []
        for name in declared[2].split(","):
            family = _FAMILY.fullmatch(name.strip())
            names += (
                [f"{family[1]}{n}" for n in range(int(family[2]))] if family else [name.strip()]
            )
        return Registers(declared[1], tuple(names))
    found = _STATEMENT.fullmatch(line)
    if not found:
        raise PtxError(f"inline PTX: {line!r} is no statement that the CPU device can read")
    negation, predicate, opcode, modifiers, operands = found.groups()
    split = tuple(item.strip() for item in _SEPARATOR.split(operands or "") if item.strip())
    names = tuple(name for name in re.split(r"\.", modifiers) if name)
    return Statement(line, predicate or "", bool(negation), opcode, names, split)
