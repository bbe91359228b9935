"""Values and arrays whose origin the compiler does not see: an index, a pointer, an address."""

from llvmlite import ir
from numba.core import types

from crosscheck.kernels.cpu.language.memory import pointers
from crosscheck.kernels.gpu import intrinsic
from crosscheck.kernels.ptx.instruction import I64, Intrinsics, address, instruction


def _opaque(typing, i):
    def generate(context, builder, signature, arguments):
        (value,) = arguments
        bits, letter = (32, "r") if value.type.width == 32 else (64, "l")
        function = ir.FunctionType(value.type, [value.type])
        asm = ir.InlineAsm(function, f"mov.u{bits} $0, $1;", f"={letter},{letter}")
        return builder.call(asm, [value])

    return i(i), generate


@instruction(_opaque)
def opaque(i):
    """Return the index i, and the compiler does not know where it came from.

    What it knows of i it uses on i + constant, for every constant anew; what it does not, it adds
    once, and the constants become parts of the instructions that load and store.
    """
    return i


def _array_at(typing, dtype, address, count):
    kind = types.Array(dtype.dtype, 1, "C")

    def generate(context, builder, signature, arguments):
        _, address, count = arguments
        made = context.make_array(kind)(context, builder)
        in_global = ir.PointerType(made.data.type.pointee, addrspace=1)
        made.data = builder.addrspacecast(builder.inttoptr(address, in_global), made.data.type)
        size = I64(kind.dtype.bitwidth // 8)
        made.itemsize, made.nitems = size, count
        made.shape = context.make_tuple(builder, types.UniTuple(types.intp, 1), [count])
        made.strides = context.make_tuple(builder, types.UniTuple(types.intp, 1), [size])
        return made._getvalue()

    return kind(dtype, types.int64, types.int64), generate


array_at = Intrinsics(pointers.array_at, intrinsic(_array_at))


def _hold(typing, array, at):
    pair = types.Tuple([array, at])

    def generate(context, builder, signature, arguments):
        made = context.make_array(array)(context, builder, value=arguments[0])
        pointer = address(context, builder, array, *arguments)
        in_global = ir.PointerType(pointer.type.pointee, addrspace=1)
        number = builder.ptrtoint(builder.addrspacecast(pointer, in_global), I64)
        function = ir.FunctionType(I64, [I64])
        asm = ir.InlineAsm(function, "mov.b64 $0, $1;", "=l,l")
        held = builder.inttoptr(
            builder.call(asm, [number], attrs=("readnone", "nounwind")), in_global
        )
        made.data = builder.addrspacecast(held, pointer.type)
        return context.make_tuple(builder, pair, [made._getvalue(), arguments[1].type(0)])

    return pair(array, at), generate


@instruction(_hold)
def hold(array, at):
    """Return an array and a place in it from where it is as `array` from `at`.

    The compiler adds an offset to the pointer of an array wherever it uses the sum. This one is
    there already, so accesses that are constants apart need no addition.
    """
    return array, at
