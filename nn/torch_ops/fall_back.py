"""What a layer does with an input that no operator takes: PyTorch computes it, and it is counted.

    compute(self, relu, input=input, inplace=self.inplace)

calls our `relu`, or `torch.nn.functional.relu` where a look at the tensors says that ours would
not take them. Nothing is caught: what goes wrong inside an operator is raised.

A layer's counts, reason -> calls, are in the layer: they are copied and saved with it. In a
compiled or exported graph the choice is made once, when it is traced, and so is the count.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor
from torch._C._functorch import TransformType
from torch._functorch.pyfunctorch import retrieve_all_functorch_interpreters
from torch._subclasses import FakeTensor
from torch._subclasses.functional_tensor import FunctionalTensor
from torch.autograd import forward_ad

from crosscheck.kernels.loss.reduction import REDUCTIONS
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.autocast import common_dtype
from crosscheck.nn.torch_ops.dtypes import FLOATING, computed
from crosscheck.nn.torch_ops.operator import DEVICES

NEEDS_CUPY = () if find_spec("cupy") else ("cuda",)
TENSORS = (
    "input",
    "target",
    "indices",
    "weight",
    "pos_weight",
    "bias",
    "running_mean",
    "running_var",
)
KNOWN = f"{', '.join(str(each)[6:] for each in FLOATING[:-1])} and {str(FLOATING[-1])[6:]}"
MIXED = {  # what may be float32 beside an input of 16 bits
    op: ("weight", "bias", "running_mean", "running_var")
    for op in ("batch_norm", "group_norm", "instance_norm", "layer_norm")
}
COUNTS = "_crosscheck_fell_back"
OVERRIDES = ("__torch_function__", "__torch_dispatch__")
DERIVATIVES = (TransformType.Grad, TransformType.Jvp)

Integers = Mapping[str, Sequence[torch.dtype]]


def compute(
    layer: torch.nn.Module,
    function: Callable,
    /,
    *,
    integers: Integers | None = None,
    unless: str = "",
    **arguments: Any,
) -> Any:
    """Call the function of `nn.torch_ops`, or PyTorch's of the same name where that must compute.

    `integers` says which integers an argument may hold; `unless` is a reason that the layer found.
    """
    op = function.__name__
    if falls_back(layer, op, integers, unless, **arguments):
        return getattr(torch.nn.functional, op)(**arguments)
    return function(**arguments)


def falls_back(
    layer: torch.nn.Module,
    op: str,
    integers: Integers | None = None,
    unless: str = "",
    /,
    **arguments: Any,
) -> bool:
    """Return whether PyTorch must compute with these arguments; if so, count that in the layer."""
    reason = unless or _transform() or misfit(op, arguments, integers or {})
    if reason:
        _count(layer, reason)
    return bool(reason)


def derived(
    base: type[torch.nn.Module], function: Callable[..., Any], forward: Callable[..., Any]
) -> type[torch.nn.Module]:
    """Return PyTorch's layer with this forward pass, public where `function` is defined."""
    name = base.__name__
    own = dict(__module__=function.__module__, __doc__=f"`torch.nn.{name}`.", forward=forward)
    return public(type(name, (base,), own))


def counts(layer: torch.nn.Module) -> Counter[str]:
    """Return how many calls of the layer fell back, for each reason; it keeps counting."""
    return vars(layer).setdefault(COUNTS, Counter())


def misfit(op: str, arguments: Mapping[str, Any], integers: Integers) -> str:
    """Return why the operator does not take arguments of these kinds, or ""."""
    input = arguments["input"]
    for name, value in arguments.items():
        if name == "reduction" and value not in REDUCTIONS:
            reason = f"reduction is {value!r}; kernels know {' and '.join(REDUCTIONS)}"
        elif name not in TENSORS:
            items = value if isinstance(value, (list, tuple)) else (value,)
            is_tensor = any(isinstance(each, Tensor) for each in items)
            reason = f"{name} is a tensor; operators take numbers" if is_tensor else ""
        elif isinstance(value, Tensor):
            reason = tensor_misfit(name, value, integers.get(name, ())) or _unlike(
                op, name, value, input
            )
        else:
            reason = "" if value is None else f"{name} is a {type(value).__name__}, not a tensor"
        if reason:
            return reason
    return ""


def tensor_misfit(name: str, tensor: Tensor, integers: Sequence[torch.dtype] = ()) -> str:
    """Return why operators do not take a tensor of this dtype, device and layout, or ""."""
    device = tensor.device.type
    if device not in DEVICES:
        return f"{name} is on {device!r}; kernels run on {' and '.join(DEVICES)}"
    if device in NEEDS_CUPY:
        return f"{name} is on {device!r}; kernels need CuPy there"
    if tensor.dtype not in (*FLOATING, *integers):
        return f"{name} is {tensor.dtype}; kernels take {KNOWN}"
    if tensor.layout != torch.strided or tensor.is_nested:
        what = "nested" if tensor.is_nested else tensor.layout
        return f"{name} is {what}; kernels take dense tensors"
    if _overrides(type(tensor)):
        return f"{name} is a {type(tensor).__name__}, which has operators of its own"
    return ""


def _unlike(op: str, name: str, tensor: Tensor, input: Tensor) -> str:
    if tensor.device != input.device:
        return f"{name} is on '{tensor.device}', input on '{input.device}'"
    if not (tensor.is_floating_point() and input.is_floating_point()):
        return ""
    expected = [common_dtype(op, input)]
    if name in MIXED.get(op, ()):
        expected.append(computed(expected[0]))
    if common_dtype(op, tensor) not in expected:
        return f"{name} is {tensor.dtype}, input {input.dtype}; kernels take one dtype"
    return ""


# The following are asked of Python while a graph is traced, and their answers become part of it.
# PyTorch traces again for another transform, class of tensor or layer.


@torch.compiler.assume_constant_result
def _transform() -> str:
    """Return why no operator can be called here at all, or ""."""
    if torch.onnx.is_in_onnx_export():
        return "torch.onnx.export, which knows PyTorch's operators alone"
    if forward_ad._current_level >= 0:
        return "forward-mode derivatives; operators have none"
    if torch._C._are_functorch_transforms_active():
        around = (each.key() for each in retrieve_all_functorch_interpreters())
        if any(each in DERIVATIVES for each in around):
            return "torch.func.grad or a relative around it, which takes no custom operator"
    return ""


@torch.compiler.assume_constant_result
def _overrides(tensor_class: type) -> bool:
    """Return whether a subclass of Tensor (DTensor, a quantity ...) brings its own operators."""
    if issubclass(tensor_class, (torch.nn.Parameter, FakeTensor, FunctionalTensor)):
        return False
    own = (vars(each) for each in tensor_class.__mro__ if each is not Tensor)
    return any(name in each for each in own for name in OVERRIDES)


@torch.compiler.assume_constant_result
def _count(layer: torch.nn.Module, reason: str) -> bool:
    counts(layer)[reason] += 1
    return True
