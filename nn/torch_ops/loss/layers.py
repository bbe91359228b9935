"""The layers of losses: PyTorch's, with a forward pass that calls our function."""

from collections.abc import Callable

import torch
from torch import Tensor

from crosscheck.nn.torch_ops.fall_back import Integers, compute, derived

CLASSES = {"target": (torch.int64, torch.uint8)}
WEIGHTS = ("weight", "pos_weight")


def layer(
    base: type[torch.nn.Module],
    function: Callable[..., Tensor],
    *options: str,
    integers: Integers | None = None,
) -> type[torch.nn.Module]:
    """Return the layer that calls our function; `options` are attributes and arguments alike.

    `integers` says which integers an argument may hold.
    """

    def forward(self: torch.nn.Module, input: Tensor, target: Tensor) -> Tensor:
        named = {name: getattr(self, name) for name in ("reduction", *options)}
        return compute(
            self,
            function,
            integers=integers,
            unless=parametric(self),
            input=input,
            target=target,
            **named,
        )

    return derived(base, function, forward)


def parametric(loss: torch.nn.Module) -> str:
    """Return which weight asks for a gradient, which kernels do not compute, or ""."""
    for name in WEIGHTS:
        weight = getattr(loss, name, None)
        if weight is not None and weight.requires_grad:
            return f"{name} requires grad; the kernels have no gradient for it"
    return ""
