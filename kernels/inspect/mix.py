"""The instruction mix of a kernel, and the instructions per FMA of its innermost loop.

The counts are static: an instruction in a loop counts once, however often it runs.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscheck.kernels.inspect import accesses, sass
from crosscheck.kernels.inspect.sass import Instruction

FMA = {"FFMA", "DFMA", "HMMA", "HGMMA"}  # the last on tensor cores: a warp's, four warps'
DOUBLE = {"DADD", "DFMA", "DMNMX", "DMUL", "DSETP"}
_DOUBLE_MODIFIER = re.compile(r"\.F64|64H")  # F2F.F64.F32, MUFU.RCP64H
_WIDE_DIVISION = re.compile(r"(div|rem)_[su]64")


@dataclass(frozen=True)
class Loop:
    """The number of instructions of a loop, and of FMAs among them."""

    instructions: int
    fma: int

    @property
    def per_fma(self) -> float:
        return self.instructions / self.fma


@dataclass(frozen=True)
class Mix:
    """Counts of instructions. Global accesses include generic ones, whose memory is unknown; an
    asynchronous copy is a global load and a shared store.
    """

    instructions: int
    fma: int
    double: int  # double-precision arithmetic, its FMAs included, and conversions
    global_loads: int
    global_stores: int
    shared_loads: int
    shared_stores: int
    barriers: int
    branches: int
    wide_divisions: int  # calls of 64-bit integer division and remainder
    global_width: float  # bytes of a global load, and of a shared one, in the mean: of the main
    shared_width: float  # loop where there is one, else of the kernel; 0 without loads
    loop: Loop | None  # the main loop


def count(program: Sequence[Instruction]) -> Mix:
    """Return the mix of a kernel and the functions it calls."""
    operations = Counter(each.operation for each in program if not each.dead)
    loop = main_loop(program)
    turn = program if loop is None else program[loop.start : loop.stop]
    return Mix(
        instructions=len(program),
        fma=_fma(program),
        double=sum(map(_is_double, program)),
        global_loads=sum(operations[each] for each in accesses.GLOBAL_LOADS),
        global_stores=sum(operations[each] for each in accesses.GLOBAL_STORES),
        shared_loads=operations["LDS"],
        shared_stores=operations["STS"] + operations["LDGSTS"],
        barriers=operations["BAR"],
        branches=operations["BRA"],
        wide_divisions=sum(bool(_WIDE_DIVISION.search(str(each.target))) for each in program),
        global_width=accesses.mean_width(turn, accesses.GLOBAL_LOADS),
        shared_width=accesses.mean_width(turn, accesses.SHARED_LOADS),
        loop=None if loop is None else Loop(len(loop), _fma(turn)),
    )


def _fma(program: Iterable[Instruction]) -> int:
    return sum(each.operation in FMA for each in program)


def _is_double(instruction: Instruction) -> bool:
    modified = _DOUBLE_MODIFIER.search(instruction.opcode)
    return instruction.operation in DOUBLE or modified is not None


def main_loop(program: Sequence[Instruction]) -> range | None:
    """Return the loop with the most FMAs among those that contain no other loop with FMAs.

    Of several, the shortest. A floating-point division consists of FMAs, which count too.
    """
    counts = {each: _fma(program[each.start : each.stop]) for each in sass.loops(program)}
    with_fma = {each: fma for each, fma in counts.items() if fma}
    innermost = [
        each
        for each in with_fma
        if not any(other != each and _inside(other, each) for other in with_fma)
    ]
    return max(innermost, key=lambda loop: (with_fma[loop], -len(loop)), default=None)


def _inside(inner: range, outer: range) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop
