"""Memory that one operation of numba's allocates and frees, from the C library.

y[:] = x copies x first where the two may overlap. Arrays that a kernel creates, as x + y does, are
refused, as numba-cuda refuses them by default: they would need reference counts.
"""

from llvmlite import ir
from numba.core import cgutils
from numba.core.runtime.context import NRTContext

_MALLOC = ir.FunctionType(cgutils.voidptr_t, [cgutils.intp_t])
_FREE = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t])


class ScratchMemory(NRTContext):
    """numba's interface for allocation. Where no memory is left, the kernel raises MemoryError."""

    def allocate_unchecked(self, builder: ir.IRBuilder, size: ir.Value) -> ir.Value:
        """Emit the allocation of memory; null where none is left."""
        malloc = cgutils.get_or_insert_function(builder.module, _MALLOC, "malloc")
        return builder.call(malloc, [size])

    def free(self, builder: ir.IRBuilder, ptr: ir.Value) -> None:
        """Emit its release."""
        builder.call(cgutils.get_or_insert_function(builder.module, _FREE, "free"), [ptr])
