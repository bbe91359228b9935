"""dropout: PyTorch draws other random numbers, so the exact result is its product with our mask.

The mask comes from another Philox, in NumPy, and PyTorch computes `torch.mul(input, factor)` with
factors of 0 or 1 / (1 - p). Each result is one product with a factor that is rounded once: m = 2
(bounds.py), T = |x factor|. What is dropped must be exactly 0.
"""

from math import log2

import numpy as np

from crosscheck.kernels import dropout
from crosscheck.nn import random
from crosscheck.parity import bounds
from crosscheck.parity.direction import Tensors
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent, one_of

SEED = 2**40 + 12345  # neither word of Philox's key is 0


def words(count: int, seed: int, offset: int) -> np.ndarray:
    """Return the first `count` words of Philox4x32-10 with key `seed` and counters (i, offset)."""
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    i = np.arange(-(-count // 4), dtype=np.uint64)
    a, b = i & low, i >> half
    c, d = (np.full_like(i, part) for part in (offset % 2**32, offset >> 32))
    keys = seed % 2**32, seed >> 32
    for _ in range(10):
        first, second = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b = (second >> half) ^ b ^ np.uint64(keys[0]), second & low
        c, d = (first >> half) ^ d ^ np.uint64(keys[1]), first & low
        keys = (keys[0] + 0x9E3779B9) % 2**32, (keys[1] + 0xBB67AE85) % 2**32
    return np.stack([a, b, c, d], axis=1).ravel()[:count]


def _p(options: Options) -> float:
    """Return the probability of dropping: 0 in evaluation."""
    return options.get("p", 0.5) if options.get("training", True) else 0.0


def _factors(shape: tuple[int, ...], options: Options) -> np.ndarray:
    p = _p(options)
    scale = 0.0 if p == 1 else 1 / (1 - p)
    kept = words(int(np.prod(shape)), SEED, 0) >> np.uint64(1) >= round(p * 2**31)
    return np.where(kept, scale, 0.0).reshape(shape)


def _kernel_arguments(tensors: Tensors, options: Options) -> tuple[Tensors, Options]:
    return tensors, {"p": _p(options), "seed": SEED}


def _product(inputs: Arrays, options: Options) -> tuple[Arrays, Options]:
    return {**inputs, "other": _factors(inputs["input"].shape, options)}, {}


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    factors = _factors(inputs["input"].shape, call.options)
    terms = 2.0 * (factors != 0)
    factors_of = {"forward": inputs["input"], "input_gradient": grad_output}
    with np.errstate(invalid="ignore"):  # 0 times infinity, where one is dropped
        return {
            name: bounds.bound(terms, np.abs(each.astype(np.float64)) * factors, dtype)
            for name, each in factors_of.items()
        }


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    p = _p(call.options)
    if p != 1 and log2(1 - p) % 1:
        raise NoIntegers("1 / (1 - p) is not an integer")
    shape = dict(call.shapes)["input"]
    return sums.integers(call, seed, {"grad_output": shape}, sums.LARGEST_INTEGER)


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 9) for _ in range(rng.integers(0, 6)))
    p = one_of(rng, (0.0, 0.1, 0.5, 0.5, 0.75, 0.999, 1.0))
    return {"input": shape}, {"p": p, "training": bool(rng.random() < 0.8)}


OPERATOR = Operator(
    name="dropout",
    order=12,
    kernels=dropout,
    parameters=("input", "p", "training", "inplace"),
    differentiable=("input",),
    bounds=_bounds,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=VALUES,
    kernel_arguments=_kernel_arguments,
    reference_arguments=_product,
    functional_only=("inplace",),
    reference_function="mul",
    prepare=lambda: random.manual_seed(SEED),
)
