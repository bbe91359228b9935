"""PyTorch's own test inputs (OpInfo) for our operators, as NumPy with their strides.

With reference.py the only importer of torch in the suite. The samples live in a private module of
torch, which needs `expecttest` and takes seconds to import, so it is imported on first use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

# How the positional arguments of a sample map to names: the order in torch.nn.functional.
PARAMETERS = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "max_pool2d": (
        "input",
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "ceil_mode",
        "return_indices",
    ),
    "avg_pool2d": (
        "input",
        "kernel_size",
        "stride",
        "padding",
        "ceil_mode",
        "count_include_pad",
        "divisor_override",
    ),
    "relu": ("input", "inplace"),
}


@dataclass(frozen=True, eq=False)
class Sample:
    """One call of `torch.nn.functional.<op>`: its tensors, with their strides, and its options."""

    inputs: dict[str, np.ndarray]
    options: dict[str, Any]


@cache
def samples(op: str, dtype: str) -> tuple[tuple[Sample, Sample], ...]:
    """Return every sample of the operator in `dtype`, each with its non-contiguous twin."""
    info, kind = _info(op), getattr(torch, dtype)
    drawn = [*info.sample_inputs("cpu", kind)]
    if info.reference_inputs_func is not None:
        drawn += info.reference_inputs("cpu", kind)
    return tuple((_sample(op, each), _sample(op, each.noncontiguous())) for each in drawn)


def errors(op: str) -> Iterator[tuple[Sample, str]]:
    """Yield every input that PyTorch says must be refused, with what its message must match."""
    info = _info(op)
    if info.error_inputs_func is not None:
        for error in info.error_inputs("cpu"):
            yield _sample(op, error.sample_input), error.error_regex


@cache
def _info(op: str):
    from torch.testing._internal.common_methods_invocations import op_db

    return next(info for info in op_db if info.name == f"nn.functional.{op}")


def _sample(op: str, sample: Any) -> Sample:
    values = dict(zip(PARAMETERS[op], (sample.input, *sample.args), strict=False))
    values.update(sample.kwargs)
    tensors = {
        name: value.detach().numpy()
        for name, value in values.items()
        if isinstance(value, torch.Tensor)
    }
    options = {
        name: value
        for name, value in values.items()
        if name not in tensors and not (name == "bias" and value is None)
    }
    return Sample(tensors, options)
