"""The most that a kernel can reach, by its machine code, and what binds it: a model.

Counted are the cycles in which an SM executes one turn of the main loop for one warp, the other
warps doing the same meanwhile. The resource that needs most of them binds:

    issue       instructions: an SM has 4 schedulers, and each issues one in a cycle
    FMA         FMA, ADD, MUL on their pipe, which is 32-bit or 64-bit: RATES says how many lanes it
                takes in a cycle. Where it takes 64, as on sm_80, a 32-bit one holds its quarter of
                the pipe for two cycles, and other instructions are issued meanwhile
    tensor      HMMAs, at the rate that mma.sync gets; HGMMAs, which are wgmma, at the full one.
                Four warps share one: a quarter of it is counted, and of the passes in which it
                reads 32 bytes of each row of its two operands (inferred; one that comes from
                registers is counted, too)
    shared      passes of 128 bytes through the one path to shared memory and L1. A store or a load
                of 4 bytes a thread is a pass, of 16 bytes four; an LDS.128 two, because pairs of
                lanes read the same (register_tile.py sees to it), but four beside HMMAs, whose
                lanes do not; an LDG two at least, because the neighbours that a warp reads begin
                anywhere
    load/store  memory instructions: one in a cycle

NVIDIA documents the schedulers and the rates (CUDA C++ Programming Guide, "Throughput of Native
Arithmetic Instructions"; the pairs, for Volta, in its forum). The one path and one memory
instruction a cycle are inferred. Nothing here knows latency and whether enough warps are there to
hide it (see occupancy, and what limits it), barriers, bank conflicts, caches, DRAM, the part of a
kernel before and behind its loop, and the last wave of blocks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.kernels.inspect import accesses
from crosscheck.kernels.inspect.mix import DOUBLE, FMA, main_loop
from crosscheck.kernels.inspect.sass import Instruction, loops

SCHEDULERS = 4
WARP_SIZE = 32
PASS = 128  # bytes

# Lanes of 32-bit and of 64-bit arithmetic that an SM takes in a cycle.
RATES = {
    (7, 5): (64, 2),
    (8, 0): (64, 32),
    (8, 6): (128, 2),
    (8, 7): (128, 2),
    (8, 9): (128, 2),
    (9, 0): (128, 64),
    (10, 0): (128, 64),
    (10, 3): (128, 2),
    (11, 0): (128, 2),
    (12, 0): (128, 2),
    (12, 1): (128, 2),
}
SINGLE = {"FFMA", "FADD", "FMUL"}

# Cycles of an SM for an HMMA of 16 x 8 outputs, by the data sheets' rates: 16 terms of 16 bits, or
# 8 of TF32. On 9.0 mma.sync gets a share of that, as has been published; only wgmma gets all.
HMMA_CYCLES = {(8, 0): 2.0, (9, 0): 1.0, (10, 0): 1.0, (12, 0): 8.0}
OF_MMA_SYNC = {(9, 0): 0.62}

WARPS = 4  # that issue a wgmma together
_SHAPE = re.compile(r"\.(\d+)x(\d+)x\d+\.")  # HGMMA.64x128x8.F32.TF32


@dataclass(frozen=True)
class Ceiling:
    """What a kernel can reach at most.

    fma    share of the FMA peak of its precision, or of the tensor cores' peak where the loop
           has HMMAs or HGMMAs; 0 where no loop has either
    bytes  global memory's bytes that an SM can ask for in a cycle. DRAM gives each of an H200's 132
           SMs about 20: a kernel that only moves memory should be able to ask for more
    bound  what binds: "issue", "FMA", "tensor", "shared" or "load/store"
    """

    fma: float
    bytes: float
    bound: str


def compute(program: Sequence[Instruction], capability: tuple[int, int]) -> Ceiling:
    """Return the ceiling of a kernel's main loop: the innermost with FMAs; without one the shortest
    that accesses global memory; without a loop, of the whole kernel, each instruction once.
    """
    loop = main_loop(program) or _moving_loop(program) or range(len(program))
    turn = program[loop.start : loop.stop]
    cycles = _cycles(turn, capability)
    bound = max(cycles, key=cycles.__getitem__)
    useful = _hmma(turn, capability) + _hgmma(turn) or _fma(turn, capability)
    is_loop = len(loop) < len(program)
    moved = accesses.select(turn, accesses.GLOBAL_LOADS | accesses.GLOBAL_STORES)
    return Ceiling(
        fma=useful / cycles[bound] if is_loop else 0.0,
        bytes=sum(map(accesses.width, moved)) * WARP_SIZE / cycles[bound],
        bound=bound,
    )


def _cycles(turn: Sequence[Instruction], capability: tuple[int, int]) -> dict[str, float]:
    single, double = RATES[capability]
    memory = accesses.select(turn, accesses.EVERY)
    has_pairs = not any(each.operation == "HMMA" for each in turn)
    pipes = (
        sum(WARP_SIZE / single for each in turn if each.operation in SINGLE),
        sum(WARP_SIZE / double for each in turn if each.operation in DOUBLE),
    )
    return {
        "issue": len(turn) / SCHEDULERS,
        "FMA": max(pipes),
        "tensor": _hmma(turn, capability) / OF_MMA_SYNC.get(capability, 1) + _hgmma(turn),
        "shared": sum(_passes(each, has_pairs) for each in memory) + _operand_passes(turn),
        "load/store": len(memory),
    }


def _fma(turn: Sequence[Instruction], capability: tuple[int, int]) -> float:
    """Return the cycles that the FMAs of a turn take at their peak."""
    single, double = RATES[capability]
    return sum(
        WARP_SIZE / (single if each.operation == "FFMA" else double)
        for each in turn
        if each.operation in FMA
    )


def _hmma(turn: Sequence[Instruction], capability: tuple[int, int]) -> float:
    """Return the cycles that the HMMAs of a turn take at the tensor cores' peak."""
    count = sum(each.operation == "HMMA" for each in turn)
    return count and count * HMMA_CYCLES[capability]


def _hgmma(turn: Sequence[Instruction]) -> float:
    """Return a warp's share of the cycles of HGMMAs: in one an SM makes 16 x 8 outputs' terms."""
    return sum(rows * columns / (16 * 8) / WARPS for rows, columns in _shapes(turn))


def _operand_passes(turn: Sequence[Instruction]) -> float:
    """Return a warp's share of the passes in which HGMMAs read their operands."""
    return sum((rows + columns) * 32 / PASS / WARPS for rows, columns in _shapes(turn))


def _shapes(turn: Sequence[Instruction]) -> list[tuple[int, int]]:
    """Return the rows and columns of each HGMMA."""
    found = (_SHAPE.search(each.opcode) for each in turn if each.operation == "HGMMA")
    return [(int(each[1]), int(each[2])) for each in found if each]


def _passes(access: Instruction, has_pairs: bool) -> int:
    """Return the passes of an access; has_pairs: whether pairs of lanes read the same words."""
    passes = -(-accesses.width(access) * WARP_SIZE // PASS)
    if access.operation == "LDS" and has_pairs:
        return min(passes, 2)
    return max(passes, 2) if access.operation in ("LDG", "LD") else passes


def _moving_loop(program: Sequence[Instruction]) -> range | None:
    """Return the shortest loop that accesses global memory."""
    moving = accesses.GLOBAL_LOADS | accesses.GLOBAL_STORES
    found = [
        each for each in loops(program) if accesses.select(program[each.start : each.stop], moving)
    ]
    return min(found, key=len, default=None)
