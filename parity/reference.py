"""PyTorch on the CPU: the truth (in float64) and PyTorch's own rounding (in the case's dtype).

This file, reference_training.py and samples.py are the only ones of the suite that import torch.
Arrays go in and come out as NumPy. Importing it settles how torch runs in this process: one thread,
so it does not fight the CPU device for the cores; its plain kernels instead of oneDNN's, whose
set-up for each new shape costs more than the convolution; and no TF32 anywhere, whatever the
device, because TF32 in a reference makes right answers look wrong by 1e-3.
"""

import warnings
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import numpy as np
import torch

from crosscheck.parity.operators import OPERATORS

torch.set_num_threads(1)
with torch.backends.__allow_nonbracketed_mutation():  # PyTorch's own test modules forbid it
    torch.backends.mkldnn.enabled = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
# 'same' with an even filter costs PyTorch a copy, and it says so: fine for a reference.
warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
warnings.filterwarnings("ignore", message="Using a target size")  # mse_loss broadcasts


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
    """Return what PyTorch computes in `dtype`: every result and every gradient, by name.

    `arrays` are the function's tensor arguments by name: floating ones are rounded to `dtype`,
    others stay. The results are the operator's own ("forward" and what else it returns, constants
    it has written to) and `<argument>_gradient` for every array that has one; with `grad_output`
    None no gradients. Raises whatever PyTorch raises, and ValueError where the operator says that
    PyTorch's answer is not to be used.
    """
    assert_no_tf32()
    operator, target = OPERATORS[op], getattr(torch, dtype)
    arrays, options = operator.question(arrays, options)
    tensors = {
        name: torch.tensor(array, dtype=target if array.dtype.kind == "f" else None)
        for name, array in arrays.items()
    }
    leaves = {
        name: tensor
        for name, tensor in tensors.items()
        if grad_output is not None and operator.wants_gradient(name, arrays[name])
    }
    for leaf in leaves.values():
        leaf.requires_grad_()
    left_out = dict.fromkeys(name for name in operator.constants if name not in tensors)
    function = attrgetter(operator.truth or operator.function)(torch)
    returned = function(**tensors, **left_out, **options)
    returned = returned if isinstance(returned, tuple) else (returned,)
    results = {
        name: each.detach().numpy() for name, each in zip(operator.results, returned, strict=True)
    }
    results |= {name: tensors[name].numpy() for name in operator.updates if name in tensors}
    operator.objection(arrays, results)
    if leaves:
        gradients = torch.autograd.grad(
            returned[0], list(leaves.values()), torch.tensor(grad_output, dtype=target)
        )
        for name, value in zip(leaves, gradients, strict=True):
            results[f"{name}_gradient"] = value.numpy()
    return results


def rejection(
    op: str, arrays: Mapping[str, np.ndarray], options: Mapping[str, Any]
) -> Exception | None:
    """Return the error PyTorch raises for these arguments, or None when it takes them."""
    tensors = {name: torch.tensor(array) for name, array in arrays.items()}
    try:
        attrgetter(OPERATORS[op].function)(torch)(**tensors, **options)
    except Exception as error:  # PyTorch has no one type for it
        return error
    return None
