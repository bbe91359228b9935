"""PyTorch on the CPU: the truth (in float64) and PyTorch's own rounding (in the case's dtype).

This file and samples.py are the only ones of the suite that import torch. Arrays go in and come out
as NumPy. Importing it settles how torch runs in this process: one thread, so it does not fight the
CPU device for the cores; its plain kernels instead of oneDNN's, whose set-up for each new shape
costs more than the convolution; and no TF32 anywhere, whatever the device, because TF32 in a
reference makes right answers look wrong by 1e-3.
"""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

torch.set_num_threads(1)
with torch.backends.__allow_nonbracketed_mutation():  # PyTorch's own test modules forbid it
    torch.backends.mkldnn.enabled = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
# 'same' with an even filter costs PyTorch a copy, and it says so: fine for a reference.
warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")


def assert_no_tf32() -> None:
    """Raise AssertionError when any of PyTorch's switches would let float32 be TF32 (or bf16).

    `allow_tf32` is the switch up to torch 2.8; `fp32_precision` stands beside it since.
    """
    backends = torch.backends
    for switch in (backends.cuda.matmul, backends.cudnn):
        assert switch.allow_tf32 is False, f"{switch}.allow_tf32 is on: no reference for float32"
        precision = getattr(switch, "fp32_precision", "ieee")
        assert precision in ("ieee", "none"), f"{switch}.fp32_precision is {precision!r}"
    assert torch.get_float32_matmul_precision() == "highest", "float32 products are rounded first"


def run(
    op: str,
    arrays: Mapping[str, np.ndarray],
    grad_output: np.ndarray | None,
    options: Mapping[str, Any],
    dtype: str,
) -> dict[str, np.ndarray]:
    """Return what PyTorch computes in `dtype`: the output and every gradient, by direction.

    `arrays` are the tensor arguments of `torch.nn.functional.<op>` by name. The result holds
    "forward", for max_pool2d also "indices" (int64), and `<argument>_gradient` for each array;
    with `grad_output` None no gradients. Raises whatever PyTorch raises, and ValueError for a
    max_pool2d window that PyTorch cannot differentiate.
    """
    assert_no_tf32()
    target = getattr(torch, dtype)
    tensors = {
        name: torch.tensor(array, dtype=target, requires_grad=grad_output is not None)
        for name, array in arrays.items()
    }
    output = _function(op)(**tensors, **_options(op, options))
    results = {}
    if op == "max_pool2d":
        output, indices = output
        results["indices"] = indices.numpy()
        _check_taps(results["indices"], arrays["input"].shape)
    results["forward"] = output.detach().numpy()
    if grad_output is not None:
        gradients = torch.autograd.grad(
            output, list(tensors.values()), torch.tensor(grad_output, dtype=target)
        )
        for name, value in zip(tensors, gradients, strict=True):
            results[f"{name}_gradient"] = value.numpy()
    return results


def _check_taps(indices: np.ndarray, input_shape: tuple[int, ...]) -> None:
    """Refuse a window whose dilation steps over the whole image.

    PyTorch gives it an index that may lie outside the plane, and its backward pass then writes
    there, outside its memory: it corrupts the process instead of raising.
    """
    if np.max(indices, initial=-1) >= input_shape[-2] * input_shape[-1]:
        raise ValueError("a window of max_pool2d has no tap inside the image")


def rejection(
    op: str, arrays: Mapping[str, np.ndarray], options: Mapping[str, Any]
) -> Exception | None:
    """Return the error PyTorch raises for these arguments, or None when it takes them."""
    tensors = {name: torch.tensor(array) for name, array in arrays.items()}
    try:
        _function(op)(**tensors, **options)
    except Exception as error:  # PyTorch has no one type for it
        return error
    return None


def _function(op: str):
    return getattr(torch.nn.functional, op)


def _options(op: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return {**options, "return_indices": True} if op == "max_pool2d" else dict(options)
