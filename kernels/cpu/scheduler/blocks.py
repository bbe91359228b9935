"""Runs blocks on one worker. Compiled by numba, once; the kernel's entry is an address to it.

A block is a number of fibers. In a round every warp runs as far as it can alone (warps.py): until
its threads have finished, or wait for the block. When all that are left wait at a barrier, it is
passed and the next round begins; when none is left, the block is done. When some wait for others
that will never come, nothing can move: an error. Threads that have returned are not waited for, as
on GPUs since Volta; a strict launch calls that an error, too, and also a barrier that the threads
of a block wait at in different places.

A kernel in which no thread ever waits is one fiber, which takes blocks itself (blocks.py).
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.layout import POISON
from .intrinsics import fill, load, prepare, resume, store, take
from .thread_order import begin_order, draw, shuffled
from .warps import COUNT_BITS, run_warp

# How a worker's run ended, in the word STATUS: an entry's own code (not 0) when a thread failed.
DONE, STUCK, PAUSED, SPINNING, BEGIN = 0, -1000, -1001, -1002, -1003

# Rounds in which threads only polled memory before that is called an error: seconds. Of blocks that
# are in memory at once, the others have a turn after fewer.
PATIENCE = 1 << 24
TURN = 1 << 10
BEHIND_BARRIER, POLLING = -1, -2  # where run_resident goes on, in place of a block's number

_THREADS_AT, _THREAD_BYTES = layout.THREADS_AT, layout.THREAD_BYTES
_STACKS_AT, _STACK = layout.STACKS_AT, layout.STACK
_STAGGER, _STAGGER_RANGE = layout.STAGGER, layout.STAGGER_RANGE
_WARP, _WARP_BYTES = layout.WARP, layout.WARP * layout.THREAD_BYTES
_STATUS, _STATE, _SITE = layout.STATUS, layout.STATE, layout.SITE
_VALUE, _SEEN, _PRESENT = layout.VALUE, layout.SEEN, layout.PRESENT
_FIBERS, _COUNTER, _BLOCKS = layout.FIBERS, layout.COUNTER, layout.BLOCKS
_STRIDE, _OFFSET, _STRICT = layout.BLOCK_STRIDE, layout.BLOCK_OFFSET, layout.STRICT
_BLOCK_IDX, _GRID_DIM, _EPOCH = layout.BLOCK_IDX, layout.GRID_DIM, layout.EPOCH
_POISONED, _SHARED, _STOPPED = layout.POISONED, layout.SHARED, layout.STOPPED
_READY, _FINISHED, _AT_BARRIER = layout.READY, layout.FINISHED, layout.AT_BARRIER
_AT_VOTE, _AT_GRID = layout.AT_VOTE, layout.AT_GRID
_FIELD = (1 << COUNT_BITS) - 1


@DeviceFunction
def begin_block(worker, number):
    """Make block `number` of the launch this worker's, with every fiber at its start."""
    block = (number * load(worker, _STRIDE) + load(worker, _OFFSET)) % load(worker, _BLOCKS)
    columns = load(worker, _GRID_DIM)
    rows = load(worker, _GRID_DIM + 1)
    store(worker, _BLOCK_IDX, block % columns)
    store(worker, _BLOCK_IDX + 1, block // columns % rows)
    store(worker, _BLOCK_IDX + 2, block // columns // rows)
    store(worker, _EPOCH, 0)
    begin_order(worker, block)
    if load(worker, _POISONED):
        fill(load(worker, _SHARED), POISON, load(worker, _POISONED))
    for t in range(load(worker, _FIBERS)):
        store(worker + _THREADS_AT + t * _THREAD_BYTES, _STATE, _READY)


@DeviceFunction
def count_votes(worker, present):
    """Tell every thread at syncthreads_count, _and or _or how many there are and said yes."""
    votes = 0
    fibers = load(worker, _FIBERS)
    for t in range(fibers):
        thread = worker + _THREADS_AT + t * _THREAD_BYTES
        if load(thread, _STATE) == _AT_VOTE:
            votes += load(thread, _VALUE) != 0
    for t in range(fibers):
        thread = worker + _THREADS_AT + t * _THREAD_BYTES
        store(thread, _SEEN, votes)
        store(thread, _PRESENT, present)


@DeviceFunction
def may_pass(worker, waiting, finished):
    """Say whether a barrier that `waiting` threads wait at may be passed."""
    if waiting == 0 or waiting + finished != load(worker, _FIBERS):
        return False
    if load(worker, _STRICT):
        if finished:
            return False
        site = load(worker + _THREADS_AT, _SITE)
        for t in range(waiting):
            if load(worker + _THREADS_AT + t * _THREAD_BYTES, _SITE) != site:
                return False
    return True


@DeviceFunction
def run_round(worker, fibers, passed):
    """Run every warp once, with threads in state `passed` as ready; return run_warp's counts."""
    warps = (fibers + _WARP - 1) // _WARP
    places = 1
    while places < warps:
        places *= 2
    order = draw(worker)
    counts = 0
    for place in range(places):
        warp = shuffled(order, place, places)
        if warp < warps:
            lanes = min(_WARP, fibers - warp * _WARP)
            counts += run_warp(worker, worker + _THREADS_AT + warp * _WARP_BYTES, lanes, passed)
            if load(worker, _STATUS) != DONE:
                break
    return counts


@DeviceFunction
def run_block(worker, passed, patience):
    """Run the worker's block until it is done, pauses at a barrier of the grid, or fails.

    Threads in state `passed` begin as ready: those behind a barrier of the grid. After so many
    rounds of only polling it is left as SPINNING.
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
        store(worker, _EPOCH, load(worker, _EPOCH) + (passed != _READY))


@DeviceFunction
def prepare_fibers(worker, prepared):
    """Lay out the stacks of the worker's fibers; the first `prepared` stand at a block's start."""
    for t in range(prepared, load(worker, _FIBERS)):
        thread = worker + _THREADS_AT + t * _THREAD_BYTES
        top = worker + _STACKS_AT + (t + 1) * _STACK
        prepare(thread, top - t * _STAGGER % _STAGGER_RANGE)


def run_blocks(worker, prepared):
    """Take blocks from the launch's counter until none is left or a thread fails.

    `prepared` fibers of this worker stand at the start of a block already. The outcome is left in
    the worker's STATUS word.
    """
    counter = load(worker, _COUNTER)
    blocks = load(worker, _BLOCKS)
    prepare_fibers(worker, prepared)
    store(worker, _STATUS, DONE)
    while True:
        number = take(counter)
        if number >= blocks:
            return
        begin_block(worker, number)
        run_block(worker, _READY, PATIENCE)
        if load(worker, _STATUS) != DONE:
            store(counter, 0, _STOPPED)
            return


def run_alone(worker, prepared):
    """Let the one fiber of a kernel whose threads never wait take blocks until none is left."""
    prepare_fibers(worker, prepared)
    store(worker, _STATUS, DONE)
    resume(worker, worker + _THREADS_AT)
    if load(worker, _STATUS) != DONE:
        store(load(worker, _COUNTER), 0, _STOPPED)


def run_resident(worker, prepared, number):
    """Run one block to its end, to the next barrier of the grid, or until it has polled for a TURN.

    STATUS is PAUSED or SPINNING then. `number` is the block to begin, or says where it goes on.
    """
    prepare_fibers(worker, prepared)
    store(worker, _STATUS, DONE)
    if number >= 0:
        begin_block(worker, number)
    elif number == BEHIND_BARRIER:
        store(worker, _EPOCH, load(worker, _EPOCH) + 1)
    run_block(worker, _READY if number == POLLING else _AT_GRID, TURN)
