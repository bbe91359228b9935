"""embedding: rows of a table by their numbers.

An output is a copy of one element: the operator is linear in the weight, and its own gradient's
gradient. The row `padding_idx` is kept out of gradients by PyTorch's arithmetic.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.indexing import take as kernels
from crosscheck.nn.functional.embedding import OP, padding_row, places
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import rank
from crosscheck.nn.torch_ops.fall_back import falls_back
from crosscheck.nn.torch_ops.operator import operator

NUMBERS = {"input": (torch.int64,)}


def _rows(weight: Array, input: Array, *, out: Array) -> None:
    kernels.forward(weight, places(input, weight.shape), out=out)


def _sums(grad_output: Array, input: Array, weight_size: Sequence[int], *, out: Array) -> None:
    index = places(input, weight_size)
    kernels.input_gradient(grad_output, index, weight_size, out=out)


@operator("embedding", _rows, dtypes=NUMBERS)
def forward(weight: Tensor, input: Tensor) -> Tensor:
    return weight.new_empty((*input.shape, weight.shape[1]))


@operator("embedding_weight_gradient", _sums, dtypes=NUMBERS)
def weight_gradient(grad_output: Tensor, input: Tensor, weight_size: Sequence[int]) -> Tensor:
    return grad_output.new_empty(weight_size)


def _save(ctx: Any, inputs: tuple, output: Tensor) -> None:
    weight, input = inputs
    ctx.save_for_backward(input)
    ctx.size = weight.shape


def _backward(ctx: Any, dy: Tensor) -> tuple:
    return weight_gradient(dy, *ctx.saved_tensors, ctx.size), None


def _save_numbers(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.save_for_backward(inputs[1])


def _backward_of_gradient(ctx: Any, v: Tensor) -> tuple:
    return forward(v, *ctx.saved_tensors), None, None


forward.register_autograd(_backward, setup_context=_save)
weight_gradient.register_autograd(_backward_of_gradient, setup_context=_save_numbers)


@public
def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """`torch.nn.functional.embedding` for floating dtypes, with int64 numbers of rows.

    Without max_norm, scale_grad_by_freq and sparse. Raises IndexError for a number out of range, on
    a GPU later: see `kernels.deferred`.
    """
    rank(OP, "weight.shape", weight.shape, (2,))
    found = forward(weight, input)
    if padding_idx is None:
        return found
    is_padding = (input == padding_row(padding_idx, weight.shape[0])).unsqueeze(-1)
    return torch.where(is_padding, found.detach(), found)


@public
class Embedding(torch.nn.Embedding):
    """`torch.nn.Embedding`."""

    def forward(self, input: Tensor) -> Tensor:
        given = dict(input=input, weight=self.weight, padding_idx=self.padding_idx)
        if falls_back(self, OP, NUMBERS, self._misfit(), **given):
            return super().forward(input)
        return embedding(**given)

    def _misfit(self) -> str:
        """Return which of PyTorch's options the operator does not have, or ""."""
        if self.max_norm is not None:
            return f"max_norm is {self.max_norm}; kernels change no weights"
        for name in ("scale_grad_by_freq", "sparse"):
            if getattr(self, name):
                return f"{name} is True; kernels add up dense gradients"
        return ""
