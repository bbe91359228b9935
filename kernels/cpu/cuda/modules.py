"""Modules below numba.cuda that hold names of other modules: one table makes them all.

The modules that define something of their own lie in this folder, under numba.cuda's names.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from numba.core import compiler, lowering
from numba.core.datamodel import models
from numba.core.extending import register_model
from numba.core.imputils import builtin_registry as implementations
from numba.core.typing.templates import builtin_registry as typing

from ..compiler.target import DESCRIPTION
from ..functions.device_function import DeviceFunction
from ..language import vectors
from ..language.memory import cache_hints
from ..language.namespace import cuda
from ..language.sixteen_bit_floats import bf16
from ..launch.decorator import jit
from ..launch.dispatcher import Dispatcher
from .external import declare_device
from .unsupported import INTERNAL, MODULES, PTX, empty_module, names_of

CUDADispatcher = Dispatcher | DeviceFunction  # what cuda.jit makes; isinstance() takes it


def _names_of(module: ModuleType) -> dict[str, Any]:
    return {name: member for name, member in vars(module).items() if not name.startswith("__")}


_MEMBERS: dict[str, dict[str, Any]] = {
    "_internal": {},
    "_internal.cuda_bf16": bf16.MEMBERS | {"nv_bfloat16": bf16.bfloat16},
    "cache_hints": cache_hints.LOADS | cache_hints.STORES,
    "compiler": _names_of(compiler),
    "cudadecl": {  # how an extension types functions and attributes
        "registry": typing,
        "register": typing.register,
        "register_attr": typing.register_attr,
        "register_global": typing.register_global,
    },
    "cudaimpl": {  # how it lowers them
        "registry": implementations,
        "lower": implementations.lower,
        "lower_attr": implementations.lower_getattr,
        "lower_constant": implementations.lower_constant,
        "lower_cast": implementations.lower_cast,
    },
    "decorators": {"declare_device": declare_device, "jit": jit},
    "descriptor": {"cuda_target": DESCRIPTION},
    "dispatcher": {"CUDADispatcher": CUDADispatcher},
    "flags": _names_of(compiler),
    "intrinsics": _names_of(cuda),
    "lowering": _names_of(lowering),
    "models": _names_of(models) | {"register_model": register_model},
    "stubs": _names_of(cuda),
    "vector_types": {"VectorType": vectors.VectorType, "vector_types": vectors.VECTOR_TYPES},
}
_NAMESPACES = ("bf16", "cg", "fp16", "libdevice")  # kernels see these modules, too

_INCOMPLETE = (  # modules with a file here that has a part of numba-cuda's names
    "cudadrv.devicearray",
    "cudadrv.driver",
    "cudadrv.linkable_code",
    "deviceufunc",
    "errors",
    "random",
    "vectorizers",
)


def _made() -> dict[str, ModuleType]:
    reasons = dict.fromkeys(_MEMBERS, INTERNAL) | MODULES | {"compiler": PTX}
    modules = {name: empty_module(name, reason) for name, reason in reasons.items()}
    for name, names in _MEMBERS.items():
        vars(modules[name]).update(names)
    return modules | {name: getattr(cuda, name) for name in _NAMESPACES}


def register() -> None:
    """Let the modules be imported from this package, which they become attributes of."""
    for name in _INCOMPLETE:
        vars(import_module(f"{__package__}.{name}"))["__getattr__"] = names_of(name, INTERNAL)
    modules = _made()
    packages = {name.rpartition(".")[0] for name in modules}
    for name, module in modules.items():
        parent, _, last = f"{__package__}.{name}".rpartition(".")
        module.__spec__ = ModuleSpec(f"{parent}.{last}", None, is_package=name in packages)
        if name in packages:
            module.__path__ = []
        sys.modules[f"{parent}.{last}"] = module
        setattr(sys.modules[parent], last, module)
