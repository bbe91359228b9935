"""Every planted fault."""

from parity.faults import (
    activation,
    convolution_arguments,
    convolution_direct,
    convolution_tiled,
    pooling,
)

FAULTS = (
    *convolution_direct.FAULTS,
    *convolution_tiled.FAULTS,
    *convolution_arguments.FAULTS,
    *pooling.FAULTS,
    *activation.FAULTS,
)
