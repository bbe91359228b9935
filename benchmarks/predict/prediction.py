"""The least time of a call on a GPU, and what binds it.

The kernels of a call follow each other, each as long as the resource of an SM, or L2, that needs
most. DRAM has to bring what the call reads once, while they run. The larger of the two is the bound
of the call.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crosscheck.benchmarks.gpus import Gpu
from crosscheck.benchmarks.predict.calls import Call
from crosscheck.benchmarks.predict.floor import GAINS, Floor, floor
from crosscheck.benchmarks.predict.sample import Sampled, sample
from crosscheck.benchmarks.predict.work import Work, work
from crosscheck.kernels.inspect import sass, stored

SUBJECT = (
    "prediction"  # what a row of results calls it, where others have "crosscheck", "torch" ...
)


@dataclass(frozen=True)
class Prediction:
    """A call on a GPU, named as in a Row of measured results.

    microseconds   at least
    bound          by "issue", "FMA", "load/store", "shared", "L2" or "DRAM"
    share          of the FFMA peak at most, counted in the layer's multiply-adds: of winograd, which
                   needs fewer, it may be above 1; 0 where the layer has none
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


def predict(call: Call, gpu: Gpu) -> Prediction:
    """Return the prediction of a call.

    Raises algorithm.Unsupported where the algorithm does not take this layer, or needs another GPU,
    kernels.gpu.CompilerMissing, and disassembler.DisassemblerMissing.
    """
    sampled = sample(call, gpu)
    needed = work(call)
    computes = _computes(sampled, gpu) if needed.needed else -1
    floors = [
        floor(each, needed.needed if number == computes else 0.0, gpu)
        for number, each in enumerate(sampled)
    ]
    return of_floors(call, floors, needed, gpu)


def of_floors(call: Call, floors: Sequence[Floor], needed: Work, gpu: Gpu) -> Prediction:
    """Return the prediction of a call whose launches have these floors."""
    moved = float(needed.read + max(0.0, needed.written - gpu.l2))
    by_resource = {
        name: sum(each.cycles[name] for each in floors) / gpu.clock * 1e6
        for name in ("issue", "FMA", "load/store", "shared")
    }
    if gpu.l2_bandwidth:
        by_resource["L2"] = sum(each.l2_bytes for each in floors) / gpu.l2_bandwidth * 1e6
    by_resource["DRAM"] = moved / gpu.bandwidth * 1e6
    computing = sum(_microseconds(each, gpu) for each in floors)
    microseconds = max(computing, by_resource["DRAM"])
    of_kernels = {name: each for name, each in by_resource.items() if name != "DRAM"}
    in_kernels = max(of_kernels, key=of_kernels.__getitem__)
    bound = in_kernels if computing > by_resource["DRAM"] else "DRAM"
    flops = 2 * needed.multiply_adds
    return Prediction(
        **named(call, gpu),
        microseconds=microseconds,
        bound=bound,
        share=flops / gpu.ffma / (microseconds * 1e-6),
        flops=flops,
        bytes=moved,
        by_resource=by_resource,
        kernels=tuple(floors),
    )


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


def _computes(sampled: Sequence[Sampled], gpu: Gpu) -> int:
    """Return the number of the launch that multiplies: the one with the most FMAs in its code."""

    def fmas(number: int) -> float:
        program = sass.parse(stored.compile_for(sampled[number].launch, gpu.capability).sass)
        return sum(map(GAINS["multiply-adds"], program))

    return max(range(len(sampled)), key=fmas)
