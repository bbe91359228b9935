"""numba.cuda.testing: the base class and the decorators of tests for numba.cuda.

Tests that need a GPU's compiler, driver or tools are skipped; all others run.
"""

import unittest
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.tests.support import TestCase

from .api import get_current_device


class CUDATestCase(TestCase):
    """A test of kernels. It skips at a FileCheck of PTX or LLVM IR."""

    FLOAT16_RTOL = np.finfo(np.float16).eps

    def assertFileCheckAsm(self, *arguments: Any, **settings: Any) -> None:  # noqa: N802
        """Skip the test."""
        self.skipTest("the CPU device makes no PTX")

    assertFileCheckLLVM = assertFileCheckMatches = assertFileCheckAsm  # noqa: N815


class ForeignArray:
    """Another library's array, with nothing but its `__cuda_array_interface__`."""

    def __init__(self, arr: Any) -> None:
        self._arr = arr
        self.__cuda_array_interface__ = arr.__cuda_array_interface__


def cc_X_or_above(major: int, minor: int) -> bool:  # noqa: N802  numba's name
    """Return whether the device has at least this compute capability."""
    return get_current_device().compute_capability >= (major, minor)


def cudadevrt_missing() -> bool:
    """Return True."""
    return True


def _keep(reason: str) -> Callable:
    return lambda test: test


def _skip(reason: str) -> Callable:
    return unittest.skip(reason)


def _skip_all(test: Any) -> Any:
    return unittest.skip("the CPU device has no CUDA toolkit")(test)


def _unless(major: int, minor: int) -> Callable:
    return unittest.skipUnless(cc_X_or_above(major, minor), f"needs cc {major}.{minor}")


skip_on_cudasim = skip_if_external_memmgr = skip_under_cuda_memcheck = skip_on_arm = _keep
skip_on_wsl2 = skip_on_nvjitlink_13_1_sm_120 = skip_with_nvdisasm = _keep
skip_unless_cudasim = skip_unless_conda_cudatoolkit = skip_without_nvdisasm = _skip
skip_if_nvjitlink_missing = _skip
skip_if_cuda_includes_missing = skip_if_curand_kernel_missing = _skip_all
skip_if_cudadevrt_missing = skip_on_standalone_numba_cuda = _keep("")
skip_unless_cc_50, skip_unless_cc_53, skip_unless_cc_60 = (
    _unless(5, 0),
    _unless(5, 3),
    _unless(6, 0),
)
skip_unless_cc_75, skip_unless_cc_90 = _unless(7, 5), _unless(9, 0)
xfail_unless_cudasim = unittest.expectedFailure
