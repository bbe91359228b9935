"""dropout, which is its own gradient: the same elements are dropped and scaled.

Which ones is a function of a seed (kernels/dropout), so nothing is kept for the backward pass but
that one number. It is drawn from PyTorch's generator of the CPU, wherever the input is, as a tensor
that no one reads before the launch: torch.manual_seed, torch.random.fork_rng and
torch.utils.checkpoint hold for it, and torch.compile sees an operator without side effects. The
other side of it: a CUDA graph that was captured by hand repeats the seed of its capture.
"""

from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels import dropout as kernels
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
    """`torch.nn.functional.dropout` for float32 and float64; the same seed drops other elements.

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
class Dropout(torch.nn.Dropout):
    """`torch.nn.Dropout`. The same seed drops other elements than there."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return input  # of any dtype
        return compute(self, dropout, input=input, p=self.p, inplace=self.inplace)
