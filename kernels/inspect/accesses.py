"""Instructions that access memory, and the width of each."""

import re
from collections.abc import Iterable

from crosscheck.kernels.inspect.sass import Instruction

GLOBAL_LOADS = {"LDG", "LD", "LDGSTS"}  # LD is generic: its memory is unknown
GLOBAL_STORES = {"STG", "ST"}
SHARED_LOADS = {"LDS", "LDSM"}  # LDSM: ldmatrix
SHARED_STORES = {"STS"}
LOCAL = {"LDL", "STL"}  # spills, and arrays that found no registers
ATOMICS = {"ATOM", "ATOMG", "ATOMS", "RED", "REDG"}
EVERY = GLOBAL_LOADS | GLOBAL_STORES | SHARED_LOADS | SHARED_STORES | LOCAL | ATOMICS

_BITS = re.compile(r"\.[US]?(8|16|64|128)(?:\.|$)")


def width(instruction: Instruction) -> int:
    """Return how many bytes a thread moves with an access: 4 where the opcode does not say."""
    if instruction.operation == "LDSM":
        return 4 * int(instruction.opcode.rpartition(".")[2])  # LDSM.16.MT88.4: words
    bits = _BITS.search(instruction.opcode)
    return int(bits[1]) // 8 if bits else 4


def select(program: Iterable[Instruction], operations: set[str]) -> list[Instruction]:
    """Return the accesses among these operations; a dead one is none."""
    return [each for each in program if each.operation in operations and not each.dead]


def mean_width(program: Iterable[Instruction], operations: set[str]) -> float:
    """Return the mean width of the accesses among these operations, 0 where there are none."""
    found = select(program, operations)
    return sum(map(width, found)) / len(found) if found else 0.0
