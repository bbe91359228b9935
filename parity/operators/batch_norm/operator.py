"""batch_norm: moments.py bounds its statistics, normalized.py the results computed from them.

The gradients read the mean and rstd of our own forward pass, as they do in use: of whichever
algorithm is the device's choice, so they may be as far off as the worse. Each bound is that of our
result in the case's dtype plus that of PyTorch's in float64.
"""

from collections.abc import Callable
from math import log2
from typing import Any

import numpy as np

from crosscheck.kernels.normalization import batch_norm
from crosscheck.parity import bounds, data
from crosscheck.parity.operator import NoIntegers, Operator, Rounding
from crosscheck.parity.operators.batch_norm import moments, normalized, special
from crosscheck.parity.operators.batch_norm.moments import Moments
from crosscheck.parity.operators.batch_norm.special import EPS, MOMENTUM, rows, shaped
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared.draws import Drawn, extent, one_of

RUNNING = ("running_mean", "running_var")


def _bounds(
    call: ReferenceCall,
    inputs: Arrays,
    grad_output: np.ndarray,
    exact: Arrays,
    dtype: str,
    of_batch: Callable[..., Moments] = moments.of_batch,
) -> Arrays:
    if inputs["input"].size == 0:
        return {}
    with np.errstate(all="ignore"):  # where the data has NaN or infinity
        found = _of_channels(call.options, inputs, grad_output, dtype, of_batch)
    return {name: each for name, each in found.items() if name in exact}


def _of_channels(
    options: Options,
    inputs: Arrays,
    dy: np.ndarray,
    dtype: str,
    of_batch: Callable[..., Moments],
) -> Arrays:
    x, training = rows(inputs["input"]), options.get("training", False)
    eps, momentum = options.get("eps", EPS), options.get("momentum", MOMENTUM)
    channels, count = x.shape
    affine = {
        name: np.asarray(inputs.get(name, np.full(channels, default)), np.float64)[:, None]
        for name, default in (("weight", 1.0), ("bias", 0.0))
    }
    c = normalized.Channels(x, rows(dy), **affine)
    old = {name: inputs[name].astype(np.float64) for name in RUNNING if name in inputs}
    if training:
        ours, theirs = of_batch(x, eps, dtype), moments.of_batch_two_pass(x, eps)
        either = moments.of_batch(x, eps, dtype), moments.of_batch_in_one_pass(x, eps, dtype)
        read = moments.worse(*either)
    else:
        ours = read = moments.of_running(*old.values(), eps, dtype)
        theirs = moments.of_running(*old.values(), eps, "float64")
    total = {"forward": normalized.forward(c, ours, dtype) + normalized.forward_linear(c, theirs)}
    for m, saved, kind in ((ours, read, dtype), (theirs, theirs, "float64")):
        found = {
            "input_gradient": normalized.input_gradient(c, saved, kind, training),
            "weight_gradient": normalized.weight_gradient(c, saved, kind),
            "bias_gradient": normalized.bias_gradient(c, kind),
        }
        if training and old:
            new = (m.mean, m.mean_error), normalized.unbiased(m, count, kind)
            for (name, before), (value, off) in zip(old.items(), new, strict=True):
                found[name] = normalized.running(before[:, None], value, off, momentum, kind)
        for name, each in found.items():
            total[name] = total.get(name, 0.0) + each
    slack = 1 - bounds.gamma(2 * count + 20, "float64")  # for the bounds' own rounding
    shape = inputs["input"].shape
    return {
        name: shaped(each / slack, shape)
        if name in ("forward", "input_gradient")
        else each[:, 0] / slack
        for name, each in total.items()
    }


def _bounds_in_one_pass(*given: Any) -> Arrays:
    return _bounds(*given, of_batch=moments.of_batch_in_one_pass)


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return data of variance 1, where eps makes 1 / sqrt(1 + eps) a power of 2.

    In training, half of a channel's values are an integer mean + 1 and half are that mean - 1, and
    N is a power of 2, so that every mean needs few bits. Otherwise the running variance is 1.
    """
    options, shapes = call.options, dict(call.shapes)
    shape, training = shapes["input"], options.get("training", False)
    exponent = log2(1 + options.get("eps", EPS)) / 2
    if exponent != int(exponent):
        raise NoIntegers("1 + eps is not a power of 4, so rstd cannot be a power of 2")
    count = int(np.prod(shape)) // max(shape[1], 1) if len(shape) > 1 else 0
    amplitude = 7
    drawn = call.fill(lambda name, size: data.integers(seed, name, size, amplitude))
    drawn["grad_output"] = data.integers(seed, "grad_output", shape, amplitude)
    if "running_var" in shapes:
        drawn["running_var"] = np.ones(shapes["running_var"])
    if not training:
        if count * 2 * amplitude**2 >= 2**24:
            raise NoIntegers(f"no integers keep a sum of {count} terms below 2^24")
        return drawn
    if count < 2 or count & (count - 1) or count * 8**exponent > 2**16:
        raise NoIntegers(f"a mean of {count} values needs too many bits")
    if "running_mean" in shapes and (count > 2 or 8 * options.get("momentum", MOMENTUM) % 1):
        raise NoIntegers(f"{count} / {count - 1} or the momentum needs too many bits")
    signs = np.tile([1.0, -1.0], count // 2)
    generator = np.random.default_rng(seed)
    centers = data.integers(seed, "center", (shape[1],), amplitude)
    rows = np.stack([center + generator.permutation(signs) for center in centers])
    return {**drawn, "input": shaped(rows, shape)}


def _fuzz(rng: np.random.Generator) -> Drawn:
    channels, training = extent(rng, 5), bool(rng.random() < 0.6)
    images = int(rng.integers(1, 6))
    shape = (images, channels, *(extent(rng, 6) for _ in range(rng.integers(0, 4))))
    if training and np.prod(shape) == channels:
        shape = (2, *shape[1:])
    inputs: dict[str, Any] = {"input": shape}
    names = RUNNING if not training or rng.random() < 0.5 else ()
    names += tuple(name for name in ("weight", "bias") if rng.random() < 0.7)
    inputs |= {name: (channels,) for name in names}
    eps = one_of(rng, (1e-5, 1e-5, 1e-3, 3.0))
    return inputs, {"training": training, "momentum": one_of(rng, (0.1, 0.5, 1.0)), "eps": eps}


def _positive(normal: np.ndarray, inputs: Arrays) -> np.ndarray:
    return np.abs(normal) + 0.5


OPERATOR = Operator(
    name="batch_norm",
    order=10,
    kernels=batch_norm,
    parameters=(
        *("input", "running_mean", "running_var", "weight", "bias"),
        *("training", "momentum", "eps"),
    ),
    differentiable=("input", "weight", "bias"),
    constants=RUNNING,
    updates=RUNNING,
    bounds=_bounds,
    intermediates=special.intermediates,
    rounding={"one_pass": Rounding(_bounds_in_one_pass, special.intermediates)},
    gpu_results=special.gpu_results,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "ties", "negative", "constant", "nan", "minus_inf"),
    fill={"running_var": _positive},
    returns=("output", "mean", "rstd"),
)
