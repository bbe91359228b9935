"""128-bit accesses: on the CPU device `load_quad` and its like access one element after the other.

On a GPU they are one instruction for each 16 bytes of a lane, LDG.128, STG.128, LDGSTS.128, or for
the 8 of a quad of 16-bit elements. Counted
element by element a warp of them would seem to leave out three of four words, four times over.
"""

import dataclasses
import inspect
from pathlib import Path

import numpy as np

from crosscheck.kernels.arrays import QUAD_BYTES
from crosscheck.kernels.cpu.sanitizer.trace import Trace
from crosscheck.kernels.ptx.accesses import load_quad, store_quad
from crosscheck.kernels.ptx.async_copies import copy_quad_async


def _lines(function: object) -> set[str]:
    """Return the places "file.py:12" of a function."""
    source, first = inspect.getsourcelines(function.py_func)
    file = Path(inspect.getsourcefile(function.py_func)).name
    return {f"{file}:{first + number}" for number in range(len(source))}


PLACES = frozenset().union(*map(_lines, (load_quad, store_quad, copy_quad_async)))


def in_quads(trace: Trace) -> np.ndarray:
    """Return which accesses are those of a quad's elements, as a mask."""
    sites = [site for site, (_, place) in trace.sites.items() if place in PLACES]
    return np.isin(trace.site, sites)


def joined(trace: Trace) -> Trace:
    """Return a trace in which each 16 bytes of a quad are one access: it begins on a multiple."""
    quads, together = in_quads(trace), np.minimum(4 * trace.size, QUAD_BYTES)
    begins = trace.address % together == 0
    found = trace.select(~quads | begins)
    size = np.where(quads, together, trace.size)[~quads | begins]
    return dataclasses.replace(found, size=size)
