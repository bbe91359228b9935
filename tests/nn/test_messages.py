"""What a wrong call says: the argument, its value and what was expected."""

import numpy as np
import pytest

from crosscheck import nn
from crosscheck.nn import functional as F
from crosscheck.nn.data import TensorDataset

X = nn.tensor(np.zeros((2, 3), np.float32))
IMAGES = nn.tensor(np.zeros((1, 2, 4, 4), np.float32))
CLASSES = nn.tensor(np.array([0, 5]))

WRONG = [
    (lambda: nn.cat(X), TypeError, "cat: tensors is 'Tensor'; expected a sequence of tensors"),
    (lambda: nn.stack([]), ValueError, "stack: tensors is []; expected at least one tensor"),
    (lambda: X.size(7), IndexError, "size: dim is 7; expected a dimension of -2 to 1"),
    (lambda: nn.tensor(1.0).size(0), IndexError, "size: shape is (); expected a dimension"),
    (lambda: X.argmax(4), IndexError, "argmax: dim is 4; expected a dimension of -2 to 1"),
    (lambda: X.split(0), ValueError, "split: split_size_or_sections is 0; expected an integer"),
    (
        lambda: nn.tensor(1.0).unbind(),
        IndexError,
        "unbind: input.shape is (); expected at least one dimension",
    ),
    (lambda: X.masked_fill(X, 0), TypeError, "masked_fill: mask.dtype is 'float32'; expected bool"),
    (lambda: X.to(dtype="float31"), TypeError, "to: dtype is 'float31'; expected a dtype of"),
    (lambda: X.type("S4"), TypeError, "to: dtype is 'S4'; expected a dtype of numbers"),
    (lambda: nn.zeros(2, dtype="x"), TypeError, "zeros: dtype is 'x'; expected a dtype of numbers"),
    (lambda: nn.device("tpu"), ValueError, "device: type is 'tpu'; expected 'cpu', or 'cuda'"),
    (lambda: X.cuda(3), ValueError, "cuda: device is 3; expected None or 0"),
    (lambda: nn.full((2,), "a"), TypeError, "full: fill_value is 'a'; expected a number"),
    (lambda: nn.arange(0, "a"), TypeError, "arange: end is 'a'; expected a number"),
    (lambda: nn.linspace(None, 1, 2), TypeError, "linspace: start is None; expected a number"),
    (
        lambda: nn.randint(5, 3, (2,)),
        ValueError,
        "randint: high is 3; expected an integer above low, 5",
    ),
    (
        lambda: F.one_hot(CLASSES, 3),
        ValueError,
        "one_hot: tensor.max() is 5; expected a class below num_classes=3",
    ),
    (lambda: F.one_hot(CLASSES, "a"), TypeError, "one_hot: num_classes is 'a'; expected an"),
    (
        lambda: F.interpolate(IMAGES, scale_factor=0.1),
        ValueError,
        "interpolate: scale_factor is 0.1; expected factors that leave at least 1 of each (4, 4)",
    ),
    (lambda: TensorDataset(), ValueError, "TensorDataset: tensors is (); expected at least one"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_a_wrong_call_says_what_was_expected(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value).startswith(message)


def test_what_the_message_after_a_write_to_a_view_suggests_works():
    def doubled():
        return nn.tensor(np.ones((2, 3), np.float32), requires_grad=True) * 2

    base = doubled()
    row = base[0]
    row += 1
    with pytest.raises(NotImplementedError, match=r"expected base\[key\] \+= \.\.\."):
        base.sum()
    base = doubled()
    base[0] += 1
    row = base[0]
    assert base.sum().item() == 15 and row.sum().item() == 9
