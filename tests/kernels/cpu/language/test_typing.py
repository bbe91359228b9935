"""The types of operators and functions in kernels are numba-cuda's, asked of numba-cuda itself.

Only numba-cuda's typing is needed for that, no CUDA compiler and no GPU.
"""

import itertools
import math
import operator

import numpy as np
import pytest
from numba.core import types
from numba.core.errors import NumbaError
from numba.core.target_extension import target_override
from numba.cuda import types as cuda_types
from numba.cuda.cudadrv.error import CudaSupportError
from numba.cuda.descriptor import cuda_target

from crosscheck.kernels.cpu.compiler import program  # noqa: F401  program defines what kernels have
from crosscheck.kernels.cpu.compiler.target import kernel_jit
from crosscheck.kernels.cpu.functions import traits
from crosscheck.kernels.cpu.language.sixteen_bit_floats.bfloat16 import bfloat16
from crosscheck.kernels.cpu.lowering.definitions import TARGET

_TYPES = {
    **{name: getattr(types, name) for name in ("boolean", "int8", "int32", "int64")},
    **{name: getattr(types, name) for name in ("uint8", "uint32", "uint64")},
    **{name: getattr(types, name) for name in ("float16", "float32", "float64")},
    **{name: getattr(types, name) for name in ("complex64", "complex128")},
    "1": types.literal(1),
    "bfloat16": bfloat16,
}
_THEIRS = {bfloat16: cuda_types.bfloat16}  # all others are numba's, there as here
_REAL = [name for name in _TYPES if "complex" not in name and name != "bfloat16"]
_BESIDE_BFLOAT = ["bfloat16", "boolean", "int8", "uint8", "int64", "float16", "float32"]

_OPERATORS_1 = [operator.neg, operator.pos, operator.invert, operator.not_, abs, round]
_CASTS = [int, float, bool, np.int32, np.uint8, np.float32, np.float64]
_OPERATORS_2 = [
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod),
    *(operator.pow, operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift),
    *(operator.eq, operator.lt, divmod, pow),
]
_MATH = [getattr(math, name) for name in dir(math) if callable(getattr(math, name))]
_UFUNCS_1 = [np.sin, np.sqrt, np.exp, np.log1p, np.floor, np.negative, np.isnan, np.square]
_UFUNCS_2 = [np.add, np.arctan2, np.maximum, np.power, np.floor_divide, np.logical_and]


def _contexts():
    ours = kernel_jit(lambda: None).targetdescr.typing_context
    numba_cudas = cuda_target.typing_context
    for context in (ours, numba_cudas):
        context.refresh()
    return (ours, TARGET), (numba_cudas, "cuda")


def _result(context, function, arguments) -> str | None:
    """Return the type of function(*arguments), None where there is no such call."""
    typing, target = context
    try:
        with target_override(target), traits.collecting(traits.Instrumentation.NONE):
            kind = typing.resolve_value_type(function)
            signature = typing.resolve_function_type(kind, arguments, {})
    except (NumbaError, ValueError):
        return None
    except CudaSupportError:  # it would compile to find out
        return "unknown"
    return signature and str(types.unliteral(signature.return_type))


def _compare(functions, names, count) -> tuple[int, list[str]]:
    """Return how many calls numba-cuda gives a type, and where ours is another."""
    ours, numba_cudas = _contexts()
    typed, wrong = 0, []
    for function in functions:
        for chosen in itertools.product(names, repeat=count):
            arguments = tuple(_TYPES[name] for name in chosen)
            theirs = tuple(_THEIRS.get(kind, kind) for kind in arguments)
            expected = _result(numba_cudas, function, theirs)
            given = _result(ours, function, arguments)
            typed += expected not in (None, "unknown")
            if expected not in ("unknown", given):
                call = f"{function.__name__}({', '.join(chosen)})"
                wrong.append(f"{call}: {given}, expected {expected}")
    return typed, wrong


@pytest.mark.parametrize(
    "functions, names, count",
    [
        (_OPERATORS_1 + _CASTS, _TYPES, 1),
        (_OPERATORS_2, _REAL, 2),
        ([min, max], ["int32", "uint64", "float16", "float32", "float64"], 2),
        (_OPERATORS_2[:7], ["complex64", "complex128", "float16", "float32", "int64"], 2),
        (_MATH, _REAL, 1),
        (_MATH, _REAL, 2),
        (_OPERATORS_1 + _CASTS + _MATH, ["bfloat16"], 1),
        (_OPERATORS_2[:7] + _OPERATORS_2[12:14], _BESIDE_BFLOAT, 2),
        (_UFUNCS_1, _REAL, 1),
        (_UFUNCS_2, ["int32", "uint8", "int64", "float32", "float64"], 2),
    ],
    ids=["unary", "binary", "extrema", "complex", "math1", "math2"]
    + ["bfloat1", "bfloat2", "ufuncs1", "ufuncs2"],
)
def test_types_are_numba_cudas(functions, names, count):
    typed, wrong = _compare(functions, names, count)
    assert not wrong
    assert typed > 20


def test_extrema_of_bfloats_are_there_for_nothing_else():
    typed, wrong = _compare([min, max], ["bfloat16"], 2)
    assert typed == 2 and not wrong
