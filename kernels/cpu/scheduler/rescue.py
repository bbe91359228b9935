"""What a signal does to a thread that runs a kernel: go on, ask Python, or leave the block.

A block is left by changing where the interrupted thread goes on: on the scheduler's stack, as if
the running fiber had failed. All that was on the fibers' stacks is lost, and prepared anew by the
next launch. Only a kernel's own code is left: in a function of the C library a lock may be held.

Two kinds of signal come here (machine/signals.py). A fault, such as an access to memory that does
not exist, ends the block as CRASHED. A poke comes from the watcher of long launches
(launch/watcher.py). It lets Python's signal handlers run, and where one raises, as Ctrl-C does, the
block ends as INTERRUPTED. In a launch that has stopped for another reason, it ends as ABANDONED.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.signals import POKE
from .intrinsics import load, load_byte, store

_POKE = int(POKE)

# How a worker's run ended, beside the values in blocks.py.
CRASHED, INTERRUPTED, ABANDONED = -1010, -1011, -1012

# What the handler is to do, once this has decided.
GO_ON, ASK_PYTHON, PASS_ON, DIE = 0, 1, 2, 3

_RSP, _RIP, _FLAGS, _FLOAT_STATE = layout.RSP, layout.RIP, layout.FLAGS, layout.FLOAT_STATE
_MXCSR = 3  # a word of what fxsave stores
_FAULT_ADDRESS = 2  # a word of siginfo_t
_DIRECTION_FLAG, _ROUNDING_MODE = 1 << 10, 3 << 13

_ARENA_BITS = layout.ARENA.bit_length() - 1
_ADDRESS_BITS, _ARENA, _STACKS_OFFSET = layout.ADDRESS_BITS, layout.ARENA, layout.STACKS_OFFSET
_WORKER_MAP, _CODE_RANGES, _CODE_COUNT = layout.WORKER_MAP, layout.CODE_RANGES, layout.CODE_COUNT
_POKES_SERVED, _RAISED, _HOLDS_LOCKS = layout.POKES_SERVED, layout.RAISED, layout.HOLDS_LOCKS
_CURRENT_THREAD, _SCHEDULER_STACK = layout.CURRENT_THREAD, layout.SCHEDULER_STACK
_STATE, _STATUS, _FAILED = layout.STATE, layout.STATUS, layout.FAILED
_BLOCK_COUNTER, _STOPPED, _POKED = layout.BLOCK_COUNTER, layout.STOPPED, layout.POKED
_FAULT_SIGNAL, _WORKER_FAULT_ADDRESS = layout.FAULT_SIGNAL, layout.FAULT_ADDRESS


@DeviceFunction
def worker_at(process, stack_pointer):
    """Return the worker on one of whose fibers this stack pointer is, or 0."""
    if stack_pointer <= 0 or stack_pointer >> _ADDRESS_BITS:
        return 0
    if load_byte(load(process, _WORKER_MAP) + (stack_pointer >> _ARENA_BITS)) == 0:
        return 0
    worker = stack_pointer & -_ARENA
    return worker if stack_pointer - worker > _STACKS_OFFSET else 0


@DeviceFunction
def is_kernel_code(process, address):
    """Return whether the address lies in the machine code of a program."""
    ranges = load(process, _CODE_RANGES)
    for n in range(load(process, _CODE_COUNT)):
        if load(ranges, 2 * n) <= address < load(ranges, 2 * n + 1):
            return True
    return False


@DeviceFunction
def leave_block(worker, context, status):
    """Let the interrupted thread go on in the scheduler, as if the running fiber had failed."""
    store(load(worker, _CURRENT_THREAD), _STATE, _FAILED)
    store(worker, _STATUS, status)
    stack = load(worker, _SCHEDULER_STACK)
    store(context, _RIP, load(stack, 0))  # as `switch` resumes (machine/fibers.py)
    store(context, _RSP, stack + 8)
    store(context, _FLAGS, load(context, _FLAGS) & ~_DIRECTION_FLAG)
    floats = load(context, _FLOAT_STATE)
    store(floats, _MXCSR, load(floats, _MXCSR) & ~_ROUNDING_MODE)


def on_signal(signal, info, context, process, verdict):
    """Decide what a signal means for the interrupted thread; store GO_ON, ASK_PYTHON, ... ."""
    worker = worker_at(process, load(context, _RSP))
    if worker == 0:
        store(verdict, 0, GO_ON if signal == _POKE else PASS_ON)
        return
    store(verdict, 0, GO_ON)
    in_kernel = is_kernel_code(process, load(context, _RIP))
    if signal == _POKE:
        store(worker, _POKED, not in_kernel)
        if in_kernel:
            store(process, _POKES_SERVED, load(process, _POKES_SERVED) + 1)
            if load(worker, _RAISED):
                leave_block(worker, context, INTERRUPTED)
            elif load(load(worker, _BLOCK_COUNTER), 0) >= _STOPPED:
                leave_block(worker, context, ABANDONED)
            else:
                store(verdict, 0, ASK_PYTHON)
    elif in_kernel or load(worker, _HOLDS_LOCKS) == 0:
        store(worker, _FAULT_SIGNAL, signal)
        store(worker, _WORKER_FAULT_ADDRESS, load(info, _FAULT_ADDRESS))
        leave_block(worker, context, CRASHED)
    else:
        store(verdict, 0, DIE)
