"""Occupancy: `blocks` below is what NVIDIA's cuda_occupancy.h of CUDA 13.4 computes."""

import pytest

from crosscheck.kernels.inspect.occupancy import LIMITS, compute
from crosscheck.kernels.inspect.resources import Resources

CASES = [
    ((7, 5), 32, 38839, 0, 1024, 1),
    ((7, 5), 255, 0, 0, 256, 1),
    ((7, 5), 128, 0, 61638, 1024, 0),
    ((8, 0), 64, 0, 60796, 96, 2),
    ((8, 0), 32, 0, 0, 256, 8),
    ((8, 6), 64, 47718, 0, 256, 2),
    ((8, 6), 16, 0, 0, 256, 6),
    ((8, 7), 255, 28584, 0, 1024, 0),
    ((8, 7), 40, 0, 73317, 96, 2),
    ((8, 9), 255, 21390, 74967, 32, 1),
    ((8, 9), 40, 0, 63176, 1024, 1),
    ((9, 0), 16, 0, 0, 32, 32),
    ((9, 0), 128, 0, 99039, 256, 2),
    ((10, 0), 128, 18289, 0, 256, 2),
    ((10, 0), 32, 2048, 0, 96, 21),
    ((10, 3), 255, 2048, 0, 96, 2),
    ((11, 0), 64, 41568, 0, 256, 4),
    ((12, 0), 255, 0, 0, 32, 8),
    ((12, 1), 40, 0, 0, 96, 16),
]


@pytest.mark.parametrize("capability, registers, shared, dynamic, threads, blocks", CASES)
def test_blocks(capability, registers, shared, dynamic, threads, blocks):
    needed = Resources(registers, 0, 0, 0, shared)
    assert compute(needed, threads, dynamic, LIMITS[capability]).blocks == blocks


@pytest.mark.parametrize(
    "registers, shared, threads, reason",
    [
        (32, 0, 256, "warps"),
        (32, 0, 32, "blocks"),
        (40, 0, 256, "registers"),
        (32, 40_000, 256, "shared memory"),
    ],
)
def test_the_limiting_resource(registers, shared, threads, reason):
    found = compute(Resources(registers, 0, 0, 0, shared), threads, 0, LIMITS[9, 0])
    assert found.limited_by == reason
    assert found.warps == found.blocks * threads // 32
    assert found.max_warps == 64
