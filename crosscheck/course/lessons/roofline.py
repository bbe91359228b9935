"""Lesson 10: the reader's numbers beside those of `inspect`, and of the roofline."""

import numpy as np

from crosscheck.benchmarks.gpus import GPUS
from crosscheck.course.answer import Answer
from crosscheck.course.wrong import Wrong
from crosscheck.kernels import convolution, gpu
from crosscheck.kernels.inspect import disassembler, inspection, launches
from crosscheck.kernels.inspect.inspection import Inspection

HOPPER = 9, 0
N, C, H, W, K, R, S = 32, 64, 56, 56, 64, 3, 3
CONV2D = 2 * N * K * H * W * C * R * S / (4 * (N * C * H * W + K * C * R * S + N * K * H * W))
RELU = 1 / 8
RIDGE = GPUS["h200"].ffma / GPUS["h200"].bandwidth


def check(answer: Answer) -> str:
    for name, exact in (("CONV2D", CONV2D), ("RELU", RELU)):
        _intensity(answer, name, exact)
    if not _near(answer["RIDGE"], RIDGE):
        raise Wrong(f"RIDGE is {answer['RIDGE']}; expected operations a second over bytes a second")
    for name, exact in (("CONV2D", CONV2D), ("RELU", RELU)):
        bound = answer[f"{name}_IS_BOUND_BY"]
        if bound != ("arithmetic" if exact > RIDGE else "memory"):
            side = "right" if exact > RIDGE else "left"
            raise Wrong(f"{name}_IS_BOUND_BY is {bound!r}, but it is {side} of the ridge")
    try:
        found = _tiled()
    except gpu.CompilerMissing as missing:
        return f"Not checked are the numbers of the loop: {missing}."
    if found.mix is None:
        return f"Not checked are the numbers of the loop: {disassembler.MISSING}."
    _loop(answer, found)
    binds = found.ceiling.bound
    return f"The loop reaches {found.ceiling.fma:.1%} of the FFMA peak at most: {binds} binds it."


def _intensity(answer: Answer, name: str, exact: float) -> None:
    value = answer[name]
    if _near(value, exact):
        return
    why = "operations over bytes, each array once"
    if _near(value, exact * 4):
        why = "operations over bytes: an element has 4 of them"
    elif _near(value, exact / 2) and name == "CONV2D":
        why = "a multiply-add to count as two operations"
    elif _near(value, exact * 2) and name == "RELU":
        why = "what is written to count as well as what is read"
    raise Wrong(f"{name} is {value}; expected {why}")


def _loop(answer: Answer, found: Inspection) -> None:
    loop = found.mix.loop
    for name, exact in (("LOOP_INSTRUCTIONS", loop.instructions), ("LOOP_FFMAS", loop.fma)):
        if answer[name] != exact:
            why = "from its label to the branch back, both included"
            if answer[name] == found.mix.instructions:
                why = "those of the main loop, not of the whole kernel"
            raise Wrong(f"{name} is {answer[name]}; expected {why}")
    if not _near(answer["CEILING"], loop.fma / loop.instructions):
        raise Wrong(
            f"CEILING is {answer['CEILING']}; expected a share: FFMAs over all instructions, for "
            "each takes one of the 4 turns of a cycle"
        )


def _tiled() -> Inspection:
    """Compile the tiled convolution for an H200. Raises gpu.CompilerMissing."""
    x, w = np.zeros((1, 4, 8, 8), np.float32), np.zeros((4, 4, 3, 3), np.float32)
    (launch,) = launches.launched(lambda: convolution.forward(x, w, algorithm="tiled"))
    return inspection.inspect(launch, HOPPER)


def _near(value: object, exact: float) -> bool:
    return isinstance(value, int | float) and abs(value - exact) <= 0.01 * exact
