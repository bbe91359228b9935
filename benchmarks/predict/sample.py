"""What a call launches on a GPU, and what the first, the middle and the last block of each launch
ask of memory, run on the CPU device.

Blocks in the middle of a grid see the inside of images, the first and the last their borders; the
last may be partly empty. What the blocks compute is of no use, because those that should have run
before did not. Only where they would read addresses that another kernel computes does that kernel
run in full.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from unittest import mock

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.kernels.arrays import Place
from crosscheck.kernels.cpu import recording
from crosscheck.kernels.inspect import launches
from crosscheck.kernels.inspect.launches import Launch
from crosscheck.kernels.inspect.memory.block import Block, summarise

ADDRESSES = ("convolution.weight_gemm.positions_kernel",)  # compute what others load from
_PREFIX = "crosscheck.kernels."


@dataclass(frozen=True)
class Sampled:
    """A launch, and its first, middle and last block; None where the CPU has no such launch."""

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
        seen = [_blocks(run, at) for at in (_first, _middle, _last)]
    return [Sampled(each, *(_of(each, blocks) for blocks in seen)) for each in planned]


def _first(blocks: int) -> int:
    return 0


def _middle(blocks: int) -> int:
    return blocks // 2


def _last(blocks: int) -> int:
    return blocks - 1


def _blocks(run: Callable[[], None], at: Callable[[int], int]) -> dict[str, deque]:
    """Return the traces of a run in which each launch runs one block, by the kernel's name."""

    def only(kernel: str, blocks: int) -> int | None:
        return None if kernel.removeprefix(_PREFIX) in ADDRESSES else at(blocks)

    with recording(only=only) as traces:
        run()
    found: dict[str, deque] = {}
    for kernel, trace in traces:
        found.setdefault(kernel.removeprefix(_PREFIX), deque()).append(trace)
    return found


def _of(launch: Launch, traces: dict[str, deque]) -> Block | None:
    """Return the block of a launch, whose trace is the next of its kernel."""
    own = traces.get(launch.name)
    blocks = prod(launch.grid) if launch.name in ADDRESSES else 1
    return summarise(own.popleft(), prod(launch.block), blocks) if own else None
