"""cuda.atomic: LLVM's atomic instructions, since blocks run on several cores.

Each function takes (ary, idx, val), as numba names them, and returns the element's old value; cas
and compare_and_swap take the expected value before the new one. The index is an integer or a tuple
of integers, where negative ones count from the end. The value is cast to the array's dtype. NaNs
and the dtypes that each function takes are handled as in numba-cuda.

An operation that may be polling a lock or a flag yields to the block's other threads, one of which
may have to write it: a cas that fails, an exch that changes nothing, and an operation with a
constant that changes nothing, such as add(ary, idx, 0), or or_(ary, idx, 1) of a bit that is set.
"""

from collections.abc import Callable

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic
from numba.np.arrayobj import basic_indexing, make_array, normalize_indices

from ...lowering.indices import index_types, unpack_index
from ...machine import context
from ..threads.waiting import yield_if
from . import unlocked_atomics

_ORDER = "seq_cst"

_UNSIGNED = (types.uint32, types.uint64)
_INTEGERS = (types.int32, types.int64, *_UNSIGNED)
_NUMBERS = (*_INTEGERS, types.float32, types.float64)


def element_pointer(target, builder, signature, arguments) -> ir.Value:
    """Return the address of array[index]."""
    (array_type, index_type), (array, index) = signature.args[:2], arguments[:2]
    given = unpack_index(target, builder, index_type, index)
    index_types, indices = normalize_indices(target, builder, *given)
    view = make_array(array_type)(target, builder, array)
    pointer, _, _ = basic_indexing(target, builder, array_type, view, index_types, indices)
    return pointer


def _signature(name: str, allowed: tuple[types.Type, ...], array, index, operands: int):
    """Return the checked signature, which casts every operand to the array's dtype."""
    if not isinstance(array, types.Array) or array.dtype not in allowed:
        expected = f"an array of {', '.join(str(dtype) for dtype in allowed)}"
        raise TypingError(f"cuda.atomic.{name} is given {array}; expected {expected}")
    items = index_types(index)
    if not all(isinstance(item, (types.Integer, types.Float)) for item in items):
        raise TypingError(f"cuda.atomic.{name}: the index is {index}; expected numbers")
    if len(items) != array.ndim:
        raise TypingError(f"cuda.atomic.{name}: {len(items)} indices for {array.ndim} dimensions")
    return array.dtype(array, index, *([array.dtype] * operands))


def _operation(name: str, allowed: tuple[types.Type, ...], update: Callable) -> Callable:
    """Return the cuda.atomic function of `update(builder, element type, pointer, value)`."""

    def define(typing_context, ary, idx, val):
        def lower(target, builder, signature, arguments):
            pointer, value = element_pointer(target, builder, signature, arguments), arguments[2]
            old = update(builder, signature.return_type, pointer, value)
            _yield_if_it_polls(builder, name, old, value)
            return old

        return _signature(name, allowed, ary, idx, 1), lower

    define.__name__ = define.__qualname__ = name
    return intrinsic(define)


def _yield_if_it_polls(builder, name: str, old: ir.Value, value: ir.Value) -> None:
    """Yield where an operation with a constant has changed nothing."""
    constant = value
    while isinstance(constant, ir.CastInstr):
        constant = constant.operands[0]
    if not isinstance(constant, ir.Constant):
        return
    if name in ("or_", "and_"):
        yield_if(builder, builder.icmp_unsigned("==", getattr(builder, name)(old, value), old))
    elif constant.constant == 0 or name in ("max", "min"):
        yield_if(builder, ir.Constant(context.I1, 1))


def _instruction(of_integers: str, of_floats: str = "") -> Callable:
    """Return an update that is one instruction of LLVM's."""

    def update(builder, element, pointer, value):
        name = of_floats if isinstance(element, types.Float) else of_integers
        return unlocked_atomics.atomic(builder, name, pointer, value, _ORDER)

    return update


def _store_if(builder, pointer, value, wanted: Callable[[ir.Value], ir.Value]) -> ir.Value:
    """Store a float if `wanted(old)`; return the old value. Retries if another thread stored."""
    floating = value.type
    bits = ir.IntType(64 if isinstance(floating, ir.DoubleType) else 32)
    before = builder.block
    first = builder.load(pointer, typ=bits)
    attempt = builder.append_basic_block("atomic.attempt")
    done = builder.append_basic_block("atomic.done")
    builder.branch(attempt)
    builder.position_at_end(attempt)
    expected = builder.phi(bits)
    expected.add_incoming(first, before)
    old = builder.bitcast(expected, floating)
    new = builder.select(wanted(old), value, old)
    result = builder.cmpxchg(pointer, expected, builder.bitcast(new, bits), _ORDER)
    expected.add_incoming(builder.extract_value(result, 0), attempt)
    builder.cbranch(builder.extract_value(result, 1), done, attempt)
    builder.position_at_end(done)
    return old


def _extremum(of_integers: str, better: str, nan_is_missing: bool) -> Callable:
    """Return the update of max or min.

    If the value or the memory is a NaN, the memory stays; with `nan_is_missing`, the number wins.
    """

    def update(builder, element, pointer, value):
        if isinstance(element, types.Integer):
            name = of_integers if element.signed else f"u{of_integers}"
            return builder.atomic_rmw(name, pointer, value, _ORDER)

        def wanted(old):
            if not nan_is_missing:
                return builder.fcmp_ordered(better, value, old)
            is_number = builder.fcmp_ordered("ord", value, value)
            return builder.and_(is_number, builder.fcmp_unordered(better, value, old))

        return _store_if(builder, pointer, value, wanted)

    return update


def _exchange(builder, element, pointer, value):
    old = builder.atomic_rmw("xchg", pointer, value, _ORDER)
    yield_if(builder, builder.icmp_unsigned("==", old, value))
    return old


add = _operation("add", _NUMBERS, _instruction("add", "fadd"))
sub = _operation("sub", _NUMBERS, _instruction("sub", "fsub"))
max = _operation("max", _NUMBERS, _extremum("max", ">", nan_is_missing=False))
min = _operation("min", _NUMBERS, _extremum("min", "<", nan_is_missing=False))
nanmax = _operation("nanmax", _NUMBERS, _extremum("max", ">", nan_is_missing=True))
nanmin = _operation("nanmin", _NUMBERS, _extremum("min", "<", nan_is_missing=True))
and_ = _operation("and_", _INTEGERS, _instruction("and"))
or_ = _operation("or_", _INTEGERS, _instruction("or"))
xor = _operation("xor", _INTEGERS, _instruction("xor"))
exch = _operation("exch", _INTEGERS, _exchange)
# CUDA's inc: old >= val ? 0 : old + 1; its dec: old == 0 or old > val ? val : old - 1
inc = _operation("inc", _UNSIGNED, _instruction("uinc_wrap"))
dec = _operation("dec", _UNSIGNED, _instruction("udec_wrap"))


def _exchange_if_equal(builder, pointer, old, new) -> ir.Value:
    result = builder.cmpxchg(pointer, old, new, _ORDER)
    yield_if(builder, builder.not_(builder.extract_value(result, 1)))
    return builder.extract_value(result, 0)


@intrinsic
def cas(typing_context, ary, idx, old, val):
    """ary[idx] = val where it equals `old`."""

    def lower(target, builder, signature, arguments):
        pointer = element_pointer(target, builder, signature, arguments)
        return _exchange_if_equal(builder, pointer, *arguments[2:])

    return _signature("cas", _INTEGERS, ary, idx, 2), lower


@intrinsic
def compare_and_swap(typing_context, ary, old, val):
    """ary[0] = val where it equals `old`; the array is one-dimensional."""

    def lower(target, builder, signature, arguments):
        view = make_array(ary)(target, builder, arguments[0])
        return _exchange_if_equal(builder, view.data, *arguments[1:])

    checked = _signature("compare_and_swap", _INTEGERS, ary, types.intp, 2)
    return checked.return_type(ary, *checked.args[2:]), lower


# The members of cuda.atomic that take an index, by name.
INDEXED = {
    "add": add,
    "sub": sub,
    "max": max,
    "min": min,
    "nanmax": nanmax,
    "nanmin": nanmin,
    "and_": and_,
    "or_": or_,
    "xor": xor,
    "exch": exch,
    "inc": inc,
    "dec": dec,
    "cas": cas,
}
