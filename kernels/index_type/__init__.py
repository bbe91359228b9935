"""`index`, the integer type of kernels: unsigned, of 32 bits or, in a wide launch, of 64.

numba alone computes nearly every integer operation in 64 bits. `index` keeps its width: with itself
and with integer constants, `+ - * // % << >> & | ^`, min, max and comparisons are those of 32 or 64
bits. It indexes arrays, counts in a `range`, and stands in tuples and in arguments.

Nothing converts to or from it implicitly, except where it is stored in an array of integers. A mix
with another type is a compile error that names both; `index(n)`, `real(i)`, `np.int64(i)` convert.

The type is registered with numba, once. The CPU device and numba-cuda both find it there.
"""

from crosscheck.kernels.index_type import (  # noqa: F401  (they register)
    in_python,
    indexing,
    operators,
    ranges,
)
from crosscheck.kernels.index_type.number import NUMBERS, TYPES, IndexNumber, IndexType

__all__ = ["NUMBERS", "TYPES", "IndexNumber", "IndexType"]
