"""The calls that are measured: of `nn` and PyTorch, and of our kernels with each algorithm."""

from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from crosscheck import nn
from crosscheck.kernels import convolution, linear
from crosscheck.kernels.operator import bind

X, W, K = (8, 64, 28, 28), (64, 64, 3, 3), 64  # a layer of ResNet-50
WEIGHTS = {"depthwise": (64, 1, 3, 3), "pointwise": (64, 64, 1, 1)}  # of those that take no other
ROWS, MATRIX = (64, 512), (1000, 512)

Array = Callable[[tuple[int, ...]], Any]  # shape -> an array
Call = Callable[[], Any]


def _conv2d(F: ModuleType, tensor: Callable, learnt: bool = False) -> Call:
    x, weight, bias = tensor(X), tensor(W, learnt), tensor((K,), learnt)
    return partial(F.conv2d, x, weight, bias, padding=1)


# A call's name -> what makes it of a module of functions and of `tensor(shape, requires_grad)`.
FUNCTIONAL: Mapping[str, Callable[[ModuleType, Callable], Call]] = {
    "F.conv2d": _conv2d,
    "F.conv2d, recorded on the tape": partial(_conv2d, learnt=True),
    "F.relu": lambda F, tensor: partial(F.relu, tensor(X)),
    "F.max_pool2d": lambda F, tensor: partial(F.max_pool2d, tensor(X), 2),
    "F.linear": lambda F, tensor: partial(F.linear, tensor(ROWS), tensor(MATRIX)),
}
BY_ALGORITHM: Mapping[str, tuple[ModuleType, str, str]] = {  # (family, direction, algorithm)
    f"{family.forward.operator.label(direction)}, {name}": (family, direction, name)
    for family in (convolution, linear)
    for direction, algorithms in family.ALGORITHMS.items()
    for name in algorithms
}
NAMES = (*FUNCTIONAL, *BY_ALGORITHM)


def ours(name: str, array: Array) -> Call:
    """Return our call of a name, on arrays that `array` makes."""
    if name in FUNCTIONAL:

        def tensor(shape: tuple[int, ...], requires_grad: bool = False) -> nn.Tensor:
            return nn.tensor(array(shape), requires_grad=requires_grad)

        return FUNCTIONAL[name](nn.functional, tensor)
    family, direction, algorithm = BY_ALGORITHM[name]
    if family is convolution:
        weight = WEIGHTS.get(algorithm, W)
        options = {"padding": weight[2] // 2, "groups": X[1] // weight[1]}
        tensors = {"input": array(X), "weight": array(weight), "bias": array((K,))}
    else:
        tensors, options = {"input": array(ROWS), "weight": array(MATRIX)}, {}
    function = getattr(family, direction)
    plan = function.operator.plan("forward", bind(family.forward, tensors, options))
    tensors["grad_output"] = array(plan.outputs[0].size)
    return partial(function, **bind(function, tensors, options), algorithm=algorithm)
