"""The way into a program: `i32 name(ptr arguments)`, around the function that numba made.

It takes a kernel's arguments flattened into 8-byte slots and returns numba's status code. Where
threads may wait it runs one, on that thread's fiber. Otherwise it takes blocks until none is left,
and loops over the threads of each, x innermost, with the kernel inlined: LLVM then keeps threadIdx
in registers and, where the kernel allows it, runs neighbouring threads as the lanes of a vector.
"""

from collections.abc import Callable

from llvmlite import ir
from numba.core import cgutils

from ..machine import block_loop, context, hooks, layout

_INTERLEAVE = "llvm.loop.interleave.count"


def entry_module(compiled, name: str, fiber_per_thread: bool, places: dict[str, int]) -> str:
    """Return LLVM's text of the entry; `apart` says that it runs one thread a call.

    `places` are the constants that the code below leaves open: where static shared arrays start.
    """
    target = compiled.target_context
    module = target.codegen()._create_empty_module(name)
    for symbol, place in places.items():
        context.constant(module, symbol).initializer = context.I64(place)
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
    """Loop over the threads of a block; return what names the innermost loop.

    All are the one whose record comes first: its place is known, so LLVM sees that the index it is
    given here is the threadIdx that the kernel reads. Counters of 32 bits tell it, too, that the
    index fits an int32.
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
    # Blocks are often 16 wide: several vectors a turn would leave them to the scalar rest.
    one_vector = builder.module.add_metadata([_INTERLEAVE, context.I32(1)])
    identity = builder.module.add_metadata([one_vector])
    _, latch = index.incomings[-1]
    latch.terminator.set_metadata("llvm.loop", identity)
    return identity


def _identify(text: str, loop: ir.MDValue) -> str:
    """Make a loop's metadata its own first operand, as LLVM wants it and llvmlite cannot say it."""
    own = loop.get_reference()
    return text.replace(f"{own} = !{{ ", f"{own} = distinct !{{ {own}, ")
