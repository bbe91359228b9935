"""Initial values, with the names and distributions of `torch.nn.init`.

Each function fills a tensor in place and returns it. `nn.manual_seed` determines the numbers; they
are not the ones that PyTorch draws from the same seed.
"""

import math

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import namespace
from crosscheck.nn import random
from crosscheck.nn.tensor import Tensor


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0) -> Tensor:
    """Fill from the uniform distribution on [a, b)."""
    return _fill(tensor, random.generator().uniform(a, b, tensor.shape))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Fill from the normal distribution."""
    return _fill(tensor, random.generator().normal(mean, std, tensor.shape))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one number."""
    return _fill(tensor, np.asarray(val))


def ones_(tensor: Tensor) -> Tensor:
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    return constant_(tensor, 0.0)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Tensor:
    """Fill from a uniform distribution of variance gain^2 / fan.

    It keeps the variance of activations from layer to layer (He, "Delving deep into rectifiers",
    2015). `a` is the negative slope of the leaky ReLU that follows. Raises ValueError for a tensor
    of fewer than 2 dimensions and for an unknown mode or nonlinearity.
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -math.sqrt(3.0) * std, math.sqrt(3.0) * std)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu"
) -> Tensor:
    """Fill from the normal distribution with the variance of `kaiming_uniform_`."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Fill from a uniform distribution of variance gain^2 * 2 / (fan_in + fan_out).

    Glorot, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound)


def xavier_normal_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Fill from the normal distribution with the variance of `xavier_uniform_`."""
    return normal_(tensor, 0.0, _xavier_std(tensor, gain))


def bias_(tensor: Tensor, weight: Tensor) -> Tensor:
    """Fill the bias of a layer as PyTorch does: uniformly on [-1, 1) / sqrt(fan_in)."""
    fan_in, _ = fan_in_and_fan_out(weight)
    bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
    return uniform_(tensor, -bound, bound)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor that makes up for the standard deviation lost in a nonlinearity.

    `param` is the negative slope of "leaky_relu". Raises ValueError for an unknown nonlinearity.
    """
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1.0,
        "conv2d": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1 + slope**2)),
        "selu": 3.0 / 4,
    }
    if nonlinearity not in gains:
        reject("calculate_gain", "nonlinearity", nonlinearity, f"one of {sorted(gains)}")
    return gains[nonlinearity]


def fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """Return (inputs of one output, outputs of one input) of a layer with this weight."""
    if tensor.ndim < 2:
        reject("init", "tensor.shape", tensor.shape, "at least 2 dimensions")
    taps = math.prod(tensor.shape[2:])
    return tensor.shape[1] * taps, tensor.shape[0] * taps


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        reject("kaiming", "mode", mode, "'fan_in' or 'fan_out'")
    fan_in, fan_out = fan_in_and_fan_out(tensor)
    fan = fan_in if mode == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(fan) if fan else 0.0


def _xavier_std(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2.0 / sum(fan_in_and_fan_out(tensor)))


def _fill(tensor: Tensor, values: np.ndarray) -> Tensor:
    tensor.array[...] = namespace(tensor.array).asarray(values, tensor.dtype)
    tensor.memory.version += 1
    return tensor
