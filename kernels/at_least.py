"""ReLU of one number, for the kernels that end with it: relu's own, and convolutions.

With a floor of -infinity it changes nothing: kernels whose two instructions more do not count are
one with ReLU and without.
"""

from crosscheck.kernels.launch import device_function


@device_function
def at_least(x, floor):
    """Return floor where x < floor, else x: NaN passes, and -0 a floor of 0, as in PyTorch."""
    return floor if x < floor else x
