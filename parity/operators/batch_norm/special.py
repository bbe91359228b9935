"""What special values do to batch_norm: overflow on the way, and what PyTorch's backends differ in.

Where the sum of a channel's values or of the squares of their differences overflows, its variance
is infinite and 1 / sqrt of it 0: all results of the channel but the bias gradient may be anything.
(PyTorch's CPU kernels add in float64.) Else the largest numbers are the differences, rstd times the
weight, their product, and the sums and products of the gradients.

Where rstd times the weight is infinite, PyTorch's CPU kernels give NaN, because they compute
x * alpha + (bias - mean * alpha), infinity minus infinity. Its GPU kernels, and ours, subtract the
mean from x first, and give infinities.
"""

import numpy as np

from crosscheck.parity.bounds import OVERFLOW
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall

EPS, MOMENTUM = 1e-5, 0.1  # the defaults


def rows(array: np.ndarray) -> np.ndarray:
    """Return (n, c, ...) as float64 (c, N)."""
    return np.moveaxis(array.astype(np.float64), 1, 0).reshape(array.shape[1], -1)


def shaped(of_rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return (c, N) as (n, c, ...)."""
    return np.moveaxis(of_rows.reshape(shape[1], shape[0], *shape[2:]), 0, 1)


def _statistics(x: np.ndarray, inputs: Arrays, options: Options) -> tuple[np.ndarray, ...]:
    """Return the mean and rstd that normalise the rows x, and the weight; all (c, 1)."""
    if options.get("training", False):
        mean, var = x.mean(1, keepdims=True), x.var(1, keepdims=True)
    else:
        mean, var = (
            inputs[name].astype(np.float64)[:, None] for name in ("running_mean", "running_var")
        )
    rstd = 1 / np.sqrt(var + options.get("eps", EPS))
    weight = inputs.get("weight", np.ones(len(x))).astype(np.float64)[:, None]
    return mean, rstd, weight


def intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return the size of the largest intermediate result of every result."""
    if not inputs["input"].size:  # one of PyTorch's samples has not even a second axis
        return {name: np.zeros(np.shape(each)) for name, each in exact.items()}
    options, training = call.options, call.options.get("training", False)
    x, dy = rows(inputs["input"]), np.abs(rows(grad_output))
    mean, rstd, weight = _statistics(x, inputs, options)
    scale, difference = rstd * np.abs(weight), np.abs(x - mean)
    product, total = (dy * difference).sum(1, keepdims=True), dy.sum(1, keepdims=True)
    # One subtraction is rounded as it is: a difference below the overflow is none.
    beyond = np.where(difference >= OVERFLOW[dtype], difference, 0.0)
    forward, inner = np.maximum(np.maximum(beyond, scale), difference * scale), scale
    if training:
        inner = np.maximum(np.maximum(scale, total), np.maximum(rstd**2, 1.0) * product)
        inner = np.maximum(inner, difference * rstd**2 * product)
    if dtype == "float64":  # PyTorch's order, whose float64 is the exact result
        factor = np.maximum(scale, np.abs(weight))
        forward = np.maximum(forward, (np.abs(x) + np.abs(mean)) * factor)
        inner = np.maximum(inner, dy * np.maximum(factor, rstd))
    found = {
        "forward": forward,
        "input_gradient": inner,
        "weight_gradient": product,
        "bias_gradient": total,
    }
    if training:
        squares = x.shape[1] * (np.abs(x).sum(1, keepdims=True) ** 2)
        unsafe = np.maximum(squares, np.abs(x).sum(1, keepdims=True)) >= OVERFLOW[dtype]
        found = {
            name: np.where(unsafe & (name != "bias_gradient"), np.inf, each)
            for name, each in found.items()
        }
        for name in ("running_mean", "running_var"):
            found[name] = np.where(unsafe, np.inf, 0.0)
    shape = inputs["input"].shape
    whole = ("forward", "input_gradient")
    return {
        name: shaped(np.broadcast_to(each, x.shape), shape) if name in whole else each[:, 0]
        for name, each in found.items()
    }


def gpu_results(inputs: Arrays, options: Options, results: Arrays) -> Arrays:
    """Return the output of PyTorch's GPU kernels, where rstd times the weight is infinite."""
    if inputs["input"].size == 0:
        return {}
    with np.errstate(all="ignore"):
        x = rows(inputs["input"])
        mean, rstd, weight = _statistics(x, inputs, options)
        scale = rstd * weight
        value = (x - mean) * scale
        if "bias" in inputs:
            value = value + inputs["bias"].astype(np.float64)[:, None]
        output = results["forward"]
        own = shaped(value.astype(output.dtype), output.shape)
    infinite = shaped(np.broadcast_to(np.isinf(scale), x.shape), output.shape)
    return {"forward": np.where(infinite, own, output)}
