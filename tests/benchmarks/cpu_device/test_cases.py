"""Every kernel and every loop computes the expected result."""

import numpy as np
import pytest

from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.kernels.cpu import jit


@pytest.mark.parametrize("name", CASES)
def test_the_kernel(name):
    case = CASES[name]
    problem = case.make(case.small)
    problem.clear()
    kernel = jit(case.kernel)
    kernel[problem.grid, problem.block](*problem.arguments)
    problem.check(name)
    (overload,) = kernel.overloads.values()
    assert overload.program.fiber_per_thread == bool(case.waits)


@pytest.mark.parametrize("name", CASES)
def test_the_kernel_under_the_sanitizer(name):
    case = CASES[name]
    problem = case.make(case.small)
    problem.clear()
    jit(case.kernel, sanitize="memcheck")[problem.grid, problem.block](*problem.arguments)
    problem.check(name)


@pytest.mark.parametrize("name", CASES)
def test_the_loop(name):
    case = CASES[name]
    problem = case.make(case.small)
    problem.clear()
    case.loop.py_func(*problem.arguments)  # as Python: compiling takes seconds
    problem.check(name)


@pytest.mark.parametrize("name", CASES)
def test_a_size_that_is_not_a_multiple_of_the_block(name):
    case = CASES[name]
    sizes = {"matmul, tiled": 48}  # needs a multiple of its block
    problem = case.make(sizes.get(name, 37))
    problem.clear()
    jit(case.kernel)[problem.grid, problem.block](*problem.arguments)
    problem.check(name)


def test_a_problem_is_the_same_in_every_process():
    one, two = (CASES["saxpy"].make(10) for _ in range(2))
    assert (one.arguments[1] == two.arguments[1]).all()
    assert not np.array_equal(one.arguments[1], one.arguments[2])


def test_there_are_at_least_14_kernels_and_some_never_wait():
    assert len(CASES) >= 14
    assert sum(not case.waits for case in CASES.values()) >= 6
