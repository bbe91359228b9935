"""PyTorch's own checks of every operator: opcheck, gradcheck, gradgradcheck; in float64.

opcheck in 16 bits for a sample: operators with one dtype, with float32 statistics, with integers.
"""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.library import opcheck

from crosscheck.nn.torch_ops import activation_operators as activations
from crosscheck.nn.torch_ops import dropouts, embeddings, normalization
from crosscheck.nn.torch_ops.adaptive_pooling import (
    ADAPTIVE_AVG_POOL1D,
    ADAPTIVE_AVG_POOL2D,
    ADAPTIVE_MAX_POOL2D,
)
from crosscheck.nn.torch_ops.convolution import CONV1D, CONV2D, CONV_TRANSPOSE2D
from crosscheck.nn.torch_ops.grouped_normalization import GROUP_NORM, LAYER_NORM
from crosscheck.nn.torch_ops.linear import LINEAR
from crosscheck.nn.torch_ops.local_response_norm import LOCAL_RESPONSE_NORM
from crosscheck.nn.torch_ops.loss import pointwise_operators as losses
from crosscheck.nn.torch_ops.loss.cross_entropy import CROSS_ENTROPY
from crosscheck.nn.torch_ops.loss.nll_loss import NLL_LOSS
from crosscheck.nn.torch_ops.normalization import BATCH_NORM
from crosscheck.nn.torch_ops.paddings import PAD
from crosscheck.nn.torch_ops.pooling import (
    AVG_POOL1D,
    AVG_POOL2D,
    MAX_POOL1D,
    MAX_POOL2D,
)
from crosscheck.nn.torch_ops.power_pooling import LP_POOL2D
from crosscheck.nn.torch_ops.rearranging import (
    FOLD,
    PIXEL_SHUFFLE,
    PIXEL_UNSHUFFLE,
    UNFOLD,
)
from crosscheck.nn.torch_ops.resize import INTERPOLATE
from crosscheck.nn.torch_ops.softmaxes import LOG_SOFTMAX, SOFTMAX
from crosscheck.nn.torch_ops.unpooling import MAX_UNPOOL2D
from tests.nn.torch_ops.sixteen_bits import DTYPES


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=generator)


# Small, as gradcheck asks for the output once for every element.
SMALL, FILTER, BIAS = random(1, 2, 5, 6), random(4, 1, 3, 2, seed=1), random(4, seed=2)
SIGNALS = random(2, 2, 7)
NHWC = random(2, 2, 3, 4).to(memory_format=torch.channels_last)
GEOMETRY = [2, 1], [1, 0], [1, 2], 2
DY = random(1, 4, 3, 4, seed=3)
SPREAD, TRANSPOSED = (random(1, 2, 2, 3), random(2, 2, 3, 2)), ([2, 1], [1, 0], [1, 0], 2, [1, 2])
WINDOWS = [3, 2], [1, 2], [1, 0], [2, 1]
WINDOW = [3], [2], [1], [1], True
POOLED, INDICES = (t.detach() for t in MAX_POOL2D.forward(SMALL, *WINDOW))
LARGEST = ADAPTIVE_MAX_POOL2D.forward(SMALL, [3, 4])[1].detach()
PLACES = torch.arange(24).reshape(1, 2, 3, 4)  # no two in one place
MEAN = [2, 3], [2], [1, 1], True, False, None
FACTORS, ROWS = (random(2, 3, 5), random(4, 5, seed=1)), random(2, 3, 4, seed=5)
IMAGES, CHANNELS = random(2, 2, 1, 3), (random(2, seed=1), random(2, seed=2))
PAIR = random(3, 4), random(3, 4, seed=1)
WEIGHTS, POSITIVE = random(3, 4, seed=3), random(4, seed=5).abs()
RUNNING = random(2, seed=3), random(2, seed=4) ** 2
LOGITS, SHARES, BY_CLASS = random(2, 3, 2), random(2, 3, 2, seed=1), random(3, seed=2)
CLASSES = torch.tensor([[0, 2], [1, 0]])
LAYERS, AFFINE = random(3, 2, 4), (random(2, 4, seed=1), random(2, 4, seed=2))
GROUPS = random(2, 4, 3)
LAYER_STATISTICS = [each.detach() for each in LAYER_NORM.forward(LAYERS, [2, 4], *AFFINE, 0.1)[1:]]
GROUP_STATISTICS = [each.detach() for each in GROUP_NORM.forward(GROUPS, 2, None, None, 0.1)[1:]]
STATISTICS = (LAYER_STATISTICS[0], LAYER_NORM), (GROUP_STATISTICS[0], GROUP_NORM)
CONSTANTS = (WEIGHTS, POSITIVE, *RUNNING, BY_CLASS, *LAYER_STATISTICS, *GROUP_STATISTICS)
OPTIONS = {"leaky_relu": [-0.3], "elu": [0.7], "gelu": ["none"], "softplus": [1.5, 0.4]}


def _of(operators, name, how, *options):
    """Return what to call of an activation: its forward pass, and its gradient."""
    return {
        f"{name}{how}": (operators.forward, random(2, 7), *options),
        f"{name}_input_gradient{how}": (
            operators.input_gradient,
            random(2, 7, seed=4),
            random(2, 7),
            *options,
        ),
    }


ACTIVATIONS = {}
for (
    _name
) in "relu leaky_relu relu6 elu gelu silu mish hardswish hardsigmoid sigmoid tanh softplus".split():
    _operators = getattr(activations, _name.upper())
    ACTIVATIONS |= _of(_operators, _name, "", *OPTIONS.get(_name, ()))
ACTIVATIONS |= _of(activations.GELU, "gelu", " by tanh", "tanh")

ACTIVATIONS |= {
    "prelu": (activations.PRELU.forward, random(2, 3, 2), random(3, seed=1)),
    "prelu with one weight": (activations.PRELU.forward, random(7), random(1, seed=1)),
    "prelu_input_gradient": (
        activations.PRELU.input_gradient,
        random(2, 3, 2, seed=4),
        random(2, 3, 2),
        random(3, seed=1),
    ),
    "prelu_weight_gradient": (
        activations.PRELU.weight_gradient,
        random(2, 3, 2, seed=4),
        random(2, 3, 2),
        (3,),
    ),
    "prelu_weight_gradient of one": (
        activations.PRELU.weight_gradient,
        random(7, seed=4),
        random(7),
        (1,),
    ),
}

# What comes behind the reduction: weights, and the loss's number.
LOSSES = {}
for _name, _options in {
    "mse_loss": [WEIGHTS],
    "l1_loss": [WEIGHTS],
    "smooth_l1_loss": [0.7],
    "huber_loss": [WEIGHTS, 0.7],
    "binary_cross_entropy": [WEIGHTS],
    "binary_cross_entropy_with_logits": [WEIGHTS, POSITIVE],
}.items():
    _loss = getattr(losses, _name.upper())
    _pair = [each.sigmoid() for each in PAIR] if _name == "binary_cross_entropy" else PAIR
    LOSSES |= {
        _name: (_loss.forward, *_pair, "mean", *_options),
        f"{_name}_input_gradient": (_loss.input_gradient, random(), *_pair, "mean", *_options),
        f"{_name}_target_gradient": (_loss.target_gradient, random(), *_pair, "mean", *_options),
    }
_mse = losses.MSE_LOSS
LOSSES |= {
    "mse_loss with sum": (_mse.forward, *PAIR, "sum", None),
    "mse_loss with none": (_mse.forward, *PAIR, "none", WEIGHTS),
    "mse_loss_input_gradient with mean": (_mse.input_gradient, random(), *PAIR, "mean", None),
    "mse_loss_target_gradient with none": (
        _mse.target_gradient,
        random(3, 4, seed=2),
        *PAIR,
        "none",
        None,
    ),
    "binary_cross_entropy_with_logits_input_gradient without weights": (
        losses.BINARY_CROSS_ENTROPY_WITH_LOGITS.input_gradient,
        random(3, 4, seed=2),
        *PAIR,
        "none",
        None,
        None,
    ),
}

OVERLAP, NORM = ([3, 2], [2, 1], True), (3, 0.4, 0.6, 1.5)
POWERS = {
    "lp_pool2d": (LP_POOL2D.forward, SMALL, 2.0, *OVERLAP),
    "lp_pool2d of a power that is none": (LP_POOL2D.forward, SMALL.abs(), 2.5, *OVERLAP),
    "lp_pool2d of the largest": (LP_POOL2D.forward, SMALL, float("inf"), *OVERLAP),
    **{
        f"lp_pool2d_input_gradient of norm {norm}": (
            LP_POOL2D.input_gradient,
            random(1, 2, 2, 5, seed=4),
            SMALL.abs() + 0.1 if norm == 2.5 else SMALL,
            norm,
            *OVERLAP,
        )
        for norm in (1.0, 2.0, 2.5, -float("inf"))
    },
    "local_response_norm": (LOCAL_RESPONSE_NORM.forward, random(2, 5, 3), *NORM),
    "local_response_norm in NHWC": (LOCAL_RESPONSE_NORM.forward, NHWC, 2, 0.4, 1.0, 0.7),
    "local_response_norm_input_gradient": (
        LOCAL_RESPONSE_NORM.input_gradient,
        random(1, 5, 2, seed=4),
        random(1, 5, 2),
        *NORM,
    ),
    "local_response_norm_input_gradient of 4": (
        LOCAL_RESPONSE_NORM.input_gradient,
        random(1, 5, 2, 1, seed=4),
        random(1, 5, 2, 1),
        4,
        *NORM[1:],
    ),
}

OPERATORS = {
    "conv2d": (CONV2D.forward, SMALL, FILTER, BIAS, *GEOMETRY),
    "conv2d with same": (CONV2D.forward, SMALL, FILTER, None, [1], None, [1], 2),
    "conv2d in NHWC": (CONV2D.forward, NHWC, random(2, 2, 3, 2), None, [1], [0], [1], 1),
    "conv2d_input_gradient in NHWC": (
        CONV2D.input_gradient,
        [2, 3, 3, 4],
        random(2, 3, 1, 2),
        random(2, 2, 3, 3).to(memory_format=torch.channels_last),
        [1],
        [0],
        [1],
        1,
    ),
    "conv2d_input_gradient": (CONV2D.input_gradient, SMALL.shape, FILTER, DY, *GEOMETRY),
    "conv2d_weight_gradient": (CONV2D.weight_gradient, SMALL, FILTER.shape, DY, *GEOMETRY),
    "conv2d_bias_gradient": (CONV2D.bias_gradient, DY, [4]),
    "conv2d_bias_gradient without channels": (CONV2D.bias_gradient, DY[:, :0], [3]),
    "conv_transpose2d": (CONV_TRANSPOSE2D.forward, *SPREAD, BIAS, *TRANSPOSED),
    "conv_transpose2d in NHWC": (
        CONV_TRANSPOSE2D.forward,
        NHWC,
        random(2, 1, 2, 2),
        None,
        [2],
        [0],
        [0],
        1,
        [1],
    ),
    "conv_transpose2d_input_gradient": (
        CONV_TRANSPOSE2D.input_gradient,
        SPREAD[0].shape,
        SPREAD[1],
        random(1, 4, 4, 5),
        *TRANSPOSED,
    ),
    "conv_transpose2d_weight_gradient": (
        CONV_TRANSPOSE2D.weight_gradient,
        SPREAD[0],
        SPREAD[1].shape,
        random(1, 4, 4, 5),
        *TRANSPOSED,
    ),
    "conv_transpose2d_bias_gradient": (CONV_TRANSPOSE2D.bias_gradient, DY),
    "max_pool2d": (MAX_POOL2D.forward, SMALL, *WINDOW),
    "max_pool2d_input_gradient": (
        MAX_POOL2D.input_gradient,
        random(*POOLED.shape, seed=4),
        INDICES,
        SMALL.shape,
        *WINDOW,
    ),
    "avg_pool2d": (AVG_POOL2D.forward, SMALL, *MEAN),
    "avg_pool2d_input_gradient": (
        AVG_POOL2D.input_gradient,
        random(1, 2, 3, 4, seed=4),
        SMALL.shape,
        *MEAN,
    ),
    "adaptive_avg_pool2d": (ADAPTIVE_AVG_POOL2D.forward, SMALL, [3, 6]),
    "adaptive_avg_pool2d_input_gradient": (ADAPTIVE_AVG_POOL2D.input_gradient, DY, (1, 4, 5, 6)),
    "interpolate": (INTERPOLATE.forward, SMALL, [3, 8], [], "bilinear", False),
    "interpolate in NHWC": (INTERPOLATE.forward, NHWC, [4, 5], [1.4, 1.3], "nearest", False),
    "interpolate_input_gradient": (
        INTERPOLATE.input_gradient,
        random(1, 2, 4, 5),
        (1, 2, 3, 3),
        [],
        "bicubic",
        True,
    ),
    "conv1d": (CONV1D.forward, SIGNALS, FILTER[:, :, 0], BIAS, [2], [1], [2], 2),
    "conv1d_input_gradient": (
        CONV1D.input_gradient,
        SIGNALS.shape,
        FILTER[:, :, 0],
        random(2, 4, 4),
        [2],
        [1],
        [1],
        2,
    ),
    "conv1d_weight_gradient": (
        CONV1D.weight_gradient,
        SIGNALS,
        (4, 1, 2),
        random(2, 4, 4),
        [2],
        [1],
        [1],
        2,
    ),
    "conv1d_bias_gradient": (CONV1D.bias_gradient, random(2, 4, 3), [4]),
    "max_pool1d": (MAX_POOL1D.forward, SIGNALS, [3], [2], [1], [1], True),
    "max_pool1d_input_gradient": (
        MAX_POOL1D.input_gradient,
        random(1, 2, 3),
        torch.tensor([[[0, 2, 5], [1, 3, 4]]]),
        (1, 2, 6),
        [3],
        [2],
        [1],
        [1],
        False,
    ),
    "avg_pool1d": (AVG_POOL1D.forward, SIGNALS, [3], [2], [1], True, False, None),
    "avg_pool1d_input_gradient": (
        AVG_POOL1D.input_gradient,
        random(2, 2, 4),
        SIGNALS.shape,
        [3],
        [2],
        [1],
        True,
        False,
        None,
    ),
    "adaptive_avg_pool1d": (ADAPTIVE_AVG_POOL1D.forward, SIGNALS, [3]),
    "adaptive_avg_pool1d_input_gradient": (
        ADAPTIVE_AVG_POOL1D.input_gradient,
        random(2, 2, 3),
        SIGNALS.shape,
    ),
    "adaptive_max_pool2d": (ADAPTIVE_MAX_POOL2D.forward, SMALL, [3, 4]),
    "adaptive_max_pool2d_input_gradient": (
        ADAPTIVE_MAX_POOL2D.input_gradient,
        random(1, 2, 3, 4, seed=4),
        LARGEST,
        SMALL.shape,
    ),
    **POWERS,
    "max_unpool2d": (MAX_UNPOOL2D.forward, random(1, 2, 3, 4), PLACES, [5, 6]),
    "max_unpool2d_input_gradient": (MAX_UNPOOL2D.input_gradient, SMALL, LARGEST),
    "pad": (PAD.forward, SMALL, [3, 1, 0, 2], "reflect"),
    "pad_input_gradient": (
        PAD.input_gradient,
        random(1, 2, 5, 5),
        (1, 2, 3, 2),
        [2, 1, 0, 2],
        "replicate",
    ),
    "pixel_shuffle": (PIXEL_SHUFFLE.forward, NHWC.repeat(1, 2, 1, 1), 2),
    "pixel_shuffle_input_gradient": (PIXEL_SHUFFLE.input_gradient, random(1, 1, 4, 6), 2),
    "pixel_unshuffle": (PIXEL_UNSHUFFLE.forward, random(1, 2, 4, 6), 2),
    "pixel_unshuffle_input_gradient": (PIXEL_UNSHUFFLE.input_gradient, random(4, 2, 3), 2),
    "unfold": (UNFOLD.forward, SMALL, *WINDOWS),
    "unfold_input_gradient": (UNFOLD.input_gradient, random(1, 12, 12), SMALL.shape, *WINDOWS),
    "fold": (FOLD.forward, random(1, 12, 12), [5, 6], *WINDOWS),
    "fold_input_gradient": (FOLD.input_gradient, SMALL, *WINDOWS),
    "linear": (LINEAR.forward, *FACTORS, BIAS),
    "linear with weight (in)": (LINEAR.forward, FACTORS[0], FACTORS[1][0], None),
    "linear_input_gradient": (LINEAR.input_gradient, (2, 3, 5), FACTORS[1], ROWS),
    "linear_weight_gradient": (LINEAR.weight_gradient, FACTORS[0], (4, 5), ROWS),
    "linear_bias_gradient": (LINEAR.bias_gradient, ROWS),
    **ACTIVATIONS,
    "softmax": (SOFTMAX.forward, random(2, 3, 4), 1),
    "softmax_input_gradient": (SOFTMAX.input_gradient, random(3, 4), random(3, 4, seed=1), -1),
    "log_softmax": (LOG_SOFTMAX.forward, random(2, 3, 4), 1),
    "log_softmax_input_gradient": (
        LOG_SOFTMAX.input_gradient,
        random(3, 4),
        random(3, 4, seed=1),
        -1,
    ),
    "batch_norm": (normalization.forward, IMAGES, *RUNNING, *CHANNELS, 0.1),
    "batch_norm_training": (normalization.training_forward, IMAGES, *CHANNELS, 0.1),
    "batch_norm_training of vectors": (normalization.training_forward, ROWS[0], None, None, 0.1),
    "batch_norm_input_gradient": (
        BATCH_NORM.input_gradient,
        IMAGES.flip(0),
        IMAGES,
        *CHANNELS,
        BIAS[:2],
        True,
    ),
    "batch_norm_input_gradient without a weight": (
        BATCH_NORM.input_gradient,
        ROWS[1],
        ROWS[0],
        BIAS,
        BIAS.flip(0),
        None,
        True,
    ),
    "batch_norm_input_gradient in evaluation": (
        BATCH_NORM.input_gradient,
        IMAGES.flip(0),
        IMAGES,
        *CHANNELS,
        BIAS[:2],
        False,
    ),
    "batch_norm_weight_gradient": (
        BATCH_NORM.weight_gradient,
        IMAGES.flip(0),
        IMAGES,
        *CHANNELS,
    ),
    "batch_norm_bias_gradient": (BATCH_NORM.bias_gradient, IMAGES),
    "layer_norm": (LAYER_NORM.forward, LAYERS, [2, 4], *AFFINE, 0.1),
    "layer_norm without a weight": (LAYER_NORM.forward, LAYERS, [4], None, None, 1e-5),
    "layer_norm_input_gradient": (
        LAYER_NORM.input_gradient,
        LAYERS.flip(0),
        LAYERS,
        *LAYER_STATISTICS,
        [2, 4],
        AFFINE[0],
    ),
    "layer_norm_weight_gradient": (
        LAYER_NORM.weight_gradient,
        LAYERS.flip(0),
        LAYERS,
        *LAYER_STATISTICS,
        [2, 4],
    ),
    "layer_norm_bias_gradient": (LAYER_NORM.bias_gradient, LAYERS, [2, 4]),
    "group_norm": (GROUP_NORM.forward, GROUPS, 2, BIAS, BIAS.flip(0), 0.1),
    "group_norm without a weight": (GROUP_NORM.forward, GROUPS, 4, None, None, 1e-5),
    "group_norm_input_gradient": (
        GROUP_NORM.input_gradient,
        GROUPS.flip(0),
        GROUPS,
        *GROUP_STATISTICS,
        2,
        BIAS,
    ),
    "group_norm_weight_gradient": (
        GROUP_NORM.weight_gradient,
        GROUPS.flip(0),
        GROUPS,
        *GROUP_STATISTICS,
        2,
    ),
    "group_norm_bias_gradient": (GROUP_NORM.bias_gradient, GROUPS),
    "cross_entropy": (CROSS_ENTROPY.forward, LOGITS, CLASSES, BY_CLASS, 2, "mean", 0.1),
    "cross_entropy of one row": (CROSS_ENTROPY.forward, BIAS, CLASSES[0, 0], None, -1, "none", 0.2),
    "cross_entropy of probabilities": (
        CROSS_ENTROPY.forward,
        LOGITS,
        SHARES,
        BY_CLASS,
        -100,
        "mean",
        0.1,
    ),
    "cross_entropy of probabilities with none": (
        CROSS_ENTROPY.forward,
        LOGITS,
        SHARES,
        None,
        -100,
        "none",
        0.0,
    ),
    "cross_entropy_input_gradient": (
        CROSS_ENTROPY.input_gradient,
        random(),
        LOGITS,
        CLASSES,
        BY_CLASS,
        2,
        "mean",
        0.1,
    ),
    "cross_entropy_target_gradient": (
        CROSS_ENTROPY.target_gradient,
        random(2, 2),
        LOGITS,
        SHARES,
        BY_CLASS,
        -100,
        "none",
        0.1,
    ),
    "embedding": (embeddings.forward, random(3, 2), CLASSES),
    "embedding_weight_gradient": (
        embeddings.weight_gradient,
        random(2, 2, 3),
        CLASSES,
        [4, 3],
    ),
    "dropout": (dropouts.forward, random(3, 4), 0.3, torch.tensor(2**40 + 1)),
    **LOSSES,
    "nll_loss": (NLL_LOSS.forward, LOGITS, CLASSES, BY_CLASS, 2, "mean"),
    "nll_loss_input_gradient": (
        NLL_LOSS.input_gradient,
        random(),
        CLASSES,
        LOGITS.shape,
        BY_CLASS,
        2,
        "mean",
    ),
    "nll_loss_input_gradient with none": (
        NLL_LOSS.input_gradient,
        random(2, 2),
        CLASSES,
        LOGITS.shape,
        None,
        -100,
        "none",
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


SHORT = (
    "conv2d with same",
    "linear_bias_gradient",
    "max_pool2d",
    "batch_norm",
    "batch_norm_weight_gradient",
    "layer_norm_input_gradient",
    "cross_entropy",
    "dropout",
)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", SHORT)
def test_opcheck_in_sixteen_bits(name, dtype):
    operator, *arguments = OPERATORS[name]
    statistics = arguments[2:4] if name.endswith("_gradient") else []
    given = [
        each
        if not (isinstance(each, torch.Tensor) and each.is_floating_point())
        else each.float()
        if any(each is of for of in statistics)
        else each.to(dtype).requires_grad_(not any(each is of for of in CONSTANTS))
        for each in arguments
    ]
    opcheck(operator, given)


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
        for each in [f for t, f in STATISTICS if arguments[2:3] and arguments[2] is t]:
            # mean and rstd follow the input
            _, *statistics = each.forward(arguments[1], arguments[4], None, None, 0.1)
            arguments = *arguments[:2], *statistics, *arguments[4:]
        output = operator(*arguments)
        return output[0] if isinstance(output, tuple) else output

    arguments = wanting_gradients(arguments)
    assert gradcheck(first_output, arguments)
    assert gradgradcheck(first_output, arguments)
