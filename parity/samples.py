"""PyTorch's own test inputs (OpInfo) for our operators, as NumPy arrays with the same strides.

They are in a private module of torch, which needs `expecttest` and takes seconds to import: it is
imported on first use.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest import mock

import numpy as np
import torch

from crosscheck.kernels.dtypes import bfloat16
from crosscheck.parity.bounds import SHORT
from crosscheck.parity.operator import NO_SAMPLES
from crosscheck.parity.operators import OPERATORS


@dataclass(frozen=True, eq=False)
class Sample:
    """One call of the operator: its tensors, with PyTorch's strides, and its options."""

    inputs: dict[str, np.ndarray]
    options: dict[str, Any]


@cache
def samples(op: str, dtype: str) -> tuple[tuple[Sample, Sample], ...]:
    """Return every sample of the operator in `dtype`, each with its non-contiguous twin.

    There are none where PyTorch's operator does not take the dtype.
    """
    kind, drawn = getattr(torch, dtype), []
    short = dtype in SHORT
    infos = [x for x in _infos(op) if not short or kind in x.supported_dtypes("cpu")]
    with seeding_the_cpu_alone():
        for info in infos:
            drawn += info.sample_inputs("cpu", kind)
            if info.reference_inputs_func is not None:
                drawn += info.reference_inputs("cpu", kind)
    return tuple((_sample(op, each), _sample(op, each.noncontiguous())) for each in drawn)


def errors(op: str) -> Iterator[tuple[Sample, str]]:
    """Yield every input that PyTorch must refuse, with the pattern of PyTorch's message.

    Those about PyTorch's argument `out`, and those that are no tensor, are left out.
    """
    for info in _infos(op):
        if info.error_inputs_func is not None:
            for error in info.error_inputs("cpu"):
                sample = _sample(op, error.sample_input)
                if "input" in sample.inputs and "out" not in sample.inputs:
                    yield sample, error.error_regex or error.error_type.__name__


@contextmanager
def seeding_the_cpu_alone() -> Iterator[None]:
    """Make PyTorch seed, before each sample, nothing but what the samples are drawn from.

    For every kind of GPU that is not there it would keep the seed, and where it was asked for it:
    most of the time that drawing takes.
    """
    from torch.testing._internal import common_utils

    def seed(number: int) -> None:
        torch.default_generator.manual_seed(number)
        random.seed(number)
        np.random.seed(number)

    with mock.patch.object(common_utils, "set_rng_seed", seed):
        yield


@cache
def _infos(op: str) -> list[Any]:
    """Return the operator's OpInfos: one for each of its variants."""
    from torch.testing._internal.common_methods_invocations import op_db

    name = OPERATORS[op].opinfo_name
    found = [info for info in op_db if info.name == name]
    assert found or name == NO_SAMPLES, f"PyTorch has no samples called {name!r}"
    return found


def _array(tensor: torch.Tensor) -> np.ndarray:
    """Return the memory of a tensor; NumPy's bfloat16 is another than PyTorch's."""
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(bfloat16)
    return tensor.numpy()


def _sample(op: str, sample: Any) -> Sample:
    operator = OPERATORS[op]
    values = dict(zip(operator.parameters, (sample.input, *sample.args), strict=False))
    values.update(sample.kwargs)
    tensors = {
        name: _array(value.detach())
        for name, value in values.items()
        if isinstance(value, torch.Tensor)
    }
    options = {
        name: np.dtype(str(value).split(".")[1]) if isinstance(value, torch.dtype) else value
        for name, value in values.items()
        if name not in tensors and not (name in operator.tensors and value is None)
    }
    return Sample(tensors, options)
