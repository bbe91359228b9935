"""Results of 16 bits against PyTorch's in float64: what float32 may lose, and the rounding."""

import torch

from crosscheck.parity.bounds import differs, stored

DTYPES = (torch.bfloat16, torch.float16)


def assert_rounded(ours, exact):
    """Compare what kernels stored with PyTorch's float64 result of the same numbers.

    float32 arithmetic may be off by what torch.testing allows it: 1e-5, and 1.3e-6 of the result.
    """
    name, reference = str(ours.dtype).removeprefix("torch."), exact.detach().numpy()
    arithmetic = 1e-5 + 1.3e-6 * abs(reference)
    limit = stored(arithmetic, reference, name)
    wrong = differs(_array(ours), reference, limit)
    assert ours.shape == exact.shape and not wrong.any(), (ours, exact)


def _array(tensor):
    array = tensor.detach().float().numpy()
    return array.astype(str(tensor.dtype).removeprefix("torch."))


def doubled(value):
    """Return a floating tensor in float64, anything else as it is."""
    is_floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.detach().double() if is_floating else value
