"""Operators that are wrong on purpose: PyTorch's checks, as we call them, must see it."""

import pytest
import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.library import opcheck

from crosscheck.kernels.activation import relu
from crosscheck.nn.torch_ops.activation_operators import RELU
from crosscheck.nn.torch_ops.operator import operator

X = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def like_input(input: Tensor) -> Tensor:
    return torch.empty_like(input)


def test_a_wrong_gradient():
    fault = operator("fault_gradient", relu.forward)(like_input)
    fault.register_autograd(lambda ctx, dy: dy)
    with pytest.raises(RuntimeError, match="Jacobian mismatch"):
        gradcheck(fault, X.clone().requires_grad_())


def test_a_wrong_second_derivative():
    fault = operator("fault_second_gradient", relu.forward)(like_input)

    def backward(ctx, dy):
        return RELU.input_gradient(dy.detach(), *ctx.saved_tensors)

    fault.register_autograd(
        backward, setup_context=lambda ctx, inputs, output: ctx.save_for_backward(output)
    )
    assert gradcheck(fault, X.clone().requires_grad_())
    with pytest.raises(RuntimeError):
        gradgradcheck(fault, X.clone().requires_grad_())


def test_a_wrong_rule_for_the_outputs_meets_the_kernels_own():
    @operator("fault_rule", relu.forward)
    def fault(input: Tensor) -> Tensor:
        return input.new_empty((*input.shape, 1))

    with pytest.raises(ValueError, match=r"relu: out.shape is \(3, 4, 1\)"):
        fault(X)


@pytest.mark.parametrize(
    "rule",
    [lambda x: x.new_empty(x.shape[::-1]), lambda x: x.new_empty(x.shape, dtype=torch.float32)],
    ids=["shape", "dtype"],
)
def test_a_fake_tensor_unlike_the_real_one(rule):
    fault = operator(f"fault_fake_{rule(X).dtype}".replace(".", "_"), relu.forward)(like_input)
    fault.register_fake(rule)
    with pytest.raises(Exception, match="test_faketensor"):
        opcheck(fault, (X,))
