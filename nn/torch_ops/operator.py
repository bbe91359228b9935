"""A kernel as an operator of PyTorch: `@operator(name, kernel)` over the rule for its outputs.

    @operator("relu", relu.forward)
    def forward(input: Tensor) -> Tensor:
        return torch.empty_like(input)

registers `crosscheck::relu`. The function allocates the outputs and launches nothing: the same
lines run before a launch and, for torch.compile, on tensors that have a shape and no memory. Its
annotations are the operator's schema. The kernel is called with the same arguments as arrays and
with the outputs under the names in `outs`. A derivative follows by `forward.register_autograd`.

Where the kernel is a direction of an operator that PyTorch can take as it is, nothing of this needs
to be written: see `operators`.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.library import CustomOpDef, Library, custom_op, infer_schema

from crosscheck.kernels.arguments import reject
from crosscheck.nn.torch_ops import autocast
from crosscheck.nn.torch_ops.dtypes import FLOATING, computed
from crosscheck.nn.torch_ops.memory import launch

NAMESPACE = "crosscheck"
DEVICES = ("cpu", "cuda")
_LIBRARY = Library(NAMESPACE, "FRAGMENT")  # what is registered through it lasts as long as it does
ON_HOST = ("seed",)  # arguments in the computer's own memory: reading them waits for no GPU


def operator(
    name: str,
    kernel: Callable,
    outs: Sequence[str] = ("out",),
    dtypes: Mapping[str, Sequence[torch.dtype]] | None = None,
    mixed: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], CustomOpDef]:
    """Return the decorator that makes `crosscheck::name` of a kernel and a rule for its outputs.

    `dtypes` says what the arguments that hold integers may hold, `mixed` which may be float32
    beside 16-bit ones; see `check`.
    """

    def register(allocate: Callable[..., Any]) -> CustomOpDef:
        names = tuple(inspect.signature(allocate).parameters)

        def outputs(*arguments: Any) -> Any:
            check(name, dict(zip(names, arguments, strict=True)), dtypes or {}, mixed=mixed)
            return allocate(*arguments)

        def run(*arguments: Any) -> Any:
            results = outputs(*arguments)
            each = results if isinstance(results, tuple) else (results,)
            launch(kernel, arguments, dict(zip(outs, each, strict=True)))
            return results

        schema = infer_schema(allocate, mutates_args=())
        made = define(name, schema, outputs, run)
        made.__doc__ = allocate.__doc__
        return made

    return register


def define(
    name: str, schema: str, outputs: Callable[..., Any], run: Callable[..., Any]
) -> CustomOpDef:
    """Return `crosscheck::name`: `run` on tensors that have memory, `outputs` on those without.

    Under autocast it computes in the dtype that PyTorch's lists say (`autocast`).
    """
    made = custom_op(
        f"{NAMESPACE}::{name}", run, mutates_args=(), device_types=DEVICES, schema=schema
    )
    made.register_fake(outputs)
    autocast.register(_LIBRARY, name, made)
    return made


def check(
    op: str,
    arguments: Mapping[str, Any],
    dtypes: Mapping[str, Sequence[torch.dtype]],
    computing: Sequence[str] = (),
    mixed: Sequence[str] = (),
) -> None:
    """Require one device of all tensors, and one floating dtype that kernels take.

    `dtypes` says what the arguments that hold integers may hold. Those named in `computing` have
    the dtype that kernels compute in, those in `mixed` that or the others'. Raises TypeError or
    ValueError.
    """
    tensors = {name: value for name, value in arguments.items() if isinstance(value, Tensor)}
    first_name, first = leading(arguments, computing, mixed)
    for name, tensor in tensors.items():
        if name not in ON_HOST and tensor.device != first.device:
            expected = f"{first.device}, the device of {first_name}"
            reject(op, f"device of {name}", str(tensor.device), expected)
        allowed = dtypes.get(name, FLOATING)
        if tensor.dtype not in allowed:
            *some, last = map(str, allowed)
            expected = " or ".join([*([", ".join(some)] if some else []), last])
            reject(op, f"{name}.dtype", tensor.dtype, expected, TypeError)
        if not tensor.is_floating_point():
            continue
        if name in computing or name in mixed:
            alike = {computed(first.dtype)} | ({first.dtype} if name in mixed else set())
        else:
            alike = {first.dtype}
        if tensor.dtype not in alike:
            names = " or ".join(sorted(map(str, alike)))
            beside = "the dtype of" if alike == {first.dtype} else f"beside {first.dtype} of"
            reject(op, f"{name}.dtype", tensor.dtype, f"{names}, {beside} {first_name}", TypeError)


def leading(
    arguments: Mapping[str, Any], computing: Sequence[str], mixed: Sequence[str]
) -> tuple[str, Tensor]:
    """Return the tensor, and its name, whose dtype the others and the outputs follow."""
    tensors = [each for each in arguments.items() if isinstance(each[1], Tensor)]
    floating = [each for each in tensors if each[1].is_floating_point()]
    free = [each for each in floating if each[0] not in (*computing, *mixed)]
    return (free or floating or tensors)[0]
