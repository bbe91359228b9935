"""dropout, of elements and of channels. It is its own gradient: the same are dropped and scaled.

Which ones is a function of a seed (kernels/dropout), so nothing is kept for the backward pass but
that one number. It is drawn from PyTorch's generator of the CPU, wherever the input is, as a tensor
that no one reads before the launch: torch.manual_seed, torch.random.fork_rng and
torch.utils.checkpoint hold for it, and torch.compile sees an operator without side effects. The
other side of it: a CUDA graph that was captured by hand repeats the seed of its capture.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels import dropout as kernels
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import flag
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operator import operator


def _seeded(input: Array, p: float, seed: Array, *, out: Array) -> None:
    kernels.forward(input, p, seed=int(seed), out=out)


@operator("dropout", _seeded, dtypes={"seed": (torch.int64,)})
def forward(input: Tensor, p: float, seed: Tensor) -> Tensor:
    return torch.empty_like(input)


def _save(ctx: Any, inputs: tuple, output: Tensor) -> None:
    _, ctx.p, seed = inputs
    ctx.save_for_backward(seed)


def _backward(ctx: Any, dy: Tensor) -> tuple:
    return forward(dy, ctx.p, *ctx.saved_tensors), None, None


forward.register_autograd(_backward, setup_context=_save)


@public
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.dropout` for floating dtypes; the same seed drops other elements.

    Where nothing can be dropped the input itself is returned and no seed drawn, as in PyTorch. With
    inplace=True the result is also copied into `input`, which is returned.
    """
    p = kernels.probability(p)
    if not flag("dropout", "training", training) or p == 0:
        return input
    seed = torch.randint(2**63 - 1, (), dtype=torch.int64, device="cpu")
    output = forward(input, p, seed)
    return input.copy_(output) if inplace else output


@public
def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """`dropout` of whole channels: of (n, c, ...), as PyTorch has it for three dimensions, too.

    The factor of each channel is a `dropout` of 1; the product is PyTorch's.
    """
    if input.ndim < 2:
        reject(
            "dropout2d", "input.shape", tuple(input.shape), "at least 2 dimensions", RuntimeError
        )
    ones = input.new_ones((*input.shape[:2], *[1] * (input.ndim - 2)))
    factors = dropout(ones, p, training)
    if factors is ones:
        return input
    return input.mul_(factors) if inplace else input * factors


def _drop(layer: torch.nn.Module, function: Callable, input: Tensor) -> Tensor:
    if not layer.training:
        return input  # of any dtype
    return compute(layer, function, input=input, p=layer.p, inplace=layer.inplace)


@public
class Dropout(torch.nn.Dropout):
    """`torch.nn.Dropout`. The same seed drops other elements than there."""

    def forward(self, input: Tensor) -> Tensor:
        return _drop(self, dropout, input)


@public
class Dropout2d(torch.nn.Dropout2d):
    """`torch.nn.Dropout2d`. The same seed drops other channels than there."""

    def forward(self, input: Tensor) -> Tensor:
        return _drop(self, dropout2d, input)
