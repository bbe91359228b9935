"""What a kernel's instructions are, and how many of them its innermost loop spends on each FMA.

The counts are of the code as it stands, not of what runs: an instruction in a loop counts once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscheck.kernels.inspect import sass
from crosscheck.kernels.inspect.sass import Instruction

FMA = {"FFMA", "DFMA"}
DOUBLE = {"DADD", "DFMA", "DMNMX", "DMUL", "DSETP"}
_DOUBLE_MODIFIER = re.compile(r"\.F64|64H")  # F2F.F64.F32, MUFU.RCP64H
_WIDE_CALL = re.compile(r"(div|rem)_[su]64")


@dataclass(frozen=True)
class Loop:
    """A loop's instructions, and how many of them are FMAs."""

    instructions: int
    fma: int

    @property
    def per_fma(self) -> float:
        return self.instructions / self.fma


@dataclass(frozen=True)
class Mix:
    """Counts of instructions. Global accesses are those through a pointer into any memory, too."""

    instructions: int
    fma: int
    double: int  # double-precision arithmetic, its FMAs included, and conversions
    global_loads: int
    global_stores: int
    shared_loads: int
    shared_stores: int
    barriers: int
    branches: int
    wide_calls: int  # of 64-bit integer division or remainder
    loop: Loop | None  # the innermost one with FMAs; of several the one with most of them


def count(program: Sequence[Instruction]) -> Mix:
    """Return the mix of a kernel with the functions it calls."""
    operations = Counter(each.operation for each in program)
    return Mix(
        instructions=len(program),
        fma=_fma(program),
        double=sum(map(_is_double, program)),
        global_loads=operations["LDG"] + operations["LD"],
        global_stores=operations["STG"] + operations["ST"],
        shared_loads=operations["LDS"],
        shared_stores=operations["STS"],
        barriers=operations["BAR"],
        branches=operations["BRA"],
        wide_calls=sum(bool(_WIDE_CALL.search(str(each.target))) for each in program),
        loop=_innermost(program),
    )


def _fma(program: Iterable[Instruction]) -> int:
    return sum(each.operation in FMA for each in program)


def _is_double(instruction: Instruction) -> bool:
    modified = _DOUBLE_MODIFIER.search(instruction.opcode)
    return instruction.operation in DOUBLE or modified is not None


def _innermost(program: Sequence[Instruction]) -> Loop | None:
    """Return the loop of most FMAs among those with no other loop of FMAs inside.

    The FMAs of a division count too, where a loop divides floating-point numbers.
    """
    counted = {each: _fma(program[each.start : each.stop]) for each in sass.loops(program)}
    rich = {each: fma for each, fma in counted.items() if fma}
    inner = [
        Loop(len(each), fma)
        for each, fma in rich.items()
        if not any(other != each and _inside(other, each) for other in rich)
    ]
    return max(inner, key=lambda loop: (loop.fma, -loop.instructions), default=None)


def _inside(inner: range, outer: range) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop
