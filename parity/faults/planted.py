"""Every planted fault."""

from parity.faults import (
    activation,
    adaptive_pooling,
    convolution_arguments,
    convolution_direct,
    convolution_tiled,
    dropout,
    elementwise,
    linear,
    loss,
    normalization,
    padding,
    pooling,
    reduction,
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
    *normalization.FAULTS,
    *adaptive_pooling.FAULTS,
    *dropout.FAULTS,
    *elementwise.FAULTS,
    *reduction.FAULTS,
    *padding.FAULTS,
)
