"""Runs blocks on one worker. Compiled by numba, once; the kernel's entry is an address to it.

A block is a number of fibers. Each is resumed in turn until it waits at a barrier or has finished.
When all wait, the barrier is passed and the next round begins; when all have finished, the block is
done. When some wait and others have finished, the barrier can never be passed: an error. So it is,
in checked mode, when they wait at different barriers.

A kernel without a barrier is one fiber whose entry loops over the threads of the block.
"""

from kernels.cpu import record
from kernels.cpu.memory import POISON
from kernels.cpu.words import fill, load, prepare, resume, store, take

# How a worker's run ended, in the word STATUS: an entry's own code (not 0) when a thread failed.
DONE, DIVERGED = 0, -1000

_STATUS, _SHARED = record.STATUS, record.SHARED
_BLOCK_IDX, _GRID_DIM, _STATE = record.BLOCK_IDX, record.GRID_DIM, record.STATE
_WAITING, _SITE = record.WAITING, record.SITE
_THREADS_AT, _THREAD_BYTES = record.THREADS_AT, record.THREAD_BYTES
_STACKS_AT, _STACK = record.STACKS_AT, record.STACK


def run_blocks(worker, fibers, prepared, counter, blocks, poisoned_bytes, checked):
    """Take blocks from the shared counter until none is left or a thread fails.

    `prepared` fibers of this worker stand at the start of a block already; `poisoned_bytes` of
    shared memory are filled before each block. The outcome is left in the worker's STATUS word.
    """
    threads = worker + _THREADS_AT
    for t in range(prepared, fibers):
        prepare(threads + t * _THREAD_BYTES, worker + _STACKS_AT + (t + 1) * _STACK)
    store(worker, _STATUS, DONE)
    while True:
        block = take(counter)
        if block >= blocks:
            return
        columns = load(worker, _GRID_DIM)
        rows = load(worker, _GRID_DIM + 1)
        store(worker, _BLOCK_IDX, block % columns)
        store(worker, _BLOCK_IDX + 1, block // columns % rows)
        store(worker, _BLOCK_IDX + 2, block // columns // rows)
        if poisoned_bytes:
            fill(load(worker, _SHARED), POISON, poisoned_bytes)
        waiting = fibers
        while waiting:
            waiting = 0
            for t in range(fibers):
                thread = threads + t * _THREAD_BYTES
                resume(worker, thread)
                waiting += load(thread, _STATE) == _WAITING
                if load(worker, _STATUS) != DONE:
                    store(counter, 0, blocks)  # nobody takes another block
                    return
            apart = waiting != 0 and waiting != fibers
            if checked and waiting == fibers:
                for t in range(1, fibers):
                    site = load(threads + t * _THREAD_BYTES, _SITE)
                    apart = apart or site != load(threads, _SITE)
            if apart:
                store(worker, _STATUS, DIVERGED)
                store(counter, 0, blocks)
                return
