"""The operators, one a file: all that is particular to one is in its `Operation` and its problems.

To add one, say `linear`:

1. `parity/operations/linear.py`. It opens with the derivation of its limits in bounds.py's notation
   (what is summed, n, T, roundings per term; for exp, log and sqrt the error assumed of the math
   function, and why), and defines OPERATION: see `Operation` for every field. One that is not in
   nn.functional, as `add`, says where it is, in PyTorch and in ours. Sums of products take
   `sums.limits` with `question.terms()`; where no integers are exact, raise NoIntegers.
2. Enter it below. Every suite, leg, table and option of the command then knows it: PyTorch's own
   samples run by themselves, and the random problems through `fuzz`.
3. `parity/problems/linear.py`: named problems, each with its reason, and bad input with `rejected`;
   enter them in `parity/problems/__init__.py`. A problem gives an input as a shape (filled with
   normal numbers, or by `fill`) or as an array; integer arrays stay as they are: class targets.
4. Faults in `parity/faults/linear.py`, each caught by `quick`: see the module's command.
"""

from collections.abc import Mapping

from crosscheck.parity.operations import (
    adaptive_avg_pool2d,
    add,
    avg_pool2d,
    batch_norm,
    conv2d,
    cross_entropy,
    dropout,
    linear,
    log_softmax,
    max_pool2d,
    mean,
    mse_loss,
    mul,
    pad,
    relu,
    softmax,
    sum,
)
from crosscheck.parity.operations.operation import Direction, Operation

OPERATIONS: Mapping[str, Operation] = {
    module.OPERATION.name: module.OPERATION
    for module in (
        conv2d,
        max_pool2d,
        avg_pool2d,
        relu,
        linear,
        softmax,
        log_softmax,
        cross_entropy,
        mse_loss,
        batch_norm,
        adaptive_avg_pool2d,
        dropout,
        add,
        mul,
        sum,
        mean,
        pad,
    )
}

__all__ = ["OPERATIONS", "Direction", "Operation"]
