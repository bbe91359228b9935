"""ReLU of one number, for the kernels that end with it: relu's own, and a convolution's."""

from crosscheck.kernels.launch import device_function, real


@device_function
def rectified(x):
    """Return 0 where x < 0, else x: so NaN and -0 pass through, as in PyTorch."""
    return real(0) if x < real(0) else x
