"""Registers, spills, stack and shared memory of a kernel, from the log of ptxas."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Resources:
    """Registers of a thread, bytes of its spills and stack, and static shared bytes of a block."""

    registers: int
    spill_stores: int
    spill_loads: int
    stack: int
    shared: int


def parse(log: str) -> Resources:
    """Return what `ptxas --verbose` prints for a module of one kernel.

    Functions that the kernel calls have stacks and spills of their own: spills are added up, and
    the deepest stack counts. Raises ValueError where the log has no registers or no stack frame.
    """
    registers = re.search(r"Used (\d+) registers", log)
    frames = re.findall(
        r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", log
    )
    if not registers or not frames:
        raise ValueError(f"no registers or no stack frame in the assembler's log:\n{log}")
    shared = re.search(r"(\d+) bytes smem", log)
    stacks, stores, loads = zip(*(map(int, frame) for frame in frames), strict=True)
    return Resources(
        registers=int(registers[1]),
        spill_stores=sum(stores),
        spill_loads=sum(loads),
        stack=max(stacks),
        shared=int(shared[1]) if shared else 0,
    )
