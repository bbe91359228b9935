"""The options of numba.cuda.jit, and what each means on a CPU.

    debug           a division by zero raises, except under fastmath; other exceptions always
                    raise. A warning says if a GPU also needs opt=False, or no lineinfo
    extensions      objects whose `prepare_args` may change every argument before a launch
    fastmath        the compiler may reorder and approximate
    elements        the types of elements, by the dtype of the array; of this device alone, and for
                    kernels, not for declared signatures
    inline          "always": numba inlines a device function before type inference
    launch_bounds   a launch with more threads per block is refused, as on a GPU

Without effect, since no result depends on them: cache (programs are always kept on disk),
forceinline, lineinfo, lto, max_registers, opt, shared_memory_carveout.

Not possible: link (there is nothing to link PTX or CUDA C++ with) and boundscheck (which numba-cuda
refuses, too; sanitize=True finds more).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba.core import config, types
from numba.core.errors import NumbaInvalidConfigWarning

_CARVEOUTS = ("default", "maxl1", "maxshared")


@dataclass(frozen=True)
class Options:
    """Checked options. Raises TypeError, ValueError or NotImplementedError for a wrong one."""

    device: bool = False
    inline: str = "never"
    forceinline: bool = False
    link: Any = ()
    debug: bool | None = None
    opt: bool | None = None
    lineinfo: bool = False
    cache: bool = False
    launch_bounds: Any = None
    lto: bool | None = None
    shared_memory_carveout: str | int | None = None
    fastmath: bool | set = False
    max_registers: int | None = None
    boundscheck: bool | None = None
    extensions: list = field(default_factory=list)
    elements: Mapping[np.dtype, types.Type] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.link:
            raise NotImplementedError(
                f"jit: link is {self.link!r}; the CPU device has nothing to link PTX, CUDA C++ or "
                "object code with"
            )
        if self.boundscheck:
            other = "numba-cuda refuses it too; sanitize=True finds more"
            raise NotImplementedError(f"jit: boundscheck is {self.boundscheck!r}; {other}")
        if isinstance(self.inline, bool):  # as numba allowed formerly
            object.__setattr__(self, "inline", "always" if self.inline else "never")
        if self.debug is None:
            object.__setattr__(self, "debug", bool(config.CUDA_DEBUGINFO_DEFAULT))
        if self.debug:
            self._warn_as_numba_cuda()
        _check_carveout(self.shared_memory_carveout)
        _ = self.max_threads

    def _warn_as_numba_cuda(self) -> None:
        """Warn of what is not supported on a GPU, though it makes no difference here."""
        if self.opt or self.opt is None and config.OPT:
            text = "debug=True with opt=True is not supported by CUDA; set opt=False"
            warnings.warn(NumbaInvalidConfigWarning(f"jit: {text}"), stacklevel=5)
        if self.lineinfo:
            text = "debug and lineinfo are mutually exclusive; set lineinfo=False"
            warnings.warn(NumbaInvalidConfigWarning(f"jit: {text}"), stacklevel=5)

    @property
    def flags(self) -> tuple:
        """The options to pass to numba, as (name, value)."""
        flags = []
        if self.fastmath:
            flags.append(("fastmath", self.fastmath))
        if self.debug and not self.fastmath:
            flags.append(("error_model", "python"))
        if self.inline != "never":
            flags.append(("inline", self.inline))
        return tuple(flags)

    @property
    def max_threads(self) -> int | None:
        """How many threads a block may have: the first of launch_bounds, None for no bound."""
        bounds = self.launch_bounds
        if isinstance(bounds, (tuple, list)) and len(bounds) > 3:
            expected = "at most 3: threads a block, blocks an SM, blocks a cluster"
            raise ValueError(
                f"jit: Got {len(bounds)} launch bounds: {bounds!r}; expected {expected}"
            )
        first = bounds[0] if isinstance(bounds, (tuple, list)) and bounds else bounds
        if first is not None and (not isinstance(first, int) or first < 1):
            expected = "a number of threads, or a tuple that begins with one"
            raise ValueError(f"jit: launch_bounds is {bounds!r}; expected {expected}")
        return first


def _check_carveout(value: Any) -> None:
    expected = f"-1 to 100 or one of {_CARVEOUTS}"
    if value is None or isinstance(value, str) and value.lower() in _CARVEOUTS:
        return
    if not isinstance(value, (str, int)):
        kind = type(value).__name__
        raise TypeError(f"jit: shared_memory_carveout is of type {kind}; expected {expected}")
    if isinstance(value, str) or not -1 <= value <= 100:
        text = f"Invalid carveout value: shared_memory_carveout is {value!r}"
        raise ValueError(f"jit: {text}; expected {expected}")
