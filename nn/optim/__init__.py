"""The optimizers of `torch.optim`, each one fused kernel a step and parameter.

They update a parameter's array in place: what was recorded on the tape with it before the step must
have gone backward by then.
"""

from crosscheck.nn.optim import lr_scheduler
from crosscheck.nn.optim.adam import Adam
from crosscheck.nn.optim.adamw import AdamW
from crosscheck.nn.optim.optimizer import Optimizer
from crosscheck.nn.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "lr_scheduler"]
