"""Elements of 16 bits that kernels read and write as float32: float16 and bfloat16 as storage.

`x[i]` of such an array is a float32, and what is assigned to it is rounded to nearest even. A
kernel knows nothing of it: `real` is float32, its sums, shared and local arrays are as ever. No
value has the element type, so there is no arithmetic of 16 bits. That is numba's float16 and
numba-cuda's bfloat16, which scripts of the user's get for the same arrays.

The types are registered with numba, once. The CPU device and numba-cuda both find them there.
"""

from crosscheck.kernels.storage_type import indexing  # noqa: F401  (it registers)
from crosscheck.kernels.storage_type.element import ELEMENTS, StorageType, read_as

__all__ = ["ELEMENTS", "StorageType", "read_as"]
