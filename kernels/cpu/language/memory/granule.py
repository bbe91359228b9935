"""The granule of an array: the unit of memory for which racecheck keeps accesses."""

import numpy as np


def granule(dtype: np.dtype) -> int:
    """Return the largest power of two of bytes such that every number fills whole granules."""
    bits = dtype.itemsize
    for field, offset, *_ in (dtype.base.fields or {}).values():
        bits |= offset | granule(field)
    return bits & -bits
