"""PyTorch on the CPU: exact results (in float64), and PyTorch's own errors (in the case's dtype).

Arrays go in and come out as
NumPy. Importing this file configures torch for the whole process: one thread, to leave the cores to
the CPU device; no TF32 on any device, because with TF32 in the reference, correct results look
wrong by 1e-3; and native kernels instead of oneDNN's, whose set-up for each new shape costs more
than the convolution, and which skip the padding in most shapes, where native ones multiply it by
zero: with an infinite weight that is the difference between a number and NaN.
"""

import warnings
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import numpy as np
import torch

from crosscheck.parity import torch_switches
from crosscheck.parity.operator import Operator
from crosscheck.parity.operators import OPERATORS

torch.set_num_threads(1)
torch_switches.switch(onednn=False, tf32=False)
# 'same' with an even filter costs PyTorch a copy: no reason to warn in a reference.
warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
warnings.filterwarnings("ignore", message="Using a target size|.*: they are broadcast")  # losses


def assert_native() -> None:
    """Raise AssertionError if PyTorch may use oneDNN, or TF32 or bf16 in place of float32.

    The switch of TF32 is `allow_tf32`, and since torch 2.9 also `fp32_precision`.
    """
    backends = torch.backends
    assert not backends.mkldnn.enabled, "oneDNN is on: no reference where weights are infinite"
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

    `arrays` are the function's tensor arguments by name; floating ones are rounded to `dtype`. The
    results are "forward", what else the function returns, the constants it has updated, and
    `<argument>_gradient` for every argument that has one; no gradients if `grad_output` is None.
    Raises whatever PyTorch raises, and ValueError where PyTorch's results are garbage (see
    `Operator.validate`).
    """
    assert_native()
    operator, target = OPERATORS[op], getattr(torch, dtype)
    arrays, options = operator.reference_arguments(arrays, options)
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
    function = operator.reference_function or operator.torch_function
    returned = call(operator, function, {**tensors, **left_out, **options})
    returned = returned if isinstance(returned, tuple) else (returned,)
    results = {name: _array(each) for name, each in zip(operator.results, returned, strict=True)}
    results |= {name: _array(tensors[name]) for name in operator.updates if name in tensors}
    operator.validate(arrays, results)
    if leaves:
        dy = torch.tensor(grad_output, dtype=target)
        # A gradient of 0 everywhere, PyTorch may leave out.
        gradients = torch.autograd.grad(
            returned[0], list(leaves.values()), dy, materialize_grads=True
        )
        for name, value in zip(leaves, gradients, strict=True):
            results[f"{name}_gradient"] = _array(value)
    given = {**arrays, "grad_output": grad_output}
    return results | operator.gpu_results(given, options, results)


def _array(tensor: torch.Tensor) -> np.ndarray:
    """Return a tensor as NumPy; of NumPy's own dtypes, float32 holds the numbers of bfloat16."""
    tensor = tensor.detach()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def rejection(
    op: str, arrays: Mapping[str, np.ndarray], options: Mapping[str, Any]
) -> Exception | None:
    """Return the error that PyTorch raises for these arguments, None if it accepts them."""
    tensors = {name: torch.tensor(array) for name, array in arrays.items()}
    try:
        call(OPERATORS[op], OPERATORS[op].torch_function, {**tensors, **options})
    except Exception as error:  # PyTorch raises several types
        return error
    return None


def call(operator: Operator, function: str, arguments: Mapping[str, Any]) -> Any:
    """Return what PyTorch's function of this name returns, after those that follow it."""
    result = attrgetter(function)(torch)(**arguments)
    for name, options in operator.followed_by:
        result = attrgetter(name)(torch)(result, **options)
    return result
