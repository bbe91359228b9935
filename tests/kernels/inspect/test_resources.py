"""The log of ptxas is parsed."""

import pytest

from crosscheck.kernels.inspect import resources
from crosscheck.kernels.inspect.resources import Resources


def test_a_log(log):
    assert resources.parse(log) == Resources(18, 0, 0, 0, shared=128)


def test_no_shared_memory_is_not_in_the_log(log):
    assert resources.parse(log.replace(", 128 bytes smem", "")).shared == 0


def test_spills_of_called_functions_are_added_and_the_deepest_stack_counts(log):
    log = log.replace("0 bytes stack", "16 bytes stack")
    log = log.replace("0 bytes spill stores, 0", "8 bytes spill stores, 12")
    log += "ptxas . 40 bytes stack frame, 4 bytes spill stores, 4 bytes spill loads\n"
    assert resources.parse(log) == Resources(18, 12, 16, 40, shared=128)


def test_another_log_is_refused():
    with pytest.raises(ValueError, match="no registers"):
        resources.parse("INFO: LTOIR Container created")
