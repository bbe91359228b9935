"""The target kernels are compiled for: numba's CPU, with numba-cuda's meaning where the two differ.

It finds what definitions.py holds. Only what is compiled for this target sees that: numba's own CPU
target, and with it a program's plain @njit, is left alone. Machine code is made by the CPU target's
code generator.
"""

from functools import cached_property, partial

import numpy as np
from llvmlite import ir
from numba import jit as numba_jit
from numba.core import cgutils, externals, types, typing
from numba.core.cpu import CPUContext
from numba.core.datamodel import DataModelManager, default_manager
from numba.core.dispatcher import Dispatcher
from numba.core.errors import UnsupportedError
from numba.core.registry import CPUTarget
from numba.core.runtime.context import NRTContext
from numba.core.sigutils import normalize_signature
from numba.core.target_extension import (
    CPU,
    dispatcher_registry,
    jit_registry,
    target_override,
    target_registry,
)
from numba.np.arrayobj import make_array, populate_array

from ..functions import traits
from ..functions.rebind import references
from ..language import printing
from ..language.sixteen_bit_floats import casts
from ..lowering import definitions, truncation
from ..lowering.definitions import TARGET
from ..lowering.scratch import ScratchMemory
from ..machine import recursion
from ..machine.aliasing import mark_array_access
from .codegen import DeferredCodegen

_SCALARS = (types.Number, types.Boolean)


class _KernelTarget(CPU):
    """All that numba knows for a CPU, kernels have as well."""


class _TypingContext(typing.Context):
    def refresh(self):
        """Load what numba has come to know; what is said to be for this target counts."""
        with target_override(TARGET):
            super().refresh()

    def resolve_value_type(self, val):
        """Compile a function defined in a kernel, which numba makes one of its own, for kernels."""
        if isinstance(val, Dispatcher) and not isinstance(val, _KernelDispatcher):
            val = traits.current().adopt(val)
        return super().resolve_value_type(val)

    def _own(self, function):
        """Return the type that `define` gave a function, None where it gave none."""
        return definitions.type_of(function, self._lookup_global)

    def _get_global_type(self, gv):
        return self._own(gv) or super()._get_global_type(gv)

    def _resolve_user_function_type(self, func, args, kws, literals=None):
        own = self._own(func) or func
        return super()._resolve_user_function_type(own, args, kws, literals)


class _Context(CPUContext):
    allow_dynamic_globals = False  # no address of this process in a program: it goes to disk
    strict_alignment = True  # a record's field that lies askew is refused: a GPU cannot load it

    def __init__(self, typingctx, target):
        super().__init__(typingctx, target)
        own = DataModelManager(casts.MODELS)
        self.data_model_manager = own.chain(default_manager)

    def init(self):
        self.is32bit = False
        self._internal_codegen = DeferredCodegen(TARGET)
        externals.c_math_functions.install(self)

    @property
    def nrt(self):
        """Where numba gets memory: its own runtime, or what it gives back at once."""
        return NRTContext(self, True) if self.enable_nrt else ScratchMemory(self, False)

    def pack_value(self, builder, ty, value, ptr, align=None):
        """Store an array's element."""
        if not isinstance(ty, _SCALARS):
            return super().pack_value(builder, ty, value, ptr, align)
        data = self.data_model_manager[ty].as_data(builder, value)
        mark_array_access(builder.store(data, ptr, align=align))

    def unpack_value(self, builder, ty, ptr, align=None):
        """Load an array's element."""
        if not isinstance(ty, _SCALARS):
            return super().unpack_value(builder, ty, ptr, align)
        model = self.data_model_manager[ty]
        data = builder.load(ptr, align=align, typ=model.get_data_type())
        return model.from_data(builder, mark_array_access(data))

    def cast(self, builder, val, fromty, toty):
        """Convert a value: 16-bit floats as short_casts.py does, floats to integers as GPUs do."""
        if casts.applies_to(fromty, toty):
            return casts.cast(self, builder, val, fromty, toty)
        if isinstance(fromty, types.Float) and isinstance(toty, types.Integer):
            return truncation.cast(builder, val, self.get_value_type(toty), toty.signed)
        return super().cast(builder, val, fromty, toty)

    def get_executable(self, library, fndesc, env):
        """Return what stands for a function where another calls it: nobody else does."""
        if not fndesc.native:
            raise UnsupportedError("objmode runs Python, which a kernel cannot")
        return fndesc.llvm_func_name

    def get_function(self, fn, sig, _firstcall=True):
        """Return what makes the code of a call; a call of print() is a statement of its own."""
        if fn is print:
            return partial(printing.lower, self, signature=sig)
        return super().get_function(fn, sig, _firstcall)

    def call_internal(self, builder, fndesc, sig, args):
        """Call a function that numba compiles on the way; one that calls itself, if it has room."""
        if builder.function.name == fndesc.llvm_func_name:
            recursion.check_stack_room(self.call_conv, builder)
        return super().call_internal(builder, fndesc, sig, args)

    def call_unresolved(self, builder, name, sig, args):
        """Refuse functions that call each other, as numba-cuda does."""
        text = "device functions call each other, or one itself with arguments of other types"
        raise UnsupportedError(f"{text}; expected calls of itself with arguments of its own types")

    def make_constant_array(self, builder, typ, ary):
        """Make an array's values part of the program, whatever its strides.

        A device array stays where it is: the program has its address, and is of this process alone.
        """
        if hasattr(ary, "to_kernel"):
            traits.current().captured.append(ary.to_kernel([]))
            return self._array_at_its_address(builder, typ, traits.current().captured[-1])
        return super().make_constant_array(builder, typ, np.asarray(ary, order="C"))

    def _array_at_its_address(self, builder, typ, view):
        array = make_array(typ)(self, builder)
        word = self.get_value_type(types.intp)
        address = ir.Constant(word, view.__array_interface__["data"][0])
        shape, strides = ([ir.Constant(word, n) for n in of] for of in (view.shape, view.strides))
        data = builder.inttoptr(address, array.data.type)
        itemsize = ir.Constant(word, view.itemsize)
        populate_array(array, data, shape, strides, itemsize, meminfo=None)
        return array._getvalue()

    def add_dynamic_addr(self, builder, intaddr, info):
        """Refuse addresses, but for a function's own: calls go by its name, nobody reads that."""
        if info not in (_KernelDispatcher.__name__, "CPUDispatcher"):
            raise UnsupportedError(f"a kernel refers to a {info} by its address; it cannot")
        return ir.Constant(cgutils.voidptr_t, None)


class _Description(CPUTarget):
    @cached_property
    def _toplevel_typing_context(self):
        return _TypingContext()

    @cached_property
    def _toplevel_target_context(self):
        return _Context(self.typing_context, TARGET)


DESCRIPTION = _Description(TARGET)


class _KernelDispatcher(Dispatcher):
    targetdescr = DESCRIPTION
    declared = ()  # signatures; with them there are no others
    compiler = None  # of functions defined in this one; None in what numba makes: its caller's

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self._traits: dict[tuple, traits.Traits] = {}

    def compile(self, sig):
        """Compile for this target, also what numba compiles on the way; or take what there is."""
        argument_types = tuple(normalize_signature(sig)[0])
        known = self._traits.get(argument_types)
        if known is None or known.instrumentation != traits.current().instrumentation:
            self.overloads.pop(argument_types, None)  # numba keeps one of an overload for all modes
            with target_override(TARGET), traits.of_callee(self.compiler) as known:
                super().compile(sig)
            self._traits[argument_types] = known
        traits.current().add_callee(known)
        return self.overloads[argument_types].entry_point

    def add_overload(self, cres):
        """Note what was compiled, for kernels alone: Python cannot call it."""
        self.overloads[tuple(cres.signature.args)] = cres

    def get_call_template(self, args, kws):
        for signature in self.declared:
            self.compile(signature)
        if self.declared:
            self.disable_compile()
        if any(value is self for value in references(self.py_func).values()):
            args = tuple(map(types.unliteral, args))  # it calls itself with other numbers
        return super().get_call_template(args, kws)


jit = partial(numba_jit, _target=TARGET)  # numba's decorator for this target

target_registry[TARGET] = _KernelTarget
dispatcher_registry[_KernelTarget] = _KernelDispatcher
jit_registry[_KernelTarget] = jit
