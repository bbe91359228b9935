"""What an `Operator` does where it says nothing: its fields' defaults that are functions."""

from collections.abc import Iterable, Mapping

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.parity.direction import Tensors
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall


def unchanged(arrays: Mapping, options: Options) -> tuple[Mapping, Options]:
    return arrays, options


def all_exact(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return {}


def no_intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return {}


def none(algorithm: str, inputs: Arrays, grad_output: np.ndarray, options: Options) -> Arrays:
    return {}


def as_on_cpu(inputs: Arrays, options: Options, results: Arrays) -> Arrays:
    return {}


def nothing_saved(inputs: Arrays, options: Options, exact: Arrays, dtype: str) -> Arrays:
    return {}


def always_valid(inputs: Arrays, results: Arrays) -> None:
    return None


def always_in_scope(inputs: Arrays, options: Options) -> str:
    return ""


def nothing() -> None:
    return None


def as_kernels(tensors: Tensors, options: Options) -> Iterable[Array]:
    return ()
