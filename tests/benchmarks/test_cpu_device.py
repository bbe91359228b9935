"""The measurement checks what it measures."""

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import cpu_device, matmul
from kernels.cpu import jit


def test_the_product_is_right_and_timed():
    assert cpu_device.time_matmul(jit, repeats=1) > 0


def test_a_wrong_product_is_not_timed():
    def forgets(function):
        def launch(a, b, c):
            c[:] = a @ b
            c[-1, -1] = 0

        return {((4, 4), (16, 16)): launch}

    with pytest.raises(AssertionError, match="Mismatched elements: 1 "):
        cpu_device.time_matmul(forgets, repeats=1)


@pytest.mark.parametrize("shape", [(16, 16, 16), (32, 48, 64)])
def test_the_kernel_takes_any_multiple_of_its_tile(shape):
    m, n, k = shape
    random = np.random.default_rng(1)
    a = random.integers(-9, 9, (m, k)).astype(np.float32)
    b = random.integers(-9, 9, (k, n)).astype(np.float32)
    c = np.full((m, n), np.nan, np.float32)
    jit(matmul.matmul)[(n // 16, m // 16), (16, 16)](a, b, c)
    assert (c == a @ b).all()


def test_the_command_line_names_its_measurements():
    from benchmarks.__main__ import app

    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0 and "cpu-device" in result.output
