"""How float32 is multiplied where no algorithm is named: as IEEE 754 has it, or in TF32.

TF32 is float32 with 10 bits of fraction instead of 23, what tensor cores multiply many times as
fast: each factor is off by 2^-11 of itself at most, sums are those of float32. Whether that will do
is for the user to say, of convolutions ("conv") and of other products of matrices ("matmul"), by
PyTorch's names (nn.backends). An algorithm that is asked for by name runs whatever is set here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from crosscheck.kernels.algorithm import Algorithm

IEEE, TF32 = "ieee", "tf32"
PRODUCTS = "conv", "matmul"

_of_products = dict.fromkeys(PRODUCTS, IEEE)
_MATMULS = ("linear",)


def allow(product: str, precision: str) -> None:
    """Let calls without an algorithm compute such products of float32 in a precision."""
    _of_products[product] = precision


def allowed(operator: str) -> str:
    """Return the precision in which an operator may multiply float32."""
    return _of_products["matmul" if operator in _MATMULS else "conv"]


def permitted(
    table: Mapping[str, Algorithm], operator: str, dtype: np.dtype[Any]
) -> Mapping[str, Algorithm]:
    """Return the algorithms of a table that a call without a name may run."""
    if dtype != np.float32 or allowed(operator) == TF32:
        return table
    return {name: each for name, each in table.items() if each.float32_precision == IEEE}
