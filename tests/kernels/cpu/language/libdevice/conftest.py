"""Evaluate many of libdevice's functions with one kernel, to compile once."""

import numpy as np
import pytest
from numba import cuda

from kernels.cpu import jit
from kernels.cpu.language.libdevice import MEMBERS


def _evaluate(names, results, *arguments) -> dict[str, np.ndarray]:
    """Return {name: libdevice.name(*arguments)} elementwise; `results` is a dtype.

    A function of several results has one row for each.
    """
    lines = ["def run(out, " + ", ".join(f"x{n}" for n in range(len(arguments))) + "):"]
    lines += ["    i = cuda.grid(1)"]
    values = ", ".join(f"x{n}[i]" for n in range(len(arguments)))
    lines += [f"    out[{row}, i] = libdevice.{name}({values})" for row, name in enumerate(names)]
    scope = {"cuda": cuda, "libdevice": cuda.libdevice}
    exec("\n".join(lines), scope)
    count = len(arguments[0])
    out = np.zeros((len(names), count), results)
    assert count <= 1024 and set(names) <= MEMBERS.keys()
    jit(scope["run"])[1, count](out, *arguments)
    return dict(zip(names, out, strict=True))


@pytest.fixture
def evaluate():
    """Return the function that evaluates libdevice's functions."""
    return _evaluate
