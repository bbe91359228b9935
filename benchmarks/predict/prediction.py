"""The least time of a call on a GPU, and what binds it.

The kernels of a call follow each other, each as long as the resource of an SM, or L2, that needs
most. DRAM has to bring what the call reads once, while they run. The larger of the two is the bound
of the call.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.calls import Call
from crosscheck.benchmarks.predict.counts import counts
from crosscheck.benchmarks.predict.floor import CYCLES, Floor, floor
from crosscheck.benchmarks.predict.sample import Sampled, sample
from crosscheck.benchmarks.predict.work import Work, work
from crosscheck.kernels.inspect import stored

SUBJECT = (
    "prediction"  # what a row of results calls it, where others have "crosscheck", "torch" ...
)


@dataclass(frozen=True)
class Prediction:
    """A call on a GPU, named as in a Row of measured results.

    microseconds   at least
    bound          by "issue", "FMA", "load/store", "shared", "L2" or "DRAM"
    share          of the FFMA peak at most, counted in the layer's multiply-adds: above 1 it may be
                   of winograd, which needs fewer; 0 where the layer has none
    flops, bytes   2 operations a multiply-add; bytes that DRAM has to move at least
    by_resource    microseconds that each needs at least
    kernels        the floor of each launch, in order
    problem        why there is no prediction; all numbers are 0 then
    """

    suite: str
    layer: str
    op: str
    direction: str
    algorithm: str
    layout: str
    device: str
    count: int
    dtype: str = "float32"
    subject: str = SUBJECT
    microseconds: float = 0.0
    bound: str = ""
    share: float = 0.0
    flops: float = 0.0
    bytes: float = 0.0
    by_resource: dict[str, float] | None = None
    kernels: tuple[Floor, ...] = ()
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return everything, for JSON."""
        return asdict(self)


class Time(NamedTuple):
    """Microseconds at least: of the call, and that each resource needs; `bound`: what binds."""

    microseconds: float
    bound: str
    by_resource: dict[str, float]


def predict(call: Call, gpu: Gpu) -> Prediction:
    """Return the prediction of a call.

    Raises algorithm.Unsupported where the algorithm does not take this layer, or needs another GPU,
    kernels.gpu.CompilerMissing, and disassembler.DisassemblerMissing.
    """
    call.operator.forget()  # calls of its kind on another GPU
    sampled = sample(call.run, gpu)
    call.operator.forget()
    needed = work(call)
    floors = floors_of(sampled, needed.needed, gpu)
    least = time_of(floors, needed, gpu)
    flops = 2 * needed.multiply_adds
    return Prediction(
        **named(call, gpu),
        **least._asdict(),
        share=flops / gpu.ffma / (least.microseconds * 1e-6),
        flops=flops,
        bytes=moved(needed, gpu),
        kernels=tuple(floors),
    )


def floors_of(sampled: Sequence[Sampled], multiply_adds: float, gpu: Gpu) -> list[Floor]:
    """Return the floor of each launch; the one with the most FMAs in its code multiplies."""

    def fmas(number: int) -> float:
        return counts(stored.compile_for(sampled[number].launch, gpu.capability).sass).multiply_adds

    computes = max(range(len(sampled)), key=fmas) if multiply_adds else -1
    return [
        floor(each, multiply_adds if number == computes else 0.0, gpu)
        for number, each in enumerate(sampled)
    ]


def time_of(floors: Sequence[Floor], needed: Work, gpu: Gpu) -> Time:
    """Return the least time of launches, one after the other."""
    of_kernels = {
        name: sum(each.cycles[name] for each in floors) / gpu.clock * 1e6 for name in CYCLES
    }
    if gpu.l2_bandwidth:
        of_kernels["L2"] = sum(each.l2_bytes for each in floors) / gpu.l2_bandwidth * 1e6
    computing = sum(_microseconds(each, gpu) for each in floors)
    moving = moved(needed, gpu) / gpu.bandwidth * 1e6
    longest = max(of_kernels, key=of_kernels.__getitem__)
    bound = longest if computing > moving else "DRAM"
    return Time(max(computing, moving), bound, {**of_kernels, "DRAM": moving})


def moved(needed: Work, gpu: Gpu) -> float:
    """Return the bytes that DRAM has to move: what is written may stay in L2, as much as fits."""
    return float(needed.read + max(0.0, needed.written - gpu.l2))


def named(call: Call, gpu: Gpu) -> dict[str, Any]:
    """Return what names the prediction of a call."""
    return {
        "suite": call.suite,
        "layer": call.layer.name,
        "op": call.layer.op,
        "direction": call.direction,
        "algorithm": call.algorithm,
        "layout": call.layout,
        "device": gpu.name,
        "count": call.layer.count,
    }


def _microseconds(each: Floor, gpu: Gpu) -> float:
    """Return how long a kernel takes at least."""
    through_l2 = each.l2_bytes / gpu.l2_bandwidth if gpu.l2_bandwidth else 0.0
    return max(each.most / gpu.clock, through_l2) * 1e6
