"""What a layer takes, and the least time for it: its roofline, by the rates of this machine.

    least time = max(operations / FFMA rate, bytes / copy rate)

Williams, Waterman and Patterson, "Roofline", 2009. Operators other than convolutions count no
operations: memory bounds them. A share above what is possible is no record but a mistake.
"""

from collections.abc import Mapping
from math import inf, prod
from typing import NamedTuple

from crosscheck.benchmarks import convolution_work
from crosscheck.benchmarks.protocol.workload import Workload, problem
from crosscheck.benchmarks.row import OURS
from crosscheck.benchmarks.subjects import Subject
from crosscheck.benchmarks.suites import Layer

# By how much a right measurement may exceed a ceiling: rates vary; a CPU's caches and clocks more.
MARGIN = {"cuda": 1.1, "cpu": 2.0}
WINOGRAD = 2.25  # how many times fewer products F(2x2, 3x3) takes


class Work(NamedTuple):
    """Operations, 2 a multiply-add, and bytes, each array moved once."""

    flops: float
    bytes: float


class Share(NamedTuple):
    """The share of what is possible, and by what it is bound: "FFMA" or "memory"."""

    share: float
    bound: str


def flops(layer: Layer) -> float:
    """Return the operations of a layer in each of its directions."""
    if layer.op != "conv2d":
        return 0.0
    return 2.0 * convolution_work.multiply_adds(problem(layer))


def work(workload: Workload) -> Work:
    """Return what the layer takes in the workload's direction."""
    if workload.layer.op != "conv2d":
        return Work(0.0, float(workload.bytes))
    image, unread = workload.tensors["input"], 0.0
    if workload.direction.name != "input_gradient":  # what is between windows is not read
        of = problem(workload.layer), workload.layout, image.itemsize
        unread = image.nbytes * (1 - convolution_work.share_read(*of))
    return Work(flops(workload.layer), workload.bytes - unread)


def share(takes: Work, seconds: float, ceilings: Mapping[str, float]) -> Share:
    """Return how large a share of the roofline a time is."""
    computing, moving = takes.flops / ceilings["FFMA"], takes.bytes / ceilings["copy"]
    return Share(max(computing, moving) / seconds, "FFMA" if computing > moving else "memory")


def fewer_products(subject: Subject, workload: Workload, ceilings: Mapping[str, float]) -> float:
    """Return how many times fewer multiply-adds than `work` says a subject may use, or how many
    times faster ones.

    Ours: 1, and `winograd` 2.25. Others' convolutions may use Winograd's or Fourier's transforms,
    which take at least one product for each of the r * s.
    """
    if subject.name == OURS:
        return WINOGRAD if subject.algorithm == "winograd" else 1.0
    if workload.layer.op != "conv2d":
        return 1.0
    faster = ceilings.get("TF32", inf) / ceilings["FFMA"] if subject.rounds.factors else 1.0
    return float(prod(workload.sizes["weight"][2:])) * max(1.0, faster)


def impossible(
    takes: Work, seconds: float, ceilings: Mapping[str, float], device: str, fewer: float
) -> str:
    """Return what is wrong with a time that is shorter than possible, "" where it is not.

    fewer: how many times fewer multiply-adds, or how much faster ones, the algorithm may use.
    """
    moving = takes.bytes / ceilings["copy"] / MARGIN[device]
    computing = takes.flops / ceilings["FFMA"] / MARGIN[device] / fewer
    if seconds >= max(moving, computing):
        return ""
    name, rate, unit, most = (
        ("copy", takes.bytes, "GB/s", ceilings["copy"])
        if moving > computing
        else ("FFMA", takes.flops, "GFLOP/s", ceilings["FFMA"] * fewer)
    )
    return (
        f"{rate / seconds / 1e9:.0f} {unit} is above what this machine can do:"
        f" {name} at {most / 1e9:.0f} {unit}"
    )
