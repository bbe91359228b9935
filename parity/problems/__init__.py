"""Named problems: what can go wrong, as data, each with its reason."""

from crosscheck.parity.problems import (
    adaptive_pooling,
    cross_entropy,
    dropout,
    elementwise,
    layers,
    linear,
    mse_loss,
    normalization,
    padding,
    reduction,
    rejects,
    softmax,
)
from crosscheck.parity.problems.activation import RELU
from crosscheck.parity.problems.average_pooling import AVERAGE
from crosscheck.parity.problems.convolution import GEOMETRY
from crosscheck.parity.problems.convolution_arrays import ARRAYS
from crosscheck.parity.problems.max_pooling import MAX

EDGES = (
    *GEOMETRY,
    *ARRAYS,
    *MAX,
    *AVERAGE,
    *RELU,
    *linear.LINEAR,
    *softmax.SOFTMAX,
    *cross_entropy.CROSS_ENTROPY,
    *mse_loss.MSE,
    *normalization.BATCH_NORM,
    *adaptive_pooling.ADAPTIVE,
    *dropout.DROPOUT,
    *elementwise.ADD,
    *elementwise.MUL,
    *reduction.SUM,
    *reduction.MEAN,
    *padding.PAD,
)
LAYERS = (
    *layers.LAYERS,
    *linear.LAYERS,
    *normalization.LAYERS,
    *adaptive_pooling.LAYERS,
)
REJECTS = (
    *rejects.REJECTS,
    *linear.REJECTS,
    *softmax.REJECTS,
    *cross_entropy.REJECTS,
    *mse_loss.REJECTS,
    *normalization.REJECTS,
    *adaptive_pooling.REJECTS,
    *dropout.REJECTS,
    *elementwise.REJECTS,
    *reduction.REJECTS,
    *padding.REJECTS,
)

__all__ = ["EDGES", "LAYERS", "REJECTS"]
