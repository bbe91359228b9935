"""The table of GPUs: SMs, lanes and clocks give the float32 peak of NVIDIA's data sheets."""

import pytest

from crosscheck.benchmarks.gpus import GPUS
from crosscheck.kernels.inspect.occupancy import LIMITS

TFLOPS = {
    "t4": 8.1,
    "a10": 31.2,
    "a100": 19.5,
    "rtx3090": 35.6,
    "l4": 30.3,
    "l40s": 91.6,
    "rtx4090": 82.6,
    "h100": 67,
    "h200": 67,
    "b200": 75,
    "rtx5090": 104.8,
}


@pytest.mark.parametrize("name", GPUS)
def test_the_peak_is_the_data_sheets(name):
    assert GPUS[name].ffma / 1e12 == pytest.approx(TFLOPS[name], rel=0.01)


@pytest.mark.parametrize("name", GPUS)
def test_the_figures_of_its_generation_are_known(name):
    gpu = GPUS[name]
    assert gpu.l1 >= LIMITS[gpu.capability].shared_kib * 1024
    assert gpu.l2 >= 4 * 2**20 and gpu.bandwidth >= 3e11
    assert gpu.l2_bandwidth == 0 or gpu.l2_bandwidth > gpu.bandwidth
