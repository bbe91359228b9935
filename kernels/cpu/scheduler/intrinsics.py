"""Intrinsics of the scheduler and the sanitizer's runtime, which numba compiles: words, fibers."""

from numba.core import types
from numba.core.extending import intrinsic

from ..functions import traits
from ..machine import context, fibers, random_numbers


def _address(builder, base, word):
    return builder.gep(builder.inttoptr(base, context.PTR), [word], source_etype=context.I64)


@intrinsic
def load(typing_context, base, word):
    """Return word number `word` of the record at address `base`."""

    def lower(target, builder, signature, arguments):
        return builder.load(_address(builder, *arguments), typ=context.I64)

    return types.int64(types.int64, types.int64), lower


@intrinsic
def store(typing_context, base, word, value):
    """Store word number `word` of the record at address `base`."""

    def lower(target, builder, signature, arguments):
        builder.store(arguments[2], _address(builder, *arguments[:2]))
        return target.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), lower


@intrinsic
def load_byte(typing_context, address):
    """Return a byte, 0 to 255."""

    def lower(target, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], context.PTR)
        return builder.zext(builder.load(pointer, typ=context.I8), context.I64)

    return types.int64(types.int64), lower


@intrinsic
def current_worker(typing_context):
    """Return the address of the worker whose stack this runs on."""

    def lower(target, builder, signature, arguments):
        return builder.ptrtoint(context.worker(builder), context.I64)

    return types.int64(), lower


@intrinsic
def next_random(typing_context, worker):
    """Return the worker's next random number, 0 in a launch without a seed."""

    def lower(target, builder, signature, arguments):
        return random_numbers.advance(builder, builder.inttoptr(arguments[0], context.PTR))

    return types.int64(types.int64), lower


@intrinsic
def fetch_and_increment(typing_context, counter):
    """Add one to the word at address `counter`, atomically; return its old value."""

    def lower(target, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], context.PTR)
        return builder.atomic_rmw("add", pointer, context.I64(1), "monotonic")

    return types.int64(types.int64), lower


@intrinsic
def fill(typing_context, address, byte, count):
    """Set `count` bytes from `address` on."""

    def lower(target, builder, signature, arguments):
        address, byte, count = arguments
        pointer = builder.inttoptr(address, context.PTR)
        memset = builder.module.declare_intrinsic("llvm.memset", (context.PTR, context.I64))
        builder.call(memset, [pointer, builder.trunc(byte, context.I8), count, context.I1(0)])
        return target.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), lower


@intrinsic
def resume(typing_context, worker, thread):
    """Run a thread until it waits or has finished."""

    def lower(target, builder, signature, arguments):
        traits.current().switches = True
        worker, thread = (builder.inttoptr(value, context.PTR) for value in arguments)
        fibers.resume(builder, worker, thread)
        return target.get_dummy_value()

    return types.void(types.int64, types.int64), lower


@intrinsic
def prepare_stack(typing_context, thread, top):
    """Prepare a new fiber's stack, which ends at address `top`."""

    def lower(target, builder, signature, arguments):
        fibers.prepare_stack(builder, builder.inttoptr(arguments[0], context.PTR), arguments[1])
        return target.get_dummy_value()

    return types.void(types.int64, types.int64), lower
