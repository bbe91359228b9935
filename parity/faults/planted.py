"""Every planted fault."""

from crosscheck.parity.faults import (
    activation,
    adaptive_pooling,
    convolution_arguments,
    convolution_direct,
    convolution_tiled,
    cross_entropy,
    cross_entropy_direct,
    dropout,
    elementwise,
    linear,
    mse_loss,
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
    *cross_entropy_direct.FAULTS,
    *cross_entropy.FAULTS,
    *mse_loss.FAULTS,
    *normalization.FAULTS,
    *adaptive_pooling.FAULTS,
    *dropout.FAULTS,
    *elementwise.FAULTS,
    *reduction.FAULTS,
    *padding.FAULTS,
)
