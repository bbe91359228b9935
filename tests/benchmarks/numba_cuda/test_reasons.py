"""Every failure has a group."""

import pytest

from crosscheck.benchmarks.numba_cuda import reasons


@pytest.mark.parametrize(
    "message, group",
    [
        ("NotImplementedError: Dispatcher.inspect_asm: the CPU device makes no PTX", reasons.PTX),
        (
            "NotImplementedError: jit: link is ['f.cu']; the CPU device has nothing to link",
            reasons.LINKS,
        ),
        ("ModuleNotFoundError: No module named 'numba.cuda.flags'", reasons.COMPILER),
        ("AttributeError: 'Context' object has no attribute 'memalloc'", reasons.DRIVER),
        ("Only accept returning of array passed into the function", reasons.ALLOCATES),
        ("DID NOT WARN. No warnings of type (NumbaPerformanceWarning,)", reasons.WARNINGS),
        ("AssertionError: 'x' not found in 'y'", reasons.WORDING),
        ("AssertionError: 1 != 2", reasons.OTHER),
    ],
)
def test_groups(message, group):
    assert reasons.group(message) == group
    assert reasons.group(message) in reasons.GROUPS
