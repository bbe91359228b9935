"""The numbers a case is run on: the same on every machine, from the seed in the case's name.

Each dtype gets its own rounding of the same draws, so a float64 kernel meets full 53-bit mantissas
and one that passes through float32 on the way cannot hide. Numbers of 16 bits are float32 here,
which holds them all: they get their dtype where they are placed for the kernels.
"""

import zlib

import ml_dtypes
import numpy as np

from crosscheck.kernels.dtypes import is_floating
from crosscheck.parity import special_values
from crosscheck.parity.case import SHORT, Case
from crosscheck.parity.operator import Operator

SMALL_SCALE = 2.0**-70  # products of two such numbers are subnormal in float32
VALUES = (
    "normal",
    "ties",
    "constant",
    "negative",
    "nan",
    "two_nans",
    "minus_inf",
    "infinities",
    "signed_zeros",
    "tiny",
)


def real(case: Case, operator: Operator, dtype: str) -> dict[str, np.ndarray]:
    """Return the case's inputs by name, as C-contiguous arrays of `dtype`, or of float32 with
    numbers that a `dtype` of 16 bits holds; integers stay as given.

    Shapes are filled with normal numbers, or as the operator says.
    """
    generator = np.random.default_rng(case.seed)
    filled = {}
    for name, spec in case.inputs.items():
        if isinstance(spec, np.ndarray):
            filled[name] = _rounded(np.ascontiguousarray(spec).reshape(spec.shape), dtype)
            continue
        values = generator.standard_normal(spec)
        if name == "input":
            values = _special(case.values, np.asarray(values), generator)
        if case.values == "tiny":
            values = values * SMALL_SCALE
        if name in operator.fill:
            values = operator.fill[name](np.asarray(values), filled)
        filled[name] = _rounded(np.asarray(values), dtype)
    return {name: _with_special(case, name, values, dtype) for name, values in filled.items()}


def gradient(case: Case, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Return a random output gradient: all ones would hide a flipped kernel."""
    generator = np.random.default_rng((case.seed, 1))
    values = _rounded(np.asarray(generator.standard_normal(shape)), dtype)
    return _with_special(case, special_values.GRADIENT, values, dtype)


def _with_special(case: Case, name: str, values: np.ndarray, dtype: str) -> np.ndarray:
    kind = case.special.get(name)
    return special_values.put(kind, values, name, dtype) if kind else values


def integers(seed: int, name: str, shape: tuple[int, ...], amplitude: int) -> np.ndarray:
    """Return zero-mean random integers of at most `amplitude` for the tensor `name`, as float64."""
    generator = np.random.default_rng((seed, zlib.crc32(name.encode())))
    return np.asarray(generator.integers(-amplitude, amplitude + 1, shape), dtype=np.float64)


def _rounded(values: np.ndarray, dtype: str) -> np.ndarray:
    """Return floating values as `dtype` has them; what is too large for 16 bits, as its largest."""
    if not is_floating(values.dtype):
        return values
    if dtype not in SHORT:
        return values.astype(dtype, copy=False)
    largest = float(ml_dtypes.finfo(dtype).max)
    values = values.astype(np.float32)
    clipped = np.where(np.isfinite(values), np.clip(values, -largest, largest), values)
    return clipped.astype(dtype).astype(np.float32)


def _special(kind: str, values: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return `values` with the special ones of `kind` put in."""
    if kind not in VALUES:
        raise ValueError(f"values is {kind!r}; expected one of {VALUES}")
    if kind == "ties":
        return generator.integers(-1, 2, values.shape).astype(np.float64)
    if kind == "constant":
        return np.ones_like(values)
    if kind == "negative":
        return -np.abs(values) - 0.5
    if kind == "minus_inf":
        return np.full_like(values, -np.inf)
    flat = values.ravel()  # a view: `values` is contiguous
    if kind == "nan":
        flat[flat.size // 2 : flat.size // 2 + 1] = np.nan
    elif kind == "two_nans":  # neighbours in a row: one window holds both
        flat[flat.size // 2 : flat.size // 2 + 2] = np.nan
    elif kind == "infinities":
        flat[::3] = -np.inf
        flat[:: max(flat.size // 3, 1)] = np.inf
    elif kind == "signed_zeros":
        flat[::2] = 0.0
        flat[::4] = -0.0
    return values
