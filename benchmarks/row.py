"""A row of a benchmark's results: one layer in one direction, computed by one subject."""

from dataclasses import asdict, dataclass
from typing import Any

OURS, TORCH = "crosscheck", "torch"  # subjects
DIRECTIONS = ("forward", "input_gradient", "weight_gradient")


@dataclass(frozen=True)
class Row:
    """What was measured; `problem` or `note` says why a row is none, and then its numbers are 0.

    suite, layer, op, direction   what was computed; of "training" the model, "training" and "step";
                   of "launch" the call, "launch", and "to_first_launch" or "whole_call": these have
                   no roofline; `count`: how often the network has the layer
    subject        who computed it: "crosscheck", "torch" (IEEE float32), "torch-tf32",
                   "torch-deterministic", "compile", or the name of the user's module; of training
                   from a CUDA graph "crosscheck-graph" and "torch-graph"
    algorithm      of Crosscheck or the module; "" of PyTorch
    layout         "nchw" or "nhwc"; of PyTorch the faster one is kept
    microseconds   the median of `samples` samples on the device, of "launch" on the host; `low` and
                   `high`: its bootstrap interval (95 %)
    host_microseconds  the median time of the whole call on the host, without waiting
    flops, bytes   what the layer takes: 2 operations a multiply-add; each array moved once
    share          of what the roofline allows by the rates measured in the same run; `bound` by:
                   "FFMA" or "memory"
    error          the largest share of the error bound that was used, before and after timing
    peak_bytes     of device memory in a call, beyond its inputs and outputs
    clock_mhz, celsius  means of samples while it was timed; 0 where nothing says so
    throttled      why the GPU's clocks were held back meanwhile; "" if they were not
    problem        what went wrong
    note           why there is nothing to measure, where nothing went wrong
    """

    suite: str
    layer: str
    op: str
    direction: str
    subject: str
    algorithm: str
    dtype: str
    layout: str
    device: str
    count: int = 1
    microseconds: float = 0.0
    low: float = 0.0
    high: float = 0.0
    samples: int = 0
    host_microseconds: float = 0.0
    flops: float = 0.0
    bytes: float = 0.0
    share: float = 0.0
    bound: str = ""
    error: float = 0.0
    peak_bytes: int = 0
    clock_mhz: float = 0.0
    celsius: float = 0.0
    throttled: str = ""
    problem: str = ""
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What stays the same from one run to another."""
        return (
            *(self.suite, self.layer, self.op, self.direction),
            *(self.subject, self.algorithm, self.dtype, self.layout, self.device),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return everything, for JSON."""
        return asdict(self)
