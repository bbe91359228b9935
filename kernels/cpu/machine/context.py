"""Emits code that finds the worker and thread records of the running kernel (layout.py)."""

from llvmlite import ir

from . import layout
from .aliasing import mark_record_access

I1 = ir.IntType(1)
I8 = ir.IntType(8)
I32 = ir.IntType(32)
I64 = ir.IntType(64)
PTR = ir.PointerType()


class HostAssembly(ir.InlineAsm):
    """Inline assembly of this processor; any other in a kernel is PTX (language/ptx/inline.py)."""


def declare(builder: ir.IRBuilder, name: str, result: ir.Type, arguments: list) -> ir.Function:
    """Return the module's declaration of an external function."""
    module = builder.module
    found = module.globals.get(name)
    return found or ir.Function(module, ir.FunctionType(result, arguments), name)


def constant(module: ir.Module, name: str) -> ir.GlobalVariable:
    """Return the module's declaration of a 64-bit constant, which may be defined elsewhere."""
    found = module.globals.get(name) or ir.GlobalVariable(module, I64, name)
    found.global_constant = True
    return found


def worker(builder: ir.IRBuilder) -> ir.Value:
    """Return the address of the worker: that of the stack, rounded down."""
    frame_address = declare(builder, "llvm.frameaddress.p0", PTR, [I32])
    frame = builder.call(frame_address, [ir.Constant(I32, 0)])
    base = builder.and_(builder.ptrtoint(frame, I64), ir.Constant(I64, -layout.ARENA))
    return builder.inttoptr(base, PTR)


def word_address(builder: ir.IRBuilder, base: ir.Value, number: int) -> ir.Value:
    """Return the address of a 64-bit word of a record."""
    return builder.gep(base, [ir.Constant(I64, number)], source_etype=I64)


def load_word(builder: ir.IRBuilder, base: ir.Value, number: int) -> ir.Value:
    """Load a 64-bit word of a record."""
    return mark_record_access(builder.load(word_address(builder, base, number), typ=I64))


def store_word(builder: ir.IRBuilder, base: ir.Value, number: int, value: ir.Value) -> None:
    """Store a 64-bit word of a record."""
    mark_record_access(builder.store(value, word_address(builder, base, number)))


def thread(builder: ir.IRBuilder) -> ir.Value:
    """Return the address of the running thread's record."""
    return mark_record_access(
        builder.load(word_address(builder, worker(builder), layout.CURRENT_THREAD), typ=PTR)
    )
