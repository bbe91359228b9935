"""A kernel runs compiled and under debug, with the same result: fixtures of these tests."""

import copy

import numpy as np
import pytest

from crosscheck.kernels.cpu import modes


@pytest.fixture
def both():
    """Return a function that launches a kernel both ways, and compares all arrays to the bit."""

    def launch(kernel, grid, block, *arguments, shared=0):
        own = copy.deepcopy(arguments)
        kernel[grid, block, 0, shared](*arguments)
        with modes.using(debug=True):
            kernel[grid, block, 0, shared](*own)
        for compiled, interpreted in zip(arguments, own, strict=True):
            if isinstance(compiled, np.ndarray):
                np.testing.assert_array_equal(interpreted, compiled)

    return launch
