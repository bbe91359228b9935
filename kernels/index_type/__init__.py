"""`index`, the integer type of kernels: unsigned, of 32 bits or, in a wide launch, of 64.

numba alone makes 64 bits of nearly every integer operation. `index` stays what it is: with itself
and with integer constants, `+ - * // % << >> & | ^` and comparisons are those of 32 or 64 bits. It
indexes arrays, is what a `range` of it counts in, and stands in tuples and in arguments. Nothing
converts to or from it in silence: a mix with another type is a compile error that names both, and
`index(n)`, `real(i)` or `np.int64(i)` say what is meant.

The type is registered with numba itself. The CPU device and numba-cuda both take from there what
is not numba's own, so it is written once for both.
"""

from crosscheck.kernels.index_type import indexing, operators, ranges  # noqa: F401  (they register)
from crosscheck.kernels.index_type.number import NUMBERS, TYPES, IndexNumber, IndexType

__all__ = ["NUMBERS", "TYPES", "IndexNumber", "IndexType"]
