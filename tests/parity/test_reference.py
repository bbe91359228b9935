import subprocess
import sys

import numpy as np
import pytest
import torch

from crosscheck.parity import reference


@pytest.fixture
def tf32_restored():
    with torch.backends.__allow_nonbracketed_mutation():  # PyTorch's own test modules forbid it
        yield
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.set_float32_matmul_precision("highest")


X = np.ones((1, 1, 4, 4))


def test_importing_the_reference_turned_tf32_off():
    assert torch.backends.cuda.matmul.allow_tf32 is False
    assert torch.backends.cudnn.allow_tf32 is False
    reference.assert_native()


@pytest.mark.parametrize("module", [torch.backends.cuda.matmul, torch.backends.cudnn])
def test_the_reference_refuses_to_run_with_tf32(module, tf32_restored):
    module.allow_tf32 = True
    with pytest.raises(AssertionError):
        reference.run("relu", {"input": X}, None, {}, "float32")


def test_the_reference_refuses_to_round_products_first(tf32_restored):
    torch.set_float32_matmul_precision("medium")
    with pytest.raises((AssertionError, RuntimeError)):
        reference.run("relu", {"input": X}, None, {}, "float32")


def test_the_reference_imports_after_torch_s_test_modules_froze_its_switches():
    """It leaves the cores to the kernels, too, which is seen where torch had more than one."""
    code = (
        "import torch; torch.backends.disable_global_flags(); torch.set_num_threads(2);"
        "from crosscheck.parity import reference; reference.assert_native();"
        "assert torch.get_num_threads() == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_come_by_direction_in_the_dtype_asked_for(dtype):
    arrays = {"input": X, "weight": np.ones((2, 1, 3, 3)), "bias": np.ones(2)}
    results = reference.run("conv2d", arrays, np.ones((1, 2, 2, 2)), {}, dtype)
    assert set(results) == {"forward", "input_gradient", "weight_gradient", "bias_gradient"}
    assert {each.dtype.name for each in results.values()} == {dtype}
    assert results["forward"].tolist() == np.full((1, 2, 2, 2), 10.0).tolist()


def test_max_pooling_gives_its_indices_whatever_return_indices_says():
    options = {"kernel_size": 2, "return_indices": False}
    results = reference.run("max_pool2d", {"input": X}, None, options, "float32")
    assert results["indices"].dtype == np.int64
    assert results["indices"].ravel().tolist() == [0, 2, 8, 10]


def test_a_window_without_a_tap_is_refused_because_torch_would_write_outside_its_memory():
    options = dict(kernel_size=(2, 3), stride=(4, 2), padding=(1, 1), dilation=(3, 2))
    with pytest.raises(ValueError, match="no tap"):
        reference.run(
            "max_pool2d",
            {"input": np.ones((1, 1, 2, 9))},
            None,
            options | {"ceil_mode": True},
            "float64",
        )


def test_rejection_says_what_torch_says():
    assert reference.rejection("max_pool2d", {"input": X}, {"kernel_size": 2}) is None
    error = reference.rejection("max_pool2d", {"input": X}, {"kernel_size": 9})
    assert "output size is too small" in str(error).lower()
