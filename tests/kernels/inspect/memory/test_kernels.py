"""Kernels whose memory traffic is well known, run on the CPU device and counted."""

import json
from io import StringIO

import numpy as np
import pytest
from numba import cuda, float32
from rich.console import Console
from typer.testing import CliRunner

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.sanitizer.trace import recording
from crosscheck.kernels.inspect.__main__ import app
from crosscheck.kernels.inspect.memory import table
from crosscheck.kernels.inspect.memory.lines import Line, summarise
from crosscheck.kernels.inspect.memory.observe import observe


def lines(kernel, grid, block, *arguments):
    """Return {(access, array): line} of one launch."""
    with recording() as traces:
        kernel[grid, block](*arguments)
    return {(line.kind, line.array): line for line in summarise(traces[0][1])}


@jit
def strided(x, y, step):
    i = cuda.grid(1)
    y[i] = x[i * step]


@pytest.mark.parametrize(
    ("step", "utilization", "sectors"), [(1, 1, 4), (2, 1 / 2, 8), (4, 1 / 4, 16), (8, 1 / 8, 32)]
)
def test_strides(step, utilization, sectors):
    found = lines(strided, 4, 64, np.zeros(256 * step, np.float32), np.zeros(256, np.float32), step)
    x, y = found["load", "x"], found["store", "y"]
    assert (x.utilization, x.worst_request, x.requests) == (utilization, sectors, 8)
    assert (y.utilization, y.worst_request, y.transfers_per_sector) == (1, 4, 1)


def test_a_broadcast_moves_one_sector():
    found = lines(strided, 4, 64, np.zeros(1, np.float32), np.zeros(256, np.float32), 0)
    load = found["load", "x"]
    assert (load.worst_request, load.bytes_requested) == (1, 8 * 4)
    assert load.transfers_per_sector == 8


def test_a_warp_of_quads_uses_all_that_it_moves():
    ((_, trace),) = observe("vectorized.relu_kernel", np.float32)
    for each in summarise(trace):
        assert (each.utilization, each.transfers_per_sector) == (1, 1), each
        assert each.bytes_requested == 16 * each.accesses


def test_a_quad_that_is_copied_is_one_access_of_each_memory():
    ((_, trace),) = observe("pipelined_kernel_128x64_1_1_1_relu", np.float32)
    found = [each for each in summarise(trace) if "async_copies" in each.place]
    quads = [each for each in found if each.bytes_requested == 16 * each.accesses]
    assert [each.utilization for each in quads if not each.shared] == [1]
    assert {each.conflict_factor for each in found if each.shared} == {1}


@jit
def transpose_naive(x, y):
    column, row = cuda.grid(2)
    y[column, row] = x[row, column]


@jit
def transpose_tiled(x, y):
    tile = cuda.shared.array((32, 32), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    left, top = 32 * cuda.blockIdx.x, 32 * cuda.blockIdx.y
    tile[ty, tx] = x[top + ty, left + tx]
    cuda.syncthreads()
    y[left + ty, top + tx] = tile[tx, ty]


@jit
def transpose_padded(x, y):
    tile = cuda.shared.array((32, 33), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    left, top = 32 * cuda.blockIdx.x, 32 * cuda.blockIdx.y
    tile[ty, tx] = x[top + ty, left + tx]
    cuda.syncthreads()
    y[left + ty, top + tx] = tile[tx, ty]


def test_the_ladder_of_the_transpose():
    """Harris, An Efficient Matrix Transpose in CUDA C/C++: coalesce, then avoid bank conflicts."""
    x = np.zeros((64, 96), np.float32)
    x[:] = np.arange(64 * 96).reshape(64, 96)
    found = {}
    for kernel in (transpose_naive, transpose_tiled, transpose_padded):
        y = np.zeros((96, 64), np.float32)
        found[kernel] = lines(kernel, (3, 2), (32, 32), x, y)
        assert (y == x.T).all()
    naive, tiled, padded = found.values()
    assert (naive["load", "x"].worst_request, naive["store", "y"].worst_request) == (4, 32)
    for each in (tiled, padded):
        assert each["load", "x"].utilization == each["store", "y"].utilization == 1
        assert each["store", "tile"].conflict_factor == 1
    assert tiled["load", "tile"].conflict_factor == 32
    assert padded["load", "tile"].conflict_factor == 1


@jit
def stride_2(out):
    shared = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    shared[2 * t] = t
    out[t] = shared[2 * t]


def test_two_way_conflicts():
    found = lines(stride_2, 1, 32, np.zeros(32, np.float32))
    assert found["store", "shared"].conflict_factor == 2
    assert found["load", "shared"].conflict_factor == 2


def test_the_command(tmp_path):
    numbers, image = tmp_path / "memory.json", tmp_path / "relu.png"
    arguments = ["--memory", ".relu.forward", "--json", str(numbers), "--picture", str(image)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "activation.relu.forward_kernel" in result.output and "100%" in result.output
    ((kernel, rows),) = json.loads(numbers.read_text()).items()
    assert kernel == "activation.relu.forward_kernel" and image.stat().st_size > 1000
    assert {(row["kind"], row["array"], row["utilization"]) for row in rows} == {
        ("load", "x", 1),
        ("store", "y", 1),
    }


def test_the_totals_add_up():
    global_line = Line(
        *("x", "a.py:1", "load", False, 32, 1, 5),
        bytes_requested=128,
        bytes_moved=160,
        distinct_bytes=32,
    )
    shared_line = Line(
        *("tile", "a.py:2", "store", True, 32, 1, 2), passes=6, conflict_free_passes=4
    )
    console = Console(width=100, record=True, file=StringIO())
    console.print(table.totals({"one": [global_line] * 2 + [shared_line], "none": []}))
    one, none = console.export_text().splitlines()[-3:-1]
    assert one.split() == ["one", "256", "320", "80%", "6", "1.50", "x"]
    assert none.split() == ["none", "0", "0", "-", "-", "-"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--memory", "nosuch"], "'nosuch'; expected a part of a"), (["--picture", "x"], "--memory")],
)
def test_a_refused_command(arguments, message):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2 and message in result.output
