"""PyTorch's switches: what was set before comes back, each for itself."""

import pytest
import torch

from crosscheck.parity import reference, torch_switches

BACKENDS = torch.backends


def now():
    matmul, cudnn = BACKENDS.cuda.matmul, BACKENDS.cudnn
    return BACKENDS.mkldnn.enabled, matmul.allow_tf32, cudnn.allow_tf32


def test_inside_they_are_as_asked_for_and_afterwards_as_before():
    reference.assert_native()
    with torch_switches.switched(onednn=True, tf32=True):
        assert now() == (True, True, True)
        with torch_switches.switched(onednn=False):
            assert now() == (False, False, False)
        assert now() == (True, True, True)
    reference.assert_native()


def test_an_error_inside_changes_nothing():
    with pytest.raises(KeyError), torch_switches.switched(onednn=True, tf32=True):
        raise KeyError
    reference.assert_native()


def test_one_of_three_that_was_on_comes_back_alone():
    with torch_switches.switched(onednn=False):
        with BACKENDS.__allow_nonbracketed_mutation():
            BACKENDS.cudnn.allow_tf32 = True
        with torch_switches.switched(onednn=True, tf32=False):
            pass
        assert now() == (False, False, True)
