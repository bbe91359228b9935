"""`import crosscheck.cuda` and `%load_ext crosscheck` put the CPU device in numba.cuda's place."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(program):
    """Run a program in a process of its own; return its lines, and what it wrote to stderr."""
    command = [sys.executable, "-c", textwrap.dedent(program)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr


def test_what_is_imported_afterwards_is_the_cpu_device():
    lines, err = run("""
        import crosscheck.cuda
        import numpy as np
        from numba import cuda
        from numba.cuda.random import create_xoroshiro128p_states
        from crosscheck.cuda import jit

        @cuda.jit
        def fill(x):
            x[cuda.grid(1)] = 1

        x = np.zeros(3)
        fill[1, 3](x)
        print(cuda.implementation, x, jit is cuda.jit is crosscheck.cuda.jit)
        print(create_xoroshiro128p_states.__module__)
        try:
            crosscheck.cuda.grids
        except AttributeError as error:
            print(error)
    """)
    assert lines == [
        "Crosscheck's CPU device [1. 1. 1.] True",
        "crosscheck.kernels.cpu.cuda.random",
        "the CPU device has no cuda.grids",
    ]
    assert err == ""


def test_what_was_imported_or_made_before_is_named():
    lines, err = run("""
        import numba
        import numpy as np
        import numba.cuda as old
        from numba.cuda import grid

        @old.jit
        def kernel(x):
            pass

        import crosscheck.cuda
        from numba import cuda
        print(old.__file__ == cuda.__file__, cuda.implementation)
    """)
    assert lines == ["False Crosscheck's CPU device"]
    assert "UserWarning: old, grid, kernel: still numba-cuda's: imported or made before" in err


def test_kernels_of_ours_that_were_imported_before_cause_no_warning():
    assert run("from crosscheck.kernels import convolution; import crosscheck.cuda") == ([], "")


def test_a_notebook_loads_and_unloads_it():
    lines, err = run("""
        from IPython.core.interactiveshell import InteractiveShell
        from numba.core.target_extension import CUDA, target_registry

        shell = InteractiveShell()
        shell.run_cell("%load_ext crosscheck")
        shell.run_cell("from numba import cuda; print(cuda.implementation)")
        shell.run_cell("import numba.cuda.random\\n%reload_ext crosscheck")
        shell.run_cell("%unload_ext crosscheck")
        print(target_registry["cuda"] is CUDA)
        shell.run_cell("from numba import cuda as numbas; print(numbas is cuda)")
        shell.run_cell("%load_ext crosscheck")
        shell.run_cell("import numba.cuda; print(numba.cuda is cuda)")
        shell.run_cell("%unload_ext crosscheck")
        shell.run_cell("import numba.cuda; print(numba.cuda is numbas)")
    """)
    assert lines == ["Crosscheck's CPU device", "True", "False", "True", "True"]


def test_our_kernels_run_whether_they_were_imported_before_or_afterwards():
    lines, _ = run("""
        import numpy as np
        from crosscheck.kernels.launch import cuda, index, kernel
        import crosscheck.cuda
        from crosscheck.kernels.activation import relu

        @kernel
        def double(x):
            i = index(cuda.grid(1))
            x[i] = x[i] + x[i]

        x = np.ones(3, np.float32)
        double[1, 3](x)
        print(x, relu.forward(-x))
    """)
    assert lines == ["[2. 2. 2.] [0. 0. 0.]"]
