"""Memory formats: the strides of channels_last, and PyTorch's rule for what has them."""

from itertools import permutations, product

import pytest
import torch

from crosscheck.kernels.memory_format import channels_last, is_channels_last


@pytest.mark.parametrize("size", [(2, 3, 4, 5), (1, 1, 4, 5), (2, 3, 1, 1), (0, 3, 4, 5)])
def test_strides_are_pytorchs(size):
    images = torch.empty(size).to(memory_format=torch.channels_last)
    if images.numel():
        assert channels_last(size) == images.stride()
    assert channels_last(size[1:]) == channels_last(size)[1:]


def test_an_output_is_channels_last_where_pytorchs_is():
    for size, order in product(product((1, 2, 3), repeat=4), permutations(range(4))):
        memory = torch.empty([size[axis] for axis in order])
        images = memory.permute([order.index(axis) for axis in range(4)])
        expected = torch._prims_common.suggest_memory_format(images) is torch.channels_last
        assert is_channels_last(images.shape, images.stride()) is expected, (size, order)
    assert not is_channels_last((2, 3), (3, 1))
