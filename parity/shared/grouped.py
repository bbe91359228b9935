"""Normalisation by groups in parity: what layer_norm, group_norm and instance_norm share.

grouped_bounds.py derives the bounds.
"""

from collections.abc import Callable
from math import log2
from typing import Any

import numpy as np

from crosscheck.parity import data
from crosscheck.parity.case import Shape
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.operators.batch_norm.special import EPS, MOMENTUM
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import grouped_bounds
from crosscheck.parity.shared.grouped_bounds import RUNNING, Rows, Split

WHOLE = ("forward", "input_gradient")  # all other results have the shape of the weight


def operator(name: str, kernels: Any, split: Callable[..., Split], **fields: Any) -> Operator:
    """Return an operator; `split(shape, options)` says what is normalised together."""

    def seen(inputs: Arrays, dy: np.ndarray, options: Options) -> tuple[Split, Rows]:
        x = inputs["input"]
        how = split(x.shape, options)

        def wide(name: str, default: float) -> np.ndarray:
            each = inputs.get(name, np.full(how.planes[1], default)).astype(np.float64)
            spread = np.broadcast_to(each.reshape(1, -1, 1), how.planes)
            return spread.reshape(how.rows, -1)

        whole = (each.astype(np.float64).reshape(how.rows, -1) for each in (x, dy))
        running = [inputs[name].astype(np.float64) for name in RUNNING if name in inputs]
        rows = tuple(np.tile(each, how.planes[0])[:, None] for each in running)
        affine = wide("weight", 1.0), wide("bias", 0.0)
        return how, Rows(*whole, *affine, rows, options.get("use_input_stats", True))

    def shaped(found: Arrays, how: Split, exact: Arrays) -> Arrays:
        """Return arrays (rows, N) in the shapes of the results, the terms of a sum added up."""
        sums = {name: found[name] for name in found.keys() - {*WHOLE, *RUNNING}}
        sums = {name: each.reshape(how.planes).sum((0, 2)) for name, each in sums.items()}
        found = {**found, **sums}
        return {name: found[name].reshape(exact[name].shape) for name in found.keys() & exact}

    def eps_and_momentum(options: Options) -> tuple[float, float]:
        return options.get("eps", EPS), options.get("momentum", MOMENTUM)

    def bounds(
        call: ReferenceCall, inputs: Arrays, dy: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        if not inputs["input"].size:
            return {}
        how, rows = seen(inputs, dy, call.options)
        with np.errstate(all="ignore"):  # where the data has NaN or infinity
            rates = eps_and_momentum(call.options)
            found = grouped_bounds.bounds(rows, *rates, how, "weight" in inputs, dtype)
        return shaped(found, how, exact)

    def intermediates(
        call: ReferenceCall, inputs: Arrays, dy: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        if not inputs["input"].size:
            return {}
        how, rows = seen(inputs, dy, call.options)
        rates = eps_and_momentum(call.options)
        found = grouped_bounds.intermediates(rows, *rates, how, dtype)
        return shaped(found, how, exact)

    @np.errstate(all="ignore")
    def gpu_results(tensors: Arrays, options: Options, results: Arrays) -> Arrays:
        """Where what is added up has infinities, PyTorch's CPU kernels subtract them from each
        other. Its GPU kernels subtract numbers first, as ours do.
        """
        if not tensors["input"].size:
            return {}
        dy = tensors.get("grad_output")
        how, rows = seen(tensors, results["forward"] if dy is None else dy, options)
        own = grouped_bounds.on_a_gpu(rows, options.get("eps", EPS))
        finite = np.isfinite(rows.x + rows.dy * rows.weight).all(1, keepdims=True)
        spread = {name: np.where(finite, 0.0, each) for name, each in own.items()}
        return {
            name: np.where(np.isfinite(each), results[name], each.astype(results[name].dtype))
            for name, each in shaped(spread, how, results).items()
        }

    def integers(call: ReferenceCall, seed: int) -> Arrays:
        shapes = dict(call.shapes)
        how = split(shapes["input"], call.options)
        return _integers(call, seed, how, shapes["input"])

    return Operator(
        name=name,
        kernels=kernels,
        differentiable=("input", "weight", "bias"),
        bounds=bounds,
        intermediates=intermediates,
        gpu_results=gpu_results,
        integers=integers,
        fuzz_values=("normal", "normal", "ties", "negative", "constant", "nan", "minus_inf"),
        returns=("output", "mean", "rstd"),
        **fields,
    )


def _integers(call: ReferenceCall, seed: int, how: Split, shape: Shape) -> Arrays:
    """Return rows of variance 1 about an integer mean, where eps makes rstd a power of 2.

    With running statistics in their place any integers will do, and a variance of 1.
    """
    own = call.options.get("use_input_stats", True)
    if own and "running_var" in dict(call.shapes):
        raise NoIntegers("N / (N - 1) of a running variance needs too many bits")
    exponent = log2(1 + call.options.get("eps", EPS)) / 2
    if exponent != int(exponent):
        raise NoIntegers("1 + eps is not a power of 4, so rstd cannot be a power of 2")
    amplitude = 3
    drawn = call.fill(lambda name, size: data.integers(seed, name, size, amplitude))
    drawn["grad_output"] = data.integers(seed, "grad_output", shape, amplitude)
    if not own:
        return {**drawn, "running_var": np.ones_like(drawn["running_var"])}
    count = int(np.prod(shape)) // max(how.rows, 1)
    if count < 2 or count & (count - 1) or count * 8**exponent > 2**16:
        raise NoIntegers(f"a mean of {count} values needs too many bits")
    signs, generator = np.tile([1.0, -1.0], count // 2), np.random.default_rng(seed)
    centers = data.integers(seed, "center", (how.rows,), amplitude)
    rows = [center + generator.permutation(signs) for center in centers]
    return {**drawn, "input": np.reshape(rows, shape)}
