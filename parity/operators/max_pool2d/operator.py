"""max_pool2d: the largest pixel of each window, and its index.

- forward: nothing is rounded, so results and indices must be equal.
- input gradient: the sum of the output gradients of the n windows that chose the pixel: m = n - 1,
  bounded by n (bounds.py). n and T follow from PyTorch's indices. A pixel that no window chose must
  have exactly 0.
"""

import numpy as np

from crosscheck.kernels.pooling import max_pool2d
from crosscheck.parity import bounds
from crosscheck.parity.operator import Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, window


def _with_indices(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    return inputs, {**options, "return_indices": True}


def _indices(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {"indices": exact["indices"]}


def _validate(inputs: Arrays, results: Arrays) -> None:
    """Raise ValueError for a dilated window without a single tap inside the image.

    PyTorch gives it an index that may be outside the plane; its backward pass then writes outside
    the array, which corrupts the process.
    """
    rows, columns = inputs["input"].shape[-2:]
    if np.max(results["indices"], initial=-1) >= rows * columns:
        raise ValueError("a window of max_pool2d has no tap inside the image")


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    counted = scattered(exact["indices"], grad_output, inputs["input"].shape)
    return {"input_gradient": bounds.bound(*counted, dtype)}


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    terms, magnitude = scattered(exact["indices"], grad_output, inputs["input"].shape)
    return {"input_gradient": np.where(terms > 1, magnitude, 0.0)}


def scattered(
    indices: np.ndarray, weights: np.ndarray, input_shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, T): how many windows chose each pixel, and the sum of their |weights|.

    `indices` are PyTorch's: into the flattened h*w plane of their own channel.
    """
    plane = input_shape[-2] * input_shape[-1]
    planes = int(np.prod(input_shape[:-2]))
    outputs = indices.shape[-2] * indices.shape[-1]
    flat = (indices.reshape(planes, outputs) + plane * np.arange(planes)[:, None]).ravel()
    size = planes * plane
    terms = np.bincount(flat, minlength=size).astype(np.float64)
    magnitude = np.bincount(flat, weights=np.abs(weights, dtype=np.float64).ravel(), minlength=size)
    return terms.reshape(input_shape), magnitude.reshape(input_shape)


def _fuzz(rng: np.random.Generator) -> Drawn:
    inputs, options = window(rng, dilated=True)
    options["return_indices"] = bool(rng.random() < 0.5)
    return inputs, options


OPERATOR = Operator(
    name="max_pool2d",
    order=2,
    kernels=max_pool2d,
    parameters=(
        "input",
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "ceil_mode",
        "return_indices",
    ),
    differentiable=("input",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_weight=2,
    fuzz_values=VALUES,
    results=("forward", "indices"),
    saved=_indices,
    reference_arguments=_with_indices,
    functional_only=("return_indices",),  # the kernels always return indices
    validate=_validate,
)
