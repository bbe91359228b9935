"""Functions are neither optimized nor compiled to machine code before the program is linked."""

import numpy as np
from numba.core.codegen import CPUCodeLibrary

from crosscheck.kernels.cpu import jit


def test_a_program_is_optimized_once_whatever_it_calls(monkeypatch, tmp_path):
    monkeypatch.setenv("CROSSCHECK_CACHE", str(tmp_path))
    optimize, optimized = CPUCodeLibrary._optimize_final_module, []

    def note(library):
        optimized.append(library.name)
        optimize(library)

    @jit(device=True)
    def halved(value):
        return value / 2

    @jit(device=True)
    def quartered(value):
        return halved(halved(value))

    @jit
    def kernel(x):
        x[0] = quartered(x[0]) + halved(x[0])

    kernel[1, 1](np.ones(1))  # what else a launch needs is compiled by now
    monkeypatch.setattr(CPUCodeLibrary, "_optimize_final_module", note)
    x = np.ones(1, np.float32)
    kernel[1, 1](x)
    assert x[0] == 0.75
    assert len(optimized) == 1
