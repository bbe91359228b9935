"""The optimizers of `torch.optim`: a step launches one fused kernel for each group of parameters.

On the CPU device, and with foreach=False, it launches one for each parameter. A step updates the
parameters' arrays in place. A graph recorded before it can no longer run backward: call `backward`
first.
"""

from crosscheck.nn.optim import lr_scheduler
from crosscheck.nn.optim.adam import Adam
from crosscheck.nn.optim.adamw import AdamW
from crosscheck.nn.optim.optimizer import Optimizer
from crosscheck.nn.optim.rules import Adadelta, Adagrad, NAdam, RMSprop
from crosscheck.nn.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "NAdam",
    "Optimizer",
    "RMSprop",
    "lr_scheduler",
]
