"""guvectorize(target="cuda"): a function of small arrays as one of arrays with more axes.

    @guvectorize(["void(float32[:], float32[:])"], "(n)->(n)", target="cuda")
    def running_sum(x, out): ...

One thread is one call of the function; deviceufunc.py plans the calls.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types
from numba.core.sigutils import normalize_signature
from numba.np.numpy_support import as_dtype

from ..arguments.device_memory import kernel_argument
from ..launch.decorator import jit
from .api import device_array
from .deviceufunc import GUFuncEngine
from .ufunc import as_numba_cuda, kernel_from_source, on_device

_SOURCE = """
def {name}({arrays}):
    i = cuda.grid(1)
    if i < a0.shape[0]:
        core({parts})
"""


def _part(array: str, rank: int, kind: types.Type) -> str:
    """Return the source of the part of an array that call number i gets."""
    if rank:
        return f"{array}[i, {', '.join(':' * rank)}]"
    return f"{array}[i : i + 1]" if isinstance(kind, types.Array) else f"{array}[i]"


class CUDAGUFuncVectorize:
    """Builds the function for `guvectorize`. Raises TypeError for unknown options."""

    def __init__(
        self,
        func: Callable,
        sig: str,
        identity: Any = None,
        cache: bool = False,
        targetoptions: Any = None,
        writable_args: Any = (),
    ) -> None:
        if cache:
            raise TypeError("caching is not supported")
        if writable_args:
            raise TypeError("writable_args are not supported")
        options = dict(targetoptions or {})
        if not options.pop("nopython", True):
            raise TypeError("nopython flag must be True")
        if options:
            names = ", ".join(map(repr, options))
            raise TypeError(f"The following target options are not supported: {names}")
        self.py_func = func
        self._engine = GUFuncEngine.from_signature(sig)
        self._kernels: dict[tuple, tuple] = {}

    def add(self, sig: Any) -> None:
        """Compile for one more signature. Raises TypeError for one with a return value."""
        kinds, result = normalize_signature(sig)
        if result not in (None, types.none):
            text = f"signature {sig} specifies {result} return type"
            raise TypeError(f"guvectorized functions cannot return values: {text}")
        letters = self._engine.sin + self._engine.sout
        for kind, axes in zip(kinds, letters, strict=True):
            if axes and not isinstance(kind, types.Array):
                raise ValueError("gufunc signature mismatch: ndim>0 for scalar")
        core = jit(types.void(*kinds), device=True)(self.py_func)
        names = [f"a{number}" for number in range(len(kinds))]
        ranks = [len(axes) for axes in letters]
        parts = [_part(*given) for given in zip(names, ranks, kinds, strict=True)]
        name = f"gufunc_{self.py_func.__name__}"
        source = _SOURCE.format(name=name, arrays=", ".join(names), parts=", ".join(parts))
        dtypes = [as_dtype(getattr(kind, "dtype", kind)) for kind in kinds]
        count = self._engine.nin
        kernel = kernel_from_source(source, name, core)
        self._kernels[tuple(dtypes[:count])] = tuple(dtypes[count:]), kernel

    def disable_compile(self) -> None:
        """Do nothing: it is compiled for the added signatures only."""

    def build_ufunc(self) -> "GUFunc":
        """Return the function of arrays."""
        return GUFunc(self.py_func, self._engine, self._kernels)


class GUFunc:
    """A generalized ufunc. Raises TypeError or ValueError for what no signature takes."""

    def __init__(self, py_func: Callable, engine: GUFuncEngine, kernels: dict) -> None:
        self.__name__, self.__doc__ = py_func.__name__, py_func.__doc__
        self._engine, self._kernels = engine, kernels

    def __call__(self, *args: Any, out: Any = None, stream: Any = 0) -> Any:
        """Return the outputs: the given arrays, where there are any."""
        inputs, given = self._arguments(args, out)
        values = [np.asarray(kernel_argument(value, [])) for value in inputs]
        plan = self._engine.schedule([value.shape for value in values])
        dtypes = self._match(values)
        for value, own, dtype in zip(inputs, values, dtypes, strict=True):
            if on_device(value) and own.dtype != dtype:
                text = f"a device array is {own.dtype}, and does not support .astype()"
                raise TypeError(f"{self.__name__}: {text}; expected {dtype}")
        result_dtypes, kernel = self._kernels[dtypes]
        for wanted, item in zip(plan.output_shapes, given, strict=True):
            if item is not None and np.shape(kernel_argument(item, [])) != wanted:
                raise ValueError("output shape mismatch")
        if not plan.loopn:
            raise ValueError(f"{self.__name__}: zero looping dimension: {plan.loopdims}")
        flat = []
        for value, dtype, core in zip(values, dtypes, plan.ishapes, strict=True):
            if value.ndim - len(core) > len(plan.loopdims):  # the same part in every call
                value = value.reshape(core)
            whole = np.broadcast_to(value, plan.loopdims + core)
            flat.append(np.array(whole, dtype, order="C").reshape(plan.loopn, *core))
        made = [
            np.empty((plan.loopn, *shape), dtype)
            if item is None
            else np.array(kernel_argument(item, []), dtype).reshape(plan.loopn, *shape)
            for shape, dtype, item in zip(plan.oshapes, result_dtypes, given, strict=True)
        ]
        kernel.forall(plan.loopn, stream=stream)(*flat, *made)
        device = any(on_device(value) for value in (*args, out))
        results = []
        for item, found, shape in zip(given, made, plan.output_shapes, strict=True):
            if item is None:
                item = (device_array if device else np.empty)(shape, found.dtype)
            np.copyto(kernel_argument(item, []), found.reshape(shape))
            results.append(as_numba_cuda(item))
        return results[0] if len(results) == 1 else tuple(results)

    def _arguments(self, args: tuple, out: Any) -> tuple[tuple, list]:
        """Return the inputs, and for each output the given array or None."""
        count, outputs = self._engine.nin, self._engine.nout
        if out is not None and len(args) > count:
            raise ValueError("cannot specify argument 'out' as both positional and keyword")
        if len(args) not in (count, count + outputs):
            text = f"This gufunc accepts {_positional(count)} (when providing input only) or "
            text += f"{_positional(count + outputs)} (when providing input and output)."
            raise TypeError(f"{text} Got {_positional(len(args))}.")
        given = args[count:] or (out if isinstance(out, tuple) else (out,) * outputs)
        return args[:count], list(given)

    def _match(self, values: list[np.ndarray]) -> tuple:
        """Return the dtypes of the signature that fits exactly, else of one that fits by casts."""
        own = tuple(value.dtype for value in values)
        if own in self._kernels:
            return own
        for dtypes in self._kernels:
            pairs = list(zip(own, dtypes, strict=True))
            if all(np.can_cast(a, b) for a, b in pairs) or all(np.can_cast(b, a) for a, b in pairs):
                return dtypes
        raise TypeError(f"{self.__name__}: no matching signature for {', '.join(map(str, own))}")


def _positional(count: int) -> str:
    return f"{count} positional argument{'' if count == 1 else 's'}"
