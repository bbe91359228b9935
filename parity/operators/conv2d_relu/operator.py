"""conv2d_relu: conv2d's bounds. ReLU moves no two numbers further apart than they are.

So |relu(computed) - relu(exact)| <= |computed - exact|, which conv2d bounds; and on absolute
values, or on ones, PyTorch's composition gives what conv2d gives. A sum of -infinity is 0 here, and
exact: an infinite input makes it so. But where a partial sum may overflow, that 0 may be wrong by
any amount: the exact sum may be positive. Gradients are relu's and conv2d's own, and are held
against PyTorch there.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.kernels.fused import conv2d_relu
from crosscheck.parity.allowances import may_overflow
from crosscheck.parity.operator import Rounding
from crosscheck.parity.operators.conv2d.operator import OPERATOR as CONV2D
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import bilinear, tensor_core


def _rounding(of_conv2d: Rounding) -> Rounding:
    """Return how the outputs of conv2d are rounded, of ReLU of them."""

    def bounds(call: ReferenceCall, *rest: Any) -> Arrays:
        found = of_conv2d.bounds(call, *rest)
        return {
            name: np.where(np.isfinite(limit), limit, 0.0)
            for name, limit in found.items()
            if name == "forward"
        }

    def intermediates(
        call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        sizes = of_conv2d.intermediates(call, inputs, grad_output, exact, dtype)["forward"]
        return {"forward": np.where(may_overflow(sizes, dtype), np.inf, sizes)}

    return Rounding(bounds, intermediates)


_PLAIN = _rounding(Rounding(CONV2D.bounds, CONV2D.intermediates))


OPERATOR = replace(
    CONV2D,
    name="conv2d_relu",
    order=1000,
    kernels=conv2d_relu,
    bounds=_PLAIN.bounds,
    intermediates=_PLAIN.intermediates,
    rounding={name: _rounding(CONV2D.rounding[name]) for name in tensor_core.NAMES},
    integers=bilinear.integers,
    fuzz_weight=1,
    followed_by=(("nn.functional.relu", {}),),
    nn_function="functional.conv2d_relu",
)
