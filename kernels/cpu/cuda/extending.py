"""numba.cuda.extending: numba's API for extensions, for kernels.

What is registered for target "cuda" is for kernels only. That is the default target of `overload`,
`overload_method` and the like.
"""

from functools import partial
from typing import Any

from numba.core import extending as _numbas
from numba.core.datamodel import models as core_models  # noqa: F401
from numba.core.extending import *  # noqa: F403
from numba.core.extending import (  # noqa: F401
    NativeValue,
    _Intrinsic,
    box,
    infer,
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_cast,
    lower_getattr,
    lower_getattr_generic,
    lower_setattr,
    lower_setattr_generic,
    make_attribute_wrapper,
    models,
    register_jitable,
    register_model,
    type_callable,
    typeof_impl,
    unbox,
)

from ..lowering.definitions import TARGET
from .modules import CUDADispatcher

overload = partial(_numbas.overload, target=TARGET)
overload_attribute = partial(_numbas.overload_attribute, target=TARGET)
overload_classmethod = partial(_numbas.overload_classmethod, target=TARGET)
overload_method = partial(_numbas.overload_method, target=TARGET)


def is_jitted(function: Any) -> bool:
    """Return whether it was made by cuda.jit."""
    return isinstance(function, CUDADispatcher)
