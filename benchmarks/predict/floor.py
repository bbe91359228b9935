"""The floor of a launch: the cycles of an SM that each of its resources needs at least.

    issue       instructions: each of the 4 schedulers issues one in a cycle
    FMA         FFMA, FADD and FMUL on their pipe
    load/store  memory instructions: one in a cycle
    shared      passes of 128 bytes through the one path to shared memory and L1

How many instructions a warp executes at least follows from its machine code and from what its
threads achieve (kernels/inspect/least.py): their multiply-adds, the bytes that they store to shared
and to global memory, and those that they load from other addresses each (memory/block.py). The
passes are those of the cheapest requests of the sampled block, as many as the code makes at least.

Blocks are whole: some SM computes ceil(blocks / SMs) of them. The first and the middle block stand
for all, the one that moves fewer bytes; the last, which may be partly empty, counts only if it
achieves as much. Multiply-adds are counted for the layer, so they bound the sum over all SMs only.

Not in it: latency, instruction fetch, barriers, what caches miss, the kernel's start.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, prod

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.counts import MULTIPLY_ADDS, OF_BLOCKS, Achieved, counts
from crosscheck.benchmarks.predict.sample import Sampled
from crosscheck.kernels.inspect import occupancy, resources, stored
from crosscheck.kernels.inspect.ceiling import SCHEDULERS, WARP_SIZE
from crosscheck.kernels.inspect.memory.block import Block, Class, Requests
from crosscheck.kernels.inspect.memory.sectors import SECTOR

CYCLES = ("issue", "FMA", "load/store", "shared")  # the resources of an SM


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
    code = stored.compile_for(launch, gpu.capability)
    program = counts(code.sass)
    found = occupancy.compute(
        resources.parse(code.log),
        prod(launch.block),
        launch.shared_bytes,
        occupancy.LIMITS[gpu.capability],
    )
    blocks, threads = prod(launch.grid), prod(launch.block)
    warps = -(-threads // WARP_SIZE)
    block = _least(sampled)
    own: dict[str, float] = {name: getattr(block, name) if block else 0 for name in OF_BLOCKS}
    mean = {MULTIPLY_ADDS: multiply_adds / blocks / threads, **own}
    counted = blocks - (blocks > 1 and not _is_full(sampled, own))
    busiest = ceil(counted / gpu.sms)

    def on_an_sm(cost: str | Class, of_block: Callable[[float], float]) -> tuple[float, float]:
        """Return what the busiest SM has at least, and all: of_block(cost of a warp)."""
        each = of_block(program.at_least(cost, own))
        total = counted * max(each, of_block(program.at_least(cost, mean)))
        return max(busiest * each, total / gpu.sms), total

    def of_warps(count: float) -> float:
        return count * warps

    issued, instructions = on_an_sm("instructions", of_warps)
    one_warp = program.at_least("instructions", own)  # one of them has the mean, in a row
    rate = WARP_SIZE / gpu.lanes
    fma_cycles, fmas = on_an_sm("fmas", of_warps)
    accessing, all_accesses = on_an_sm("accesses", of_warps)
    passing = passes = 0.0
    for key, requests in block.requests.items() if block else ():

        def passes_of(executed: float, requests: Requests = requests) -> float:
            return requests.least(executed * warps)

        busy, total = on_an_sm(key, passes_of)
        passing, passes = passing + busy, passes + total
    loaded = max(0.0, block.sectors_loaded * SECTOR - gpu.l1) if block else 0.0
    written = block.sectors_stored * SECTOR if block else 0.0
    return Floor(
        kernel=launch.name,
        blocks=blocks,
        threads=threads,
        resident=found.blocks,
        limited_by=found.limited_by,
        waves=blocks / (gpu.sms * max(1, found.blocks)),
        instructions=instructions,
        fmas=fmas,
        accesses=all_accesses,
        passes=passes,
        sectors=counted * (block.sectors_loaded + block.sectors_stored) if block else 0.0,
        cycles={
            "issue": max(issued / SCHEDULERS, one_warp),
            "FMA": fma_cycles * rate,
            "load/store": accessing,
            "shared": passing,
        },
        l2_bytes=counted * (loaded + written),
    )


def _least(sampled: Sampled) -> Block | None:
    """Return the block that stands for all but the last; for a single one, that."""
    if sampled.first is None or sampled.middle is None:
        return None
    return min(sampled.first, sampled.middle, key=lambda each: each.bytes)


def _is_full(sampled: Sampled, own: Achieved) -> bool:
    """Return whether the last block achieves as much as the one that stands for all."""
    last = sampled.last
    return last is None or all(getattr(last, name) >= each for name, each in own.items())
