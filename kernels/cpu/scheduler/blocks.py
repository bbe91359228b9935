"""Runs blocks on one worker. It is compiled once, and calls any kernel's entry by its address.

A block is a number of fibers. In each round, every warp runs as far as it can without the rest of
the block (warps.py): until its threads have finished, or wait for the block. When all unfinished
threads wait at a barrier, the barrier is passed and the next round begins. When all have finished,
the block is done. When none can run and no barrier can be passed, the threads are deadlocked: an
error. Threads that have returned are not waited for, as on GPUs since Volta. A strict launch makes
that an error, too, and a barrier at which the threads of a block wait in different places.

A kernel whose threads never wait is one fiber, which takes blocks itself (machine/block_loop.py).
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.layout import POISON
from .intrinsics import (
    fetch_and_increment,
    fill,
    load,
    next_random,
    prepare_stack,
    resume,
    store,
)
from .thread_order import permuted, seed_orders
from .warps import COUNT_BITS, run_warp

# How a worker's run ended, in the word STATUS. Any other value is the code of an entry that failed.
DONE, STUCK, PAUSED, SPINNING, BEGIN = 0, -1000, -1001, -1002, -1003

# After so many rounds in which threads only polled memory, a launch is an error: some seconds. A
# block of a cooperative launch lets the others run after fewer.
PATIENCE = 1 << 24
TURN = 1 << 10
BEHIND_BARRIER, POLLING = -1, -2  # where run_resident resumes, in place of a block's number

_THREADS_OFFSET, _THREAD_BYTES = layout.THREADS_OFFSET, layout.THREAD_BYTES
_STACKS_OFFSET, _STACK = layout.STACKS_OFFSET, layout.STACK
_STAGGER, _STAGGER_RANGE = layout.STAGGER, layout.STAGGER_RANGE
_WARP_SIZE, _WARP_BYTES = layout.WARP_SIZE, layout.WARP_SIZE * layout.THREAD_BYTES
_STATUS, _STATE, _SITE = layout.STATUS, layout.STATE, layout.SITE
_VALUE, _PUBLISHED, _PARTICIPANTS = layout.VALUE, layout.PUBLISHED, layout.PARTICIPANTS
_FIBERS, _BLOCK_COUNTER, _BLOCKS = layout.FIBERS, layout.BLOCK_COUNTER, layout.BLOCKS
_BLOCK_STRIDE, _BLOCK_OFFSET, _STRICT = layout.BLOCK_STRIDE, layout.BLOCK_OFFSET, layout.STRICT
_BLOCK_IDX, _GRID_DIM = layout.BLOCK_IDX, layout.GRID_DIM
_POISONED_BYTES, _SHARED, _STOPPED = layout.POISONED_BYTES, layout.SHARED, layout.STOPPED
_READY, _FINISHED, _AT_BARRIER = layout.READY, layout.FINISHED, layout.AT_BARRIER
_AT_VOTE, _AT_GRID = layout.AT_VOTE, layout.AT_GRID
_FIELD = (1 << COUNT_BITS) - 1


@DeviceFunction
def begin_block(worker, number):
    """Give block `number` of the launch to this worker, with every fiber at its start."""
    place = number * load(worker, _BLOCK_STRIDE) + load(worker, _BLOCK_OFFSET)
    block = place % load(worker, _BLOCKS)
    columns = load(worker, _GRID_DIM)
    rows = load(worker, _GRID_DIM + 1)
    store(worker, _BLOCK_IDX, block % columns)
    store(worker, _BLOCK_IDX + 1, block // columns % rows)
    store(worker, _BLOCK_IDX + 2, block // columns // rows)
    seed_orders(worker, block)
    if load(worker, _POISONED_BYTES):
        fill(load(worker, _SHARED), POISON, load(worker, _POISONED_BYTES))
    for t in range(load(worker, _FIBERS)):
        store(worker + _THREADS_OFFSET + t * _THREAD_BYTES, _STATE, _READY)


@DeviceFunction
def count_votes(worker, present):
    """Publish the result of a vote: how many threads voted yes, and how many took part."""
    votes = 0
    fibers = load(worker, _FIBERS)
    for t in range(fibers):
        thread = worker + _THREADS_OFFSET + t * _THREAD_BYTES
        if load(thread, _STATE) == _AT_VOTE:
            votes += load(thread, _VALUE) != 0
    for t in range(fibers):
        thread = worker + _THREADS_OFFSET + t * _THREAD_BYTES
        store(thread, _PUBLISHED, votes)
        store(thread, _PARTICIPANTS, present)


@DeviceFunction
def may_pass(worker, waiting, finished):
    """Return whether a barrier at which `waiting` threads wait may be passed."""
    if waiting == 0 or waiting + finished != load(worker, _FIBERS):
        return False
    if load(worker, _STRICT):
        if finished:
            return False
        site = load(worker + _THREADS_OFFSET, _SITE)
        for t in range(waiting):
            if load(worker + _THREADS_OFFSET + t * _THREAD_BYTES, _SITE) != site:
                return False
    return True


@DeviceFunction
def run_round(worker, fibers, passed):
    """Run every warp once. Threads in state `passed` count as ready. Returns run_warp's counts."""
    warps = (fibers + _WARP_SIZE - 1) // _WARP_SIZE
    places = 1
    while places < warps:
        places *= 2
    order = next_random(worker)
    counts = 0
    for place in range(places):
        warp = permuted(order, place, places)
        if warp < warps:
            lanes = min(_WARP_SIZE, fibers - warp * _WARP_SIZE)
            counts += run_warp(worker, worker + _THREADS_OFFSET + warp * _WARP_BYTES, lanes, passed)
            if load(worker, _STATUS) != DONE:
                break
    return counts


@DeviceFunction
def run_block(worker, passed, patience):
    """Run the worker's block until it is done, waits at a barrier of the grid, or fails.

    Threads in state `passed` begin as ready: those that a barrier of the grid lets go on. After
    `patience` rounds of nothing but polling, the block is left as SPINNING.
    """
    fibers = load(worker, _FIBERS)
    polled = 0
    while True:
        counts = run_round(worker, fibers, passed)
        passed = _READY
        if load(worker, _STATUS) != DONE:
            return
        finished = counts >> COUNT_BITS * _FINISHED & _FIELD
        if finished == fibers:
            return
        ready = counts & _FIELD
        at_vote = counts >> COUNT_BITS * _AT_VOTE & _FIELD
        polled = polled + 1 if ready else 0
        if may_pass(worker, counts >> COUNT_BITS * _AT_BARRIER & _FIELD, finished):
            passed = _AT_BARRIER
        elif may_pass(worker, at_vote, finished):
            count_votes(worker, at_vote)
            passed = _AT_VOTE
        elif may_pass(worker, counts >> COUNT_BITS * _AT_GRID & _FIELD, finished):
            store(worker, _STATUS, PAUSED)
            return
        elif ready == 0:
            store(worker, _STATUS, STUCK)
            return
        elif polled == patience:
            store(worker, _STATUS, SPINNING)
            return


@DeviceFunction
def prepare_fibers(worker, prepared):
    """Prepare the stacks of the worker's fibers, but for the first `prepared`, which are ready."""
    for t in range(prepared, load(worker, _FIBERS)):
        thread = worker + _THREADS_OFFSET + t * _THREAD_BYTES
        top = worker + _STACKS_OFFSET + (t + 1) * _STACK
        prepare_stack(thread, top - t * _STAGGER % _STAGGER_RANGE)


def run_blocks(worker, prepared):
    """Take blocks from the launch's counter until none is left or a thread fails.

    The first `prepared` fibers of this worker stand at the start of a block already. STATUS says
    how it ended.
    """
    counter = load(worker, _BLOCK_COUNTER)
    blocks = load(worker, _BLOCKS)
    prepare_fibers(worker, prepared)
    store(worker, _STATUS, DONE)
    while True:
        number = fetch_and_increment(counter)
        if number >= blocks:
            return
        begin_block(worker, number)
        run_block(worker, _READY, PATIENCE)
        if load(worker, _STATUS) != DONE:
            store(counter, 0, _STOPPED)
            return


def run_alone(worker, prepared):
    """Run the one fiber of a kernel whose threads never wait, until no block is left."""
    prepare_fibers(worker, prepared)
    store(worker, _STATUS, DONE)
    resume(worker, worker + _THREADS_OFFSET)
    if load(worker, _STATUS) != DONE:
        store(load(worker, _BLOCK_COUNTER), 0, _STOPPED)


def run_resident(worker, prepared, number):
    """Run one block to its end, to a barrier of the grid, or until it has polled for a TURN.

    STATUS is then DONE, PAUSED or SPINNING. `number` is that of a block to begin, or says where
    this worker's block resumes: BEHIND_BARRIER or POLLING.
    """
    prepare_fibers(worker, prepared)
    store(worker, _STATUS, DONE)
    if number >= 0:
        begin_block(worker, number)
    run_block(worker, _READY if number == POLLING else _AT_GRID, TURN)
