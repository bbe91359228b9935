"""What a call launches on a GPU, and what the first, the middle and the last block of each launch
ask of memory, run on the CPU device.

Blocks in the middle of a grid see the inside of images, the first and the last their borders; the
last may be partly empty. What the blocks compute is of no use, because those that should have run
before did not. Only where they would read addresses that another kernel computes does that kernel
run in full.

Nothing runs twice: of grids of two blocks the middle one is the last. Where a block takes seconds,
because it adds up a whole batch for a few weights, the first stands for the middle one, too.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from unittest import mock

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.kernels.arrays import Place
from crosscheck.kernels.cpu import recording
from crosscheck.kernels.cpu.sanitizer.trace import Trace
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.inspect.launches import Launch
from crosscheck.kernels.inspect.memory.block import Block

ADDRESSES = ("convolution.weight_gemm.positions_kernel",)  # compute what others load from
LONG = 1 << 24  # accesses of a block
_PREFIX = "crosscheck.kernels."

Traces = dict[str, deque[Trace]]  # by the kernel's name, in order


@dataclass(frozen=True)
class Sampled:
    """A launch, and its first, middle and last block; None where the CPU has no such launch. A
    block that is long, or one of two, may be another one, too.
    """

    launch: Launch
    first: Block | None
    middle: Block | None
    last: Block | None


def sample(run: Callable[[], None], gpu: Gpu) -> list[Sampled]:
    """Return what `run` launches on this GPU, in order: it is called with NumPy arrays, for which
    launchers choose as on the GPU. Raises what it raises.
    """
    with mock.patch.multiple(Place, multiprocessors=gpu.sms, capability=gpu.capability):
        planned = launches.launched(run)
        most = max((prod(each.grid) for each in planned), default=0)
        first = _blocks(run, _first)
        last = _blocks(run, _last) if most > 1 else first
        middle = last
        if most > 2:
            middle = first if _is_long(first) else _blocks(run, _middle)
    return [
        Sampled(each, *blocks)
        for each, *blocks in zip(
            planned, *(_in_order(planned, traces) for traces in (first, middle, last)), strict=True
        )
    ]


def _first(blocks: int) -> int:
    return 0


def _middle(blocks: int) -> int:
    return blocks // 2


def _last(blocks: int) -> int:
    return blocks - 1


def _blocks(run: Callable[[], None], at: Callable[[int], int]) -> Traces:
    """Return the traces of a run in which each launch runs one block."""

    def only(kernel: str, blocks: int) -> int | None:
        return None if kernel.removeprefix(_PREFIX) in ADDRESSES else at(blocks)

    with recording(only=only) as traces:
        run()
    found: Traces = {}
    for kernel, trace in traces:
        found.setdefault(kernel.removeprefix(_PREFIX), deque()).append(trace)
    return found


def _is_long(traces: Traces) -> bool:
    own = (each for name, some in traces.items() if name not in ADDRESSES for each in some)
    return any(trace.lost > LONG for trace in own)


def _in_order(planned: Sequence[Launch], traces: Traces) -> list[Block | None]:
    """Return the block of each launch."""
    left = {name: some.copy() for name, some in traces.items()}
    return [_of(each, left) for each in planned]


def _of(launch: Launch, traces: Traces) -> Block | None:
    """Return the block of a launch, whose trace is the next of its kernel."""
    own = traces.get(launch.name)
    blocks = prod(launch.grid) if launch.name in ADDRESSES else 1
    return Block(own.popleft(), prod(launch.block), blocks) if own else None
