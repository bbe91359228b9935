"""Every planted fault."""

from parity.faults import (
    activation,
    convolution_arguments,
    convolution_direct,
    convolution_tiled,
    linear,
    loss,
    pooling,
    softmax,
)

FAULTS = (
    *convolution_direct.FAULTS,
    *convolution_tiled.FAULTS,
    *convolution_arguments.FAULTS,
    *pooling.FAULTS,
    *activation.FAULTS,
    *linear.FAULTS,
    *softmax.FAULTS,
    *loss.FAULTS,
)
