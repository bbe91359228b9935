"""PyTorch's own checks of every operator: opcheck, gradcheck, gradgradcheck; in float64."""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.library import opcheck

from crosscheck.nn.torch_ops import (
    activation,
    adaptive_pooling,
    convolution,
    dropouts,
    matrix_product,
    normalization,
    normalization_gradients,
    pooling,
    softmaxes,
)
from crosscheck.nn.torch_ops.loss import cross_entropy, cross_entropy_gradients, mse_loss


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


# Small, as gradcheck asks for the output once for every element.
SMALL, FILTER, BIAS = random(1, 2, 5, 6), random(4, 1, 3, 2, seed=1), random(4, seed=2)
GEOMETRY = [2, 1], [1, 0], [1, 2], 2
DY = random(1, 4, 3, 4, seed=3)
WINDOW = [3], [2], [1], [1], True
POOLED, INDICES = (t.detach() for t in pooling.max_forward(SMALL, *WINDOW))
MEAN = [2, 3], [2], [1, 1], True, False, None
FACTORS, ROWS = (random(2, 3, 5), random(4, 5, seed=1)), random(2, 3, 4, seed=5)
IMAGES, CHANNELS = random(2, 2, 1, 3), (random(2, seed=1), random(2, seed=2))
PAIR = random(3, 4), random(3, 4, seed=1)
WEIGHTS = random(3, 4, seed=3)
RUNNING = random(2, seed=3), random(2, seed=4) ** 2
LOGITS, SHARES, BY_CLASS = random(2, 3, 2), random(2, 3, 2, seed=1), random(3, seed=2)
CLASSES = torch.tensor([[0, 2], [1, 0]])
CONSTANTS = (WEIGHTS, *RUNNING, BY_CLASS)
OPERATORS = {
    "conv2d": (convolution.forward, SMALL, FILTER, BIAS, *GEOMETRY),
    "conv2d with same": (convolution.forward, SMALL, FILTER, None, [1], None, [1], 2),
    "conv2d_input_gradient": (convolution.input_gradient, SMALL.shape, FILTER, DY, *GEOMETRY),
    "conv2d_weight_gradient": (convolution.weight_gradient, SMALL, FILTER.shape, DY, *GEOMETRY),
    "conv2d_bias_gradient": (convolution.bias_gradient, DY),
    "max_pool2d": (pooling.max_forward, SMALL, *WINDOW),
    "max_pool2d_input_gradient": (
        pooling.max_input_gradient,
        random(*POOLED.shape, seed=4),
        INDICES,
        SMALL.shape,
        *WINDOW,
    ),
    "avg_pool2d": (pooling.average_forward, SMALL, *MEAN),
    "avg_pool2d_input_gradient": (
        pooling.average_input_gradient,
        random(1, 2, 3, 4, seed=4),
        SMALL.shape,
        *MEAN,
    ),
    "adaptive_avg_pool2d": (adaptive_pooling.forward, SMALL, [3, 6]),
    "adaptive_avg_pool2d_input_gradient": (adaptive_pooling.input_gradient, DY, (1, 4, 5, 6)),
    "linear": (matrix_product.forward, *FACTORS, BIAS),
    "linear with weight (in)": (matrix_product.forward, FACTORS[0], FACTORS[1][0], None),
    "linear_input_gradient": (matrix_product.input_gradient, (2, 3, 5), FACTORS[1], ROWS),
    "linear_weight_gradient": (matrix_product.weight_gradient, FACTORS[0], (4, 5), ROWS),
    "linear_bias_gradient": (matrix_product.bias_gradient, ROWS),
    "relu": (activation.forward, SMALL),
    "relu_input_gradient": (activation.input_gradient, random(2, 7, seed=4), random(2, 7)),
    "softmax": (softmaxes.forward, random(2, 3, 4), 1),
    "softmax_input_gradient": (softmaxes.input_gradient, random(3, 4), random(3, 4, seed=1), -1),
    "log_softmax": (softmaxes.log_forward, random(2, 3, 4), 1),
    "log_softmax_input_gradient": (
        softmaxes.log_input_gradient,
        random(3, 4),
        random(3, 4, seed=1),
        -1,
    ),
    "batch_norm": (normalization.forward, IMAGES, *RUNNING, *CHANNELS, 0.1),
    "batch_norm_training": (normalization.training_forward, IMAGES, *CHANNELS, 0.1),
    "batch_norm_training of vectors": (normalization.training_forward, ROWS[0], None, None, 0.1),
    "batch_norm_input_gradient": (
        normalization_gradients.input_gradient,
        IMAGES.flip(0),
        IMAGES,
        *CHANNELS,
        BIAS[:2],
        True,
    ),
    "batch_norm_input_gradient without a weight": (
        normalization_gradients.input_gradient,
        ROWS[1],
        ROWS[0],
        BIAS,
        BIAS.flip(0),
        None,
        True,
    ),
    "batch_norm_input_gradient in evaluation": (
        normalization_gradients.input_gradient,
        IMAGES.flip(0),
        IMAGES,
        *CHANNELS,
        BIAS[:2],
        False,
    ),
    "batch_norm_weight_gradient": (
        normalization_gradients.weight_gradient,
        IMAGES.flip(0),
        IMAGES,
        *CHANNELS,
    ),
    "batch_norm_bias_gradient": (normalization_gradients.bias_gradient, IMAGES),
    "cross_entropy": (cross_entropy.forward, LOGITS, CLASSES, BY_CLASS, 2, "mean", 0.1),
    "cross_entropy of one row": (cross_entropy.forward, BIAS, CLASSES[0, 0], None, -1, "none", 0.2),
    "cross_entropy of probabilities": (
        cross_entropy.forward,
        LOGITS,
        SHARES,
        BY_CLASS,
        -100,
        "mean",
        0.1,
    ),
    "cross_entropy of probabilities with none": (
        cross_entropy.forward,
        LOGITS,
        SHARES,
        None,
        -100,
        "none",
        0.0,
    ),
    "cross_entropy_input_gradient": (
        cross_entropy_gradients.input_gradient,
        random(),
        LOGITS,
        CLASSES,
        BY_CLASS,
        2,
        "mean",
        0.1,
    ),
    "cross_entropy_target_gradient": (
        cross_entropy_gradients.target_gradient,
        random(2, 2),
        LOGITS,
        SHARES,
        BY_CLASS,
        -100,
        "none",
        0.1,
    ),
    "dropout": (dropouts.forward, random(3, 4), 0.3, torch.tensor(2**40 + 1)),
    "mse_loss": (mse_loss.forward, *PAIR, "mean", WEIGHTS),
    "mse_loss with sum": (mse_loss.forward, *PAIR, "sum", None),
    "mse_loss with none": (mse_loss.forward, *PAIR, "none", WEIGHTS),
    "mse_loss_input_gradient": (mse_loss.input_gradient, random(), *PAIR, "mean", WEIGHTS),
    "mse_loss_input_gradient with mean": (mse_loss.input_gradient, random(), *PAIR, "mean", None),
    "mse_loss_input_gradient with none": (
        mse_loss.input_gradient,
        random(3, 4, seed=2),
        *PAIR,
        "none",
        None,
    ),
}


def wanting_gradients(arguments):
    return [
        argument.clone().requires_grad_()
        if isinstance(argument, torch.Tensor)
        and argument.is_floating_point()
        and not any(argument is constant for constant in CONSTANTS)
        else argument
        for argument in arguments
    ]


@pytest.mark.parametrize("name", OPERATORS)
def test_opcheck(name):
    operator, *arguments = OPERATORS[name]
    opcheck(operator, wanting_gradients(arguments))


def test_no_operator_goes_unchecked():
    registered = {
        name.removeprefix("crosscheck::")
        for name in torch._C._dispatch_get_all_op_names()
        if name.startswith("crosscheck::") and "fault" not in name
    }
    assert registered == {name.split()[0] for name in OPERATORS}


@pytest.mark.parametrize("name", OPERATORS)
def test_first_and_second_derivatives(name):
    operator, *arguments = OPERATORS[name]

    def first_output(*arguments):
        output = operator(*arguments)
        return output[0] if isinstance(output, tuple) else output

    arguments = wanting_gradients(arguments)
    assert gradcheck(first_output, arguments)
    assert gradgradcheck(first_output, arguments)
