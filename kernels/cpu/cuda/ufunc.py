"""vectorize(target="cuda"): a function of numbers as a function of arrays, a thread per element.

As in numba-cuda, arrays must have exactly a signature's dtypes, and numbers are cast to them. The
result is in device memory if an argument is.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core.serialize import ReduceMixin
from numba.core.sigutils import normalize_signature
from numba.np.numpy_support import as_dtype

from ..arguments.device_memory import kernel_argument
from ..compiler.compilation import infer_types
from ..language.namespace import cuda
from ..launch.decorator import jit
from .api import as_cuda_array, device_array
from .cudadrv.memory import is_cuda_ndarray
from .kernels.reduction import Reduce

_SOURCE = """
def {name}({arrays}, out):
    i = cuda.grid(1)
    if i < out.shape[0]:
        out[i] = core({elements})
"""


def kernel_from_source(source: str, name: str, core: Callable) -> Any:
    """Return the kernel that this source defines; it calls `core`, a device function."""
    namespace = {"cuda": cuda, "core": core}
    exec(source, namespace)
    return jit(namespace[name])


def on_device(value: Any) -> bool:
    """Return whether a value is an array in device memory, ours or another library's."""
    return hasattr(value, "__cuda_array_interface__")


def as_numba_cuda(out: Any) -> Any:
    """Return an output, but another library's array as a device array, as numba-cuda does."""
    return as_cuda_array(out) if on_device(out) and not is_cuda_ndarray(out) else out


class CUDAVectorize:
    """Builds the function for `vectorize`, signature by signature.

    Raises TypeError for cache=True and KeyError for unknown options.
    """

    def __init__(
        self, func: Callable, identity: Any = None, cache: bool = False, targetoptions: Any = None
    ) -> None:
        if cache:
            raise TypeError("caching is not supported")
        for option in targetoptions or {}:
            if option != "nopython":
                text = f"cuda vectorize target does not support option: '{option}'"
                raise KeyError(f"Unrecognized options. {text}")
            text = "nopython kwarg for cuda target is redundant"
            warnings.warn(text, RuntimeWarning, stacklevel=4)
        self.py_func = func
        self._kernels: dict[tuple, tuple] = {}

    def add(self, sig: Any) -> None:
        """Compile for one more signature."""
        kinds, result = normalize_signature(sig)
        result = result or infer_types(self.py_func, tuple(kinds)).signature.return_type
        core = jit(result(*kinds), device=True)(self.py_func)
        names = [f"a{number}" for number in range(len(kinds))]
        name = f"vectorized_{self.py_func.__name__}".replace("<lambda>", "lambda")
        elements = ", ".join(f"{array}[i]" for array in names)
        source = _SOURCE.format(name=name, arrays=", ".join(names), elements=elements)
        dtypes = tuple(as_dtype(kind) for kind in kinds)
        self._kernels[dtypes] = as_dtype(result), kernel_from_source(source, name, core), core

    def disable_compile(self) -> None:
        """Do nothing: it is compiled for the added signatures only."""

    def build_ufunc(self) -> "UFunc":
        """Return the function of arrays."""
        return UFunc(self.py_func, self._kernels)


class UFunc(ReduceMixin):
    """A ufunc. Raises TypeError where no signature fits, or several do."""

    def __init__(self, py_func: Callable, kernels: dict) -> None:
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self._py_func, self._kernels = py_func, kernels

    def _reduce_states(self) -> dict:
        signatures = [core.declared[0] for _, _, core in self._kernels.values()]
        return {"py_func": self._py_func, "signatures": signatures}

    @classmethod
    def _rebuild(cls, py_func: Callable, signatures: list) -> "UFunc":
        """Return the function that a pickle describes."""
        builder = CUDAVectorize(py_func)
        for signature in signatures:
            builder.add(signature)
        return builder.build_ufunc()

    def __call__(self, *args: Any, out: Any = None, stream: Any = 0) -> Any:
        """Return the function of each element of the broadcast arguments, in `out` if given."""
        scalar = [isinstance(value, (int, float, complex, np.number)) for value in args]
        values = [np.asarray(kernel_argument(value, [])) for value in args]
        dtypes = self._match(values, scalar)
        result, kernel, _ = self._kernels[dtypes]
        try:
            shape = np.broadcast_shapes(*(value.shape for value in values))
        except ValueError as error:
            raise ValueError(f"{self.__name__}: failed to broadcast: {error}") from None
        if all(scalar):
            shape = (1,)  # as numba-cuda does
        flat = [
            np.broadcast_to(value.astype(dtype, copy=False), shape).reshape(-1)
            for value, dtype in zip(values, dtypes, strict=True)
        ]
        found = np.empty(flat[0].size, result)
        kernel.forall(found.size, stream=stream)(*flat, found)
        if out is None:
            out = (
                device_array(shape, result)
                if any(map(on_device, args))
                else np.empty(shape, result)
            )
        target = kernel_argument(out, [])
        if target.shape != shape or target.dtype != result:
            given = f"{target.dtype} of shape {target.shape}"
            expected = f"{result} of shape {shape}"
            raise ValueError(f"{self.__name__}: out is {given}; expected {expected}")
        np.copyto(target, found.reshape(shape))
        return as_numba_cuda(out)

    def _match(self, values: list[np.ndarray], scalar: list[bool]) -> tuple:
        """Return the dtypes of the signature that fits."""
        own = tuple(value.dtype for value in values)
        if any(scalar) and own in self._kernels:
            return own
        fitting = [
            dtypes
            for dtypes in self._kernels
            if len(dtypes) == len(own)
            and all(s or a == b for s, a, b in zip(scalar, own, dtypes, strict=True))
        ]
        if len(fitting) == 1:
            return fitting[0]
        given = ", ".join(map(str, own))
        if fitting:
            text = "Failed to resolve ufunc due to ambiguous signature. Too many untyped scalars"
            raise TypeError(f"{self.__name__}({given}): {text}")
        text = "No matching version. Arrays must have the exact types of a signature"
        raise TypeError(f"{self.__name__}({given}): {text}")

    def reduce(self, arg: Any, stream: Any = 0) -> Any:
        """Reduce a 1-D array by the function, which must be associative."""
        if not arg.shape[0]:
            raise TypeError("Reduction on an empty array.")
        core = self._kernels[(arg.dtype, arg.dtype)][2]
        first = arg[0] if is_cuda_ndarray(arg) else np.asarray(arg)[0]
        return Reduce(core)(arg[1:], init=first, stream=stream)
