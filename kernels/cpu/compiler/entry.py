"""The entry of a program: `i32 name(ptr arguments)`, which calls the function that numba compiled.

It takes the kernel's arguments flattened into 8-byte slots and returns numba's status code. Where
threads may wait, it runs one thread, on that thread's fiber. Otherwise it takes blocks until none
is left and loops over the threads of each, x innermost, with the kernel inlined. LLVM then keeps
threadIdx in registers and, where the kernel allows it, vectorizes the loop over x.
"""

from collections.abc import Callable

from llvmlite import ir
from numba.core import cgutils

from ..machine import block_loop, context, hooks, layout

_INTERLEAVE = "llvm.loop.interleave.count"


def entry_module(compiled, name: str, fiber_per_thread: bool, offsets: dict[str, int]) -> str:
    """Return the LLVM IR of the entry. With `fiber_per_thread`, a call of it runs one thread.

    `offsets` define the symbols that the kernel leaves open: where its static shared arrays start.
    """
    target = compiled.target_context
    module = target.codegen()._create_empty_module(name)
    for symbol, offset in offsets.items():
        context.constant(module, symbol).initializer = context.I64(offset)
    entry = ir.Function(module, ir.FunctionType(context.I32, [context.PTR]), name)
    builder = ir.IRBuilder(entry.append_basic_block("entry"))
    body = target.declare_function(module, compiled.fndesc)
    body.attributes.add("alwaysinline")
    argument_types = compiled.fndesc.argtypes
    packer = target.get_arg_packer(argument_types)
    slots = [
        builder.load(context.word_address(builder, entry.args[0], number), typ=type_)
        for number, type_ in enumerate(packer.argument_types)
    ]
    arguments = packer.from_arguments(builder, slots)
    worker = context.worker(builder)

    def run_thread() -> None:
        hooks.event(builder, hooks.THREAD_BEGINS)
        status, _ = target.call_conv.call_function(
            builder, body, compiled.fndesc.restype, argument_types, arguments
        )
        with builder.if_then(status.is_error, likely=False):
            exception = builder.ptrtoint(status.excinfoptr, context.I64)
            context.store_word(builder, worker, layout.EXCEPTION, exception)
            builder.ret(status.code)

    innermost = None
    if fiber_per_thread:
        run_thread()
    else:
        with block_loop.for_each_block(builder, worker):
            innermost = _for_every_thread(builder, worker, run_thread)
    builder.ret(context.I32(0))
    text = str(module)
    return text if innermost is None else _identify(text, innermost)


def _for_every_thread(
    builder: ir.IRBuilder, worker: ir.Value, run_thread: Callable[[], None]
) -> ir.MDValue:
    """Emit the loops over the threads of a block; return the metadata of the innermost one.

    All threads use the first thread record. Its address is known, so LLVM sees that the kernel's
    threadIdx is the index stored here. Counters of 32 bits also show it that an index fits an
    int32.
    """
    thread = builder.gep(worker, [context.I64(layout.THREADS_OFFSET)], source_etype=context.I8)
    context.store_word(builder, worker, layout.CURRENT_THREAD, thread)
    extents = [
        builder.trunc(context.load_word(builder, worker, layout.BLOCK_DIM + axis), context.I32)
        for axis in range(3)
    ]

    def loop(axis: int) -> ir.PhiInstr:
        with cgutils.for_range(builder, extents[axis]) as position:
            number = builder.zext(position.index, context.I64)
            context.store_word(builder, thread, layout.THREAD_IDX + axis, number)
            if axis == 0:
                run_thread()
                return position.index
            return loop(axis - 1)

    index = loop(2)
    # Blocks are often 16 wide: with interleaved vectors all would run in the scalar remainder.
    one_vector = builder.module.add_metadata([_INTERLEAVE, context.I32(1)])
    identity = builder.module.add_metadata([one_vector])
    _, latch = index.incomings[-1]
    latch.terminator.set_metadata("llvm.loop", identity)
    return identity


def _identify(text: str, loop: ir.MDValue) -> str:
    """Make a loop's metadata refer to itself, as LLVM requires and llvmlite cannot express."""
    own = loop.get_reference()
    return text.replace(f"{own} = !{{ ", f"{own} = distinct !{{ {own}, ")
