"""Activations."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from crosscheck.kernels.arguments import integer
from crosscheck.nn import functional as F
from crosscheck.nn.init import constant_
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.parameter import Parameter, empty
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


class Activation(Module):
    """A module that calls a function; the function's options are its own arguments and attributes.

    function   of `nn.functional`
    shown      whether its options are printed: PyTorch's Hardswish and Hardsigmoid print none
    """

    function: ClassVar[Callable[..., Tensor]]
    shown: ClassVar[bool] = True
    _options: ClassVar[inspect.Signature]

    def __init_subclass__(cls) -> None:
        """Give the class the signature that PyTorch's has: the options of its function."""
        options = list(inspect.signature(cls.function).parameters.values())[1:]
        cls._options = cls.__signature__ = inspect.Signature(options)

    def __init__(self, *given: Any, **named: Any):
        super().__init__()
        bound = self._options.bind(*given, **named)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            setattr(self, name, value)

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._options.parameters}

    def forward(self, input: Tensor) -> Tensor:
        return self.function(input, **self._values())

    def extra_repr(self) -> str:
        if not self.shown:
            return ""
        values = self._values()
        if not values.get("inplace", True):
            del values["inplace"]
        return ", ".join(f"{name}={value!r}" for name, value in values.items())


@public
class ReLU(Activation):
    """`torch.nn.ReLU`: what is below 0 becomes 0."""

    function = staticmethod(F.relu)


@public
class LeakyReLU(Activation):
    """`torch.nn.LeakyReLU`: what is not above 0 is multiplied by negative_slope."""

    function = staticmethod(F.leaky_relu)


@public
class PReLU(Module):
    """`torch.nn.PReLU`: what is not above 0 is multiplied by a weight that is learned."""

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: str | None = None,
        dtype: Any = None,
    ):
        super().__init__()
        self.num_parameters = integer("PReLU", "num_parameters", num_parameters, 0)
        self.init = init
        self.weight = Parameter(empty((self.num_parameters,), device, dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Give every weight its initial value."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


@public
class ReLU6(Activation):
    """`torch.nn.ReLU6`: ReLU that ends at 6."""

    function = staticmethod(F.relu6)


@public
class ELU(Activation):
    """`torch.nn.ELU`: alpha * (exp(x) - 1) where x is not above 0."""

    function = staticmethod(F.elu)


@public
class GELU(Activation):
    """`torch.nn.GELU`: x times the normal distribution."""

    function = staticmethod(F.gelu)


@public
class SiLU(Activation):
    """`torch.nn.SiLU`: x * sigmoid(x)."""

    function = staticmethod(F.silu)


@public
class Mish(Activation):
    """`torch.nn.Mish`: x * tanh(softplus(x))."""

    function = staticmethod(F.mish)


@public
class Hardswish(Activation):
    """`torch.nn.Hardswish`: x * relu6(x + 3) / 6."""

    function = staticmethod(F.hardswish)
    shown = False


@public
class Hardsigmoid(Activation):
    """`torch.nn.Hardsigmoid`: relu6(x + 3) / 6."""

    function = staticmethod(F.hardsigmoid)
    shown = False


@public
class Sigmoid(Activation):
    """`torch.nn.Sigmoid`: 1 / (1 + exp(-x))."""

    function = staticmethod(F.sigmoid)


@public
class Tanh(Activation):
    """`torch.nn.Tanh`: the hyperbolic tangent."""

    function = staticmethod(F.tanh)


@public
class Softplus(Activation):
    """`torch.nn.Softplus`: log(1 + exp(beta * x)) / beta."""

    function = staticmethod(F.softplus)


@public
class Softmax(Module):
    """`torch.nn.Softmax`: every row along `dim` positive with a sum of 1."""

    def __init__(self, dim: int | None = None):
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
