"""The floor of a launch: the cycles of an SM that each of its resources needs at least.

    issue       instructions: each of the 4 schedulers issues one in a cycle
    FMA         FFMA, FADD and FMUL on their pipe
    load/store  memory instructions: one in a cycle
    shared      passes of 128 bytes through the one path to shared memory and L1

How many instructions a warp executes at least follows from its machine code and from what its
threads achieve (kernels/inspect/least.py): their multiply-adds, the bytes that they store to shared
and to global memory, and those that they load from other addresses each (memory/block.py). One that
has a predicate is counted as issued; not as arithmetic or access, because it may be off. The passes
are those of the cheapest requests of the sampled block, as many as the machine code makes at least.

Blocks are whole: some SM computes ceil(blocks / SMs) of them. For what blocks achieve, the least of
the first and the middle one stands for all but the last, which may be partly empty. Multiply-adds
are counted for the layer, so they bound the sum over all SMs only.

Not in it: latency, instruction fetch, barriers, what caches miss, the kernel's start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, prod

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.sample import Sampled
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, LOAD, SHARED, STORE
from crosscheck.kernels.inspect import accesses, inspection, sass
from crosscheck.kernels.inspect.ceiling import SCHEDULERS, SINGLE, WARP_SIZE
from crosscheck.kernels.inspect.inspection import Inspection
from crosscheck.kernels.inspect.least import least
from crosscheck.kernels.inspect.memory.block import Block
from crosscheck.kernels.inspect.memory.sectors import SECTOR
from crosscheck.kernels.inspect.sass import Instruction

Count = Callable[[Instruction], float]
Program = list[Instruction]
Achieved = Mapping[str, float]  # by a thread, by the names of GAINS

_SHARED_STORES, _GLOBAL_STORES = accesses.SHARED_STORES | {"LDGSTS"}, accesses.GLOBAL_STORES
REQUESTS = {
    (SHARED, LOAD): accesses.SHARED_LOADS,
    (SHARED, STORE): _SHARED_STORES,
    (GLOBAL, LOAD): accesses.GLOBAL_LOADS,
    (GLOBAL, STORE): _GLOBAL_STORES,
}
CYCLES = ("issue", "FMA", "load/store", "shared")  # the resources of an SM
FMAS = {"FFMA": 1, "FFMA2": 2}


def _bytes(operations: set[str]) -> Count:
    return lambda each: accesses.width(each) if each.operation in operations else 0


def _executed(operations: set[str]) -> Count:
    """Count those that have no predicate."""
    return lambda each: each.operation in operations and not (each.conditional or each.dead)


GAINS: Mapping[str, Count] = {
    "multiply-adds": lambda each: FMAS.get(each.operation, 0),
    "shared_stored": _bytes(_SHARED_STORES),
    "shared_loaded": _bytes(accesses.SHARED_LOADS),
    "global_stored": _bytes(_GLOBAL_STORES),
    "global_loaded": _bytes(accesses.GLOBAL_LOADS),
}


@dataclass(frozen=True)
class Floor:
    """The floor of one launch.

    blocks, threads   of the grid, and of a block
    resident, limited_by, waves   blocks that fit on an SM, what limits them, and how many times the
                      GPU is filled
    instructions, fmas, accesses   that all warps issue at least: all; on the FMA pipe; to memory
    passes            through the path to shared memory and L1, of all blocks
    sectors           of 32 bytes that all blocks move at least between L1 and L2, were L1 as large
                      as can be for each block, and empty when it begins
    cycles            of an SM, by resource
    l2_bytes          that L2 gives and takes at least
    """

    kernel: str
    blocks: int
    threads: int
    resident: int
    limited_by: str
    waves: float
    instructions: float
    fmas: float
    accesses: float
    passes: float
    sectors: float
    cycles: Mapping[str, float]
    l2_bytes: float

    @property
    def most(self) -> float:
        """The cycles of the resource that needs most."""
        return max(self.cycles.values())


def floor(sampled: Sampled, multiply_adds: float, gpu: Gpu) -> Floor:
    """Return the floor of a launch with this many multiply-adds in all, on a GPU.

    Raises kernels.gpu.CompilerMissing, and RuntimeError where there is no disassembler.
    """
    launch = sampled.launch
    found = inspection.inspect(launch, gpu.capability)
    program = sass.parse(found.sass)
    return _floor(found, program, sampled, multiply_adds, gpu)


def _floor(
    found: Inspection, program: Program, sampled: Sampled, multiply_adds: float, gpu: Gpu
) -> Floor:
    launch = sampled.launch
    blocks, threads = prod(launch.grid), prod(launch.block)
    warps = -(-threads // WARP_SIZE)
    block = _least(sampled)
    own: dict[str, float] = {name: getattr(block, name) if block else 0 for name in list(GAINS)[1:]}
    mean = {"multiply-adds": multiply_adds / blocks / threads, **own}
    counted = max(1, blocks - 1)  # the last may be partly empty
    busiest = ceil(counted / gpu.sms)

    def on_an_sm(count: Count, of_block: Callable[[float], float]) -> tuple[float, float]:
        """Return what the busiest SM has at least, and all: of_block(count of a warp)."""
        each = of_block(at_least(program, count, own))
        total = counted * max(each, of_block(at_least(program, count, mean)))
        return max(busiest * each, total / gpu.sms), total

    def of_warps(count: float) -> float:
        return count * warps

    issued, instructions = on_an_sm(lambda each: 1, of_warps)
    # The warps of an SM are its schedulers': one of them has a whole number at least.
    in_turn = ceil(busiest * warps / SCHEDULERS) * at_least(program, lambda each: 1, own)
    rate = WARP_SIZE / gpu.lanes
    fma_cycles, fmas = on_an_sm(_executed(SINGLE), of_warps)
    accessing, all_accesses = on_an_sm(_executed(accesses.EVERY), of_warps)
    passing = passes = 0.0
    for (space, kind), operations in REQUESTS.items() if block else ():

        def passes_of(requests: float, space: int = space, kind: int = kind) -> float:
            return block.requests[space, kind].least(requests * warps)

        busy, total = on_an_sm(_executed(operations), passes_of)
        passing, passes = passing + busy, passes + total
    resident = found.occupancy.blocks
    loaded = max(0.0, block.sectors_loaded * SECTOR - gpu.l1) if block else 0.0
    stored = block.sectors_stored * SECTOR if block else 0.0
    return Floor(
        kernel=found.name,
        blocks=blocks,
        threads=threads,
        resident=resident,
        limited_by=found.occupancy.limited_by,
        waves=blocks / (gpu.sms * max(1, resident)),
        instructions=instructions,
        fmas=fmas,
        accesses=all_accesses,
        passes=passes,
        sectors=counted * (block.sectors_loaded + block.sectors_stored) if block else 0.0,
        cycles={
            "issue": max(issued / SCHEDULERS, in_turn),
            "FMA": fma_cycles * rate,
            "load/store": accessing,
            "shared": passing,
        },
        l2_bytes=counted * (loaded + stored),
    )


def _least(sampled: Sampled) -> Block | None:
    """Return the block that stands for all but the last; for a single one, that."""
    if sampled.first is None or sampled.middle is None:
        return None
    return min(sampled.first, sampled.middle, key=lambda each: each.bytes)


def at_least(program: Program, cost: Count, achieved: Achieved) -> float:
    """Return the least cost of a way through a program by what it achieves of each, and of all."""
    needed = {name: each for name, each in achieved.items() if each > 0}
    bounds = [least(program, cost, GAINS[name]).at(each) for name, each in needed.items()]
    if len(needed) != 1:

        def together(each: Instruction) -> float:
            return sum(GAINS[name](each) / amount for name, amount in needed.items())

        bounds.append(least(program, cost, together).at(len(needed)))
    return max(bounds)
