"""The unit of memory in which racecheck remembers accesses."""

import numpy as np


def granule(dtype: np.dtype) -> int:
    """Return the largest power of two such that each number of an element fills whole units."""
    bits = dtype.itemsize
    for field, offset, *_ in (dtype.base.fields or {}).values():
        bits |= offset | granule(field)
    return bits & -bits
