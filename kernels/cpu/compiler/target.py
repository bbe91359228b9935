"""The numba target of kernels: numba's CPU target, with numba-cuda's semantics where they differ.

It finds what lowering/definitions.py holds, for kernels alone: numba's own CPU target, and with it
the user's @njit functions, stays as it is.
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
from . import registrations
from .codegen import DeferredCodegen
from .located import Located

_SCALARS = (types.Number, types.Boolean)


class _KernelTarget(CPU):
    """Inherits everything that is registered for numba's CPU target."""


class _TypingContext(typing.Context):
    _installed = 0

    def refresh(self):
        """Load new registrations. Those for this target take precedence."""
        if self._installed != registrations.count(self) or not self._installed:
            with target_override(TARGET):
                super().refresh()
            self._installed = registrations.count(self)

    def resolve_value_type(self, val):
        """Compile functions that are defined in a kernel for this target, too."""
        if isinstance(val, Dispatcher) and not isinstance(val, _KernelDispatcher):
            val = traits.current().adopt(val)
        return super().resolve_value_type(val)

    def _own(self, function):
        """Return the type of a function that `define` was called for, None for any other."""
        return definitions.type_of(function, self._lookup_global)

    def _get_global_type(self, gv):
        return self._own(gv) or super()._get_global_type(gv)

    def _resolve_user_function_type(self, func, args, kws, literals=None):
        own = self._own(func) or func
        return super()._resolve_user_function_type(own, args, kws, literals)


class _Context(CPUContext):
    allow_dynamic_globals = False  # a program goes to disk, so it holds no address of this process
    strict_alignment = True  # a misaligned field of a record is refused: a GPU cannot load it

    def __init__(self, typingctx, target):
        super().__init__(typingctx, target)
        own = DataModelManager(casts.MODELS)
        self.data_model_manager = own.chain(default_manager)

    _installed = 0

    def refresh(self):
        """Load new registrations."""
        if self._installed != registrations.count(self) or not self._installed:
            super().refresh()
            self._installed = registrations.count(self)
        self.typing_context.refresh()

    def init(self):
        self.is32bit = False
        self._internal_codegen = DeferredCodegen(TARGET)
        externals.c_math_functions.install(self)

    @property
    def nrt(self):
        """What numba allocates with: its runtime, or memory that it frees within one operation."""
        return NRTContext(self, True) if self.enable_nrt else ScratchMemory(self, False)

    def pack_value(self, builder, ty, value, ptr, align=None):
        """Store an element of an array."""
        if not isinstance(ty, _SCALARS):
            return super().pack_value(builder, ty, value, ptr, align)
        data = self.data_model_manager[ty].as_data(builder, value)
        mark_array_access(builder.store(data, ptr, align=align))

    def unpack_value(self, builder, ty, ptr, align=None):
        """Load an element of an array."""
        if not isinstance(ty, _SCALARS):
            return super().unpack_value(builder, ty, ptr, align)
        model = self.data_model_manager[ty]
        data = builder.load(ptr, align=align, typ=model.get_data_type())
        return model.from_data(builder, mark_array_access(data))

    def cast(self, builder, val, fromty, toty):
        """Convert a value. Casts of 16-bit floats, and of floats to integers, are as on a GPU."""
        if casts.applies_to(fromty, toty):
            return casts.cast(self, builder, val, fromty, toty)
        if isinstance(fromty, types.Float) and isinstance(toty, types.Integer):
            return truncation.cast(builder, val, self.get_value_type(toty), toty.signed)
        return super().cast(builder, val, fromty, toty)

    def get_executable(self, library, fndesc, env):
        """Return a function's symbol: only other functions of the program call it."""
        if not fndesc.native:
            raise UnsupportedError("objmode runs Python, which a kernel cannot")
        return fndesc.llvm_func_name

    def get_function(self, fn, sig, _firstcall=True):
        """Return the lowering of a call, with inline PTX replaced; print() has one of its own."""
        if fn is print:
            return partial(printing.lower, self, signature=sig)
        return Located(super().get_function(fn, sig, _firstcall), fn)

    def call_internal(self, builder, fndesc, sig, args):
        """Emit the call of a function that numba compiles; check the stack if it is recursive."""
        if builder.function.name == fndesc.llvm_func_name:
            recursion.check_stack_room(self.call_conv, builder)
        return super().call_internal(builder, fndesc, sig, args)

    def call_unresolved(self, builder, name, sig, args):
        """Refuse functions that call each other, as numba-cuda does."""
        text = "device functions call each other, or one itself with arguments of other types"
        raise UnsupportedError(f"{text}; expected calls of itself with arguments of its own types")

    def make_constant_array(self, builder, typ, ary):
        """Make the values of an array part of the program, whatever its strides.

        Of a device array it holds the address: such a program is not kept on disk.
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
        """Refuse the address of an object. A function's is unused: calls are by its symbol."""
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
    declared = ()  # signatures: where there are some, it is compiled for no others
    make_dispatcher = None  # for functions defined in this one; None: as its caller does

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self._traits: dict[tuple, traits.Traits] = {}

    def compile(self, sig):
        """Compile for this target, unless it has been; note its traits in those of its caller."""
        argument_types = tuple(normalize_signature(sig)[0])
        known = self._traits.get(argument_types)
        if known is None or known.instrumentation != traits.current().instrumentation:
            self.overloads.pop(argument_types, None)  # it was compiled for another instrumentation
            with target_override(TARGET), traits.of_callee(self.make_dispatcher) as known:
                super().compile(sig)
            self._traits[argument_types] = known
        traits.current().add_callee(known)
        return self.overloads[argument_types].entry_point

    def add_overload(self, cres):
        """Keep what was compiled. Python cannot call it, so it needs no wrapper."""
        self.overloads[tuple(cres.signature.args)] = cres

    def get_call_template(self, args, kws):
        for signature in self.declared:
            self.compile(signature)
        if self.declared:
            self.disable_compile()
        if any(value is self for value in references(self.py_func).values()):
            args = tuple(map(types.unliteral, args))  # it is recursive, with other values
        return super().get_call_template(args, kws)


kernel_jit = partial(numba_jit, _target=TARGET)  # numba's decorator for this target

target_registry[TARGET] = _KernelTarget
dispatcher_registry[_KernelTarget] = _KernelDispatcher
jit_registry[_KernelTarget] = kernel_jit
