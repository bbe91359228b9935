"""cuda.atomic on the CPU device: LLVM's own atomic instructions, since blocks run on several cores.

Each takes (ary, idx, val), as numba names them, and returns the element's old value. As in
numba-cuda, max and min keep what is in memory when either operand is NaN, and cas takes integers
only.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic
from numba.np.arrayobj import basic_indexing, make_array, normalize_indices

_ORDER = "seq_cst"


def _element_pointer(target, builder, signature, arguments) -> ir.Value:
    """Return the address of array[index], for an integer or a tuple of them."""
    (array_type, index_type), (array, index) = signature.args[:2], arguments[:2]
    if isinstance(index_type, types.BaseTuple):
        index_types, indices = tuple(index_type), cgutils.unpack_tuple(builder, index)
    else:
        index_types, indices = (index_type,), [index]
    index_types, indices = normalize_indices(target, builder, index_types, indices)
    view = make_array(array_type)(target, builder, array)
    pointer, _, _ = basic_indexing(target, builder, array_type, view, index_types, indices)
    return pointer


def _signature(name: str, allowed, array, index, operands: int):
    """Check the argument types; every operand is cast to the array's dtype."""
    kinds = " or ".join(kind.__name__.lower() for kind in allowed)
    given = isinstance(array, types.Array) and isinstance(array.dtype, allowed)
    if not given or array.dtype.bitwidth < 32:
        expected = f"an array of {kinds}, of 32 or 64 bits"
        raise TypingError(f"cuda.atomic.{name} is given {array}; expected {expected}")
    count = len(index) if isinstance(index, types.BaseTuple) else 1
    if count != array.ndim:
        raise TypingError(f"cuda.atomic.{name}: {count} indices for {array.ndim} dimensions")
    return array.dtype(array, index, *([array.dtype] * operands))


@intrinsic
def add(typing_context, ary, idx, val):
    """ary[idx] += val."""

    def lower(target, builder, signature, arguments):
        pointer = _element_pointer(target, builder, signature, arguments)
        operation = "add" if isinstance(signature.return_type, types.Integer) else "fadd"
        return builder.atomic_rmw(operation, pointer, arguments[2], _ORDER)

    return _signature("add", (types.Integer, types.Float), ary, idx, 1), lower


def _compare_exchange_loop(builder, pointer, value, better: str) -> ir.Value:
    """Store `value` while `value <better> old`, until nobody came in between; return the old."""
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
    wanted = builder.select(builder.fcmp_ordered(better, value, old), value, old)
    result = builder.cmpxchg(pointer, expected, builder.bitcast(wanted, bits), _ORDER)
    expected.add_incoming(builder.extract_value(result, 0), attempt)
    builder.cbranch(builder.extract_value(result, 1), done, attempt)
    builder.position_at_end(done)
    return old


def _extremum(name: str, better: str):
    """Make max or min: an instruction for integers, a loop for floats (NaN compares false)."""

    def define(typing_context, ary, idx, val):
        def lower(target, builder, signature, arguments):
            pointer = _element_pointer(target, builder, signature, arguments)
            element = signature.return_type
            if isinstance(element, types.Float):
                return _compare_exchange_loop(builder, pointer, arguments[2], better)
            operation = name if element.signed else f"u{name}"
            return builder.atomic_rmw(operation, pointer, arguments[2], _ORDER)

        return _signature(name, (types.Integer, types.Float), ary, idx, 1), lower

    define.__name__ = define.__qualname__ = name
    return intrinsic(define)


max = _extremum("max", ">")
min = _extremum("min", "<")


@intrinsic
def cas(typing_context, ary, idx, old, val):
    """ary[idx] = val where it equals `old`."""

    def lower(target, builder, signature, arguments):
        pointer = _element_pointer(target, builder, signature, arguments)
        result = builder.cmpxchg(pointer, arguments[2], arguments[3], _ORDER)
        return builder.extract_value(result, 0)

    return _signature("cas", (types.Integer,), ary, idx, 2), lower
