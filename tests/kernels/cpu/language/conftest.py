"""Evaluate many expressions with one kernel, to compile once."""

import numpy as np
import pytest
from numba import cuda
from numba.cuda import bf16, fp16, libdevice

from crosscheck.kernels.cpu import jit


def _elementwise(expressions, results, *arguments) -> dict[str, np.ndarray]:
    """Return {name: the expression's values in x0[i], x1[i] ...}; `results` is a dtype.

    `expressions` are texts by name; they know cuda, bf16, fp16 and libdevice.
    """
    lines = ["def run(out, " + ", ".join(f"x{n}" for n in range(len(arguments))) + "):"]
    lines += ["    i = cuda.grid(1)", "    if i < out.shape[1]:"]
    lines += [f"        out[{row}, i] = {text}" for row, text in enumerate(expressions.values())]
    scope = {"cuda": cuda, "bf16": bf16, "fp16": fp16, "libdevice": libdevice}
    exec("\n".join(lines), scope)
    count = len(arguments[0])
    out = np.zeros((len(expressions), count), results)
    jit(scope["run"])[-(-count // 256), 256](out, *arguments)
    return dict(zip(expressions, out, strict=True))


@pytest.fixture
def elementwise():
    """Return the function that evaluates expressions."""
    return _elementwise
