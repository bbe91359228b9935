"""What the operators refuse."""

import re

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops.grouped_normalization import LAYER_NORM

X, W = torch.ones(1, 2, 4, 4), torch.ones(3, 2, 2, 2)

REFUSED = [
    (TypeError, "relu: input.dtype is torch.bool; expected torch.float16, torch.bfloat16, "
     "torch.float32 or torch.float64", lambda: torch_ops.relu(X > 0)),
    (TypeError, "conv2d: weight.dtype is torch.bfloat16; expected torch.float16, the dtype of inp",
     lambda: torch_ops.conv2d(X.half(), W.bfloat16())),
    (TypeError, "layer_norm: bias.dtype is torch.bfloat16; expected torch.float16 or torch.float32,"
     " beside torch.float16 of input",
     lambda: torch_ops.layer_norm(X.half(), [4], None, X[0, 0, 0].bfloat16())),
    (TypeError, "batch_norm: running_mean.dtype is torch.float64; expected torch.float32, the dtype"
     " of input", lambda: torch_ops.batch_norm(X, *torch.ones(2, 2).double())),
    (TypeError, "layer_norm input_gradient: mean.dtype is torch.float16; expected torch.float32, "
     "beside torch.float16 of grad_output",
     lambda: LAYER_NORM.input_gradient(*[X.half()] * 2, *X.half().view(4, 8)[:2], [4], None)),
    (TypeError, "max_pool2d: input.dtype is torch.int64",
     lambda: torch_ops.max_pool2d(X.long(), 2)),
    (TypeError, "conv2d: weight.dtype is torch.float64; expected torch.float32, the dtype of input",
     lambda: torch_ops.conv2d(X, W.double())),
    (ValueError, "conv2d: device of weight is 'meta'; expected cpu, the device of input",
     lambda: torch_ops.conv2d(X, W.to("meta"))),
    (ValueError, "conv2d: input.shape is (4, 4); expected 3 or 4 dimensions",
     lambda: torch_ops.conv2d(X[0, 0], W)),
    (ValueError, "conv2d: bias.shape is (2,); expected (3,)",
     lambda: torch_ops.conv2d(X, W, torch.ones(2))),
    (ValueError, "conv2d: stride is [0]; expected integers of at least 1",
     lambda: torch_ops.conv2d(X, W, stride=0)),
    (TypeError, "conv2d: stride is True; expected an integer",
     lambda: torch_ops.conv2d(X, W, stride=True)),
    (TypeError, "conv2d: stride is (1, 1.5); expected integers",
     lambda: torch_ops.conv2d(X, W, stride=(1, 1.5))),
    (TypeError, "conv2d: groups is True; expected an integer",
     lambda: torch_ops.conv2d(X, W, groups=True)),
    (ValueError, "conv2d: padding is 'full'; expected integers, 'valid' or 'same'",
     lambda: torch_ops.conv2d(X, W, padding="full")),
    (TypeError, "max_pool2d: ceil_mode is 1; expected True or False",
     lambda: torch_ops.max_pool2d(X, 2, ceil_mode=1)),
    (ValueError, "max_pool2d: padding is (2, 2); expected at most half of kernel_size",
     lambda: torch_ops.max_pool2d(X, 2, padding=2)),
    (ValueError, "avg_pool2d: divisor_override is 0", lambda: torch_ops.avg_pool2d(
        X, 2, divisor_override=0)),
    (ValueError, "adaptive_avg_pool2d: output_size is (1, 2, 3); expected an integer or a pair",
     lambda: torch_ops.adaptive_avg_pool2d(X, (1, 2, 3))),
    (ValueError, "linear: weight.shape is (3, 5); expected 4 columns",
     lambda: torch_ops.linear(X, torch.ones(3, 5))),
    (ValueError, "softmax: dim is 4; expected an integer from -4 to 3",
     lambda: torch_ops.softmax(X, 4)),
    (TypeError, "log_softmax: input.dtype is torch.int32",
     lambda: torch_ops.log_softmax(X, 1, dtype=torch.int32)),
    (ValueError, "mse_loss: reduction is 'average'; expected one of ('none', 'mean', 'sum')",
     lambda: torch_ops.mse_loss(X, X, reduction="average")),
    (TypeError, "mse_loss: target.dtype is torch.int64", lambda: torch_ops.mse_loss(X, X.long())),
    (ValueError, "mse_loss: target.shape is (3, 2, 2, 2); expected a shape that broadcasts with",
     lambda: torch_ops.mse_loss(X, W, weight=X)),
    (NotImplementedError, "mse_loss: weight.requires_grad is True; expected False",
     lambda: torch_ops.mse_loss(X, X, weight=X.clone().requires_grad_())),
    (TypeError, "l1_loss: target.dtype is torch.int64", lambda: torch_ops.l1_loss(X, X.long())),
    (ValueError, "smooth_l1_loss: beta is -1", lambda: torch_ops.smooth_l1_loss(X, X, beta=-1)),
    (TypeError, "huber_loss: delta is 'one'; expected a number",
     lambda: torch_ops.huber_loss(X, X, delta="one")),
    (ValueError, "huber_loss: delta is 0", lambda: torch_ops.huber_loss(X, X, delta=0)),
    (ValueError, "binary_cross_entropy: input is 3.0; expected numbers from 0 to 1",
     lambda: torch_ops.binary_cross_entropy(3 * X, X)),
    (ValueError, "binary_cross_entropy_with_logits: pos_weight.shape is (3,); expected a",
     lambda: torch_ops.binary_cross_entropy_with_logits(X, X, pos_weight=torch.ones(3))),
    (NotImplementedError, "nll_loss: weight.requires_grad is True", lambda: torch_ops.nll_loss(
        X[0, 0], torch.arange(4), torch.ones(4, requires_grad=True))),
    (IndexError, "nll_loss: target is 4; expected classes from 0 to 3",
     lambda: torch_ops.nll_loss(X[0, 0], torch.arange(4) + 1)),
    (TypeError, "nll_loss: ignore_index is True",
     lambda: torch_ops.nll_loss(X[0, 0], torch.arange(4), ignore_index=True)),
    (IndexError, "embedding: input is -1; expected rows from 0 to 2",
     lambda: torch_ops.embedding(torch.arange(3) - 1, W[:, 0, 0])),
    (TypeError, "embedding: input.dtype is torch.int32; expected torch.int64",
     lambda: torch_ops.embedding(torch.arange(3).int(), W[:, 0, 0])),
    (ValueError, "embedding: weight.shape is (3,); expected 2 dimensions",
     lambda: torch_ops.embedding(torch.arange(3), W[:, 0, 0, 0])),
    (ValueError, "embedding: padding_idx is 3; expected a row of 3",
     lambda: torch_ops.embedding(torch.arange(3), W[:, 0, 0], padding_idx=3)),
    (ValueError, "dropout: p is 1.5; expected a number from 0 to 1",
     lambda: torch_ops.dropout(X, 1.5, training=False)),
    (TypeError, "dropout: training is 1; expected True or False",
     lambda: torch_ops.dropout(X, training=1)),
    (NotImplementedError, "'SparseCPU' backend", lambda: torch_ops.relu(X.to_sparse())),
]  # fmt: skip


@pytest.mark.parametrize(("error", "message", "call"), REFUSED, ids=[each[1] for each in REFUSED])
def test_a_message_says_what_does_not_fit(error, message, call):
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_tensors_of_two_devices_are_refused_without_a_gpu_too():
    with FakeTensorMode():
        x = torch.empty(X.shape, device="cuda")
        assert torch_ops.relu(x).device == x.device
        with pytest.raises(ValueError, match="device of weight is 'cpu'; expected cuda:0"):
            torch_ops.conv2d(x, torch.empty(W.shape))


def test_what_the_kernel_refuses_is_refused_before_memory_is_lent():
    with FakeTensorMode(), pytest.raises(TypeError, match="torch.int32"):
        torch_ops.relu(torch.empty(3, dtype=torch.int32))
    with FakeTensorMode(), pytest.raises(ValueError, match="log_softmax: dim is -5"):
        torch_ops.log_softmax(torch.empty(X.shape), -5)
