"""max_pool2d in the suite.

- forward and its indices: a choice among the inputs, nothing is rounded: both must be equal.
- input gradient: n output gradients added up, over the windows that chose the pixel: m = n - 1,
  bounded by n (bounds.py); n and T follow from the truth's indices. A pixel that no window chose
  has n = 0 and must be exactly 0.
"""

import numpy as np

from crosscheck.kernels import pooling
from crosscheck.parity import bounds
from crosscheck.parity.operator import Operator
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, window


def _with_indices(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    return inputs, {**options, "return_indices": True}


def _indices(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {"indices": exact["indices"]}


def _check_taps(inputs: Arrays, results: Arrays) -> None:
    """Refuse a window whose dilation steps over the whole image.

    PyTorch gives it an index that may lie outside the plane, and its backward pass then writes
    there, outside its memory: it corrupts the process instead of raising.
    """
    rows, columns = inputs["input"].shape[-2:]
    if np.max(results["indices"], initial=-1) >= rows * columns:
        raise ValueError("a window of max_pool2d has no tap inside the image")


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    counted = scattered(exact["indices"], grad_output, inputs["input"].shape)
    return {"input_gradient": bounds.bound(*counted, dtype)}


def scattered(
    indices: np.ndarray, weights: np.ndarray, input_shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, T) of the input gradient.

    Per pixel that is how many windows chose it, and the sum of |weights| over them. `indices` are
    PyTorch's: flat in the h*w plane of their own channel.
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
    kernels=pooling.max,
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
    limits=_limits,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    weight=2,
    fuzz_values=VALUES,
    results=("forward", "indices"),
    saved=_indices,
    question=_with_indices,
    unseen=("return_indices",),  # a kernel always returns the indices
    objection=_check_taps,
)
