"""Finds the accesses to arrays in a statement of numba's IR of a kernel."""

from collections.abc import Iterator

from numba.core import ir as numba_ir
from numba.core.ir_utils import get_definition, guard

from ..functions import traits
from ..language.memory import atomics, cache_hints
from ..options.tools import Instrumentation
from . import intrinsics
from .source import global_of, name_of

_SET_ITEM = numba_ir.SetItem, numba_ir.StaticSetItem

# Functions of cuda that access one element: the intrinsic before them, and the names of the array
# and of the index.
_ACCESSES = (
    {id(function): (intrinsics.atomic, "ary", "idx") for function in atomics.INDEXED.values()}
    | {id(function): (intrinsics.load, "array", "i") for function in cache_hints.LOADS.values()}
    | {id(function): (intrinsics.store, "array", "i") for function in cache_hints.STORES.values()}
)


def calls_before(function, statement) -> Iterator[tuple]:
    """Yield (intrinsic, *arguments) for each call to be inserted before a statement.

    The preemption comes first: between the checks and the access no other thread runs.
    """
    value = getattr(statement, "value", None)
    op = value.op if isinstance(value, numba_ir.Expr) else ""
    instrumentation = traits.current().instrumentation
    indexed = list(_checks_of_index(function, statement, value, op))
    if Instrumentation.PREEMPTION in instrumentation:
        for _, accessed, *_ in indexed:
            yield intrinsics.preempt, accessed
        if record := _record(statement):
            yield intrinsics.preempt, record
    if Instrumentation.BOUNDS in instrumentation:
        yield from indexed
    if intrinsics.calls_runtime():
        yield from _checks_without_index(function, statement, value, op)


def _checks_of_index(function, statement, value, op: str) -> Iterator[tuple]:
    """Yield (intrinsic, array, index, site) for an access to array[index].

    For a store the value follows.
    """

    def site(variable) -> int:
        return traits.current().site(name_of(function, variable), statement.loc)

    if isinstance(statement, _SET_ITEM) and _index(statement):
        target = statement.target
        yield intrinsics.store, target, _index(statement), site(target), value
    elif op in ("getitem", "static_getitem") and _index(value):
        yield intrinsics.load, value.value, _index(value), site(value.value)
    elif op == "call":
        called = global_of(function, value.func)
        if called is atomics.compare_and_swap:  # accesses the first element
            array = value.args[0] if value.args else dict(value.kws)["ary"]
            yield intrinsics.atomic, array, 0, site(array)
        elif id(called) in _ACCESSES:
            check, *names = _ACCESSES[id(called)]
            given = dict(zip([*names, "value"], value.args, strict=False)) | dict(value.kws)
            array, index = (given[name] for name in names)
            value = (given["value"],) if check is intrinsics.store else ()
            yield check, array, index, site(array), *value


def _checks_without_index(function, statement, value, op: str) -> Iterator[tuple]:
    """Yield the same for accesses without an index. There is none to test."""

    def site(variable, suffix: str = "") -> int:
        return traits.current().site(name_of(function, variable) + suffix, statement.loc)

    if isinstance(statement, _SET_ITEM):
        yield intrinsics.load_whole, value, site(value)  # y[:] = x reads x
    if record := _record(statement):
        name = statement.attr if isinstance(statement, numba_ir.SetAttr) else statement.index
        yield intrinsics.store_field, record, name, site(record, f".{name}")
    if op == "getattr" and global_of(function, value.value) is None:
        yield intrinsics.load_field, value.value, value.attr, site(value.value, f".{value.attr}")
    elif op == "static_getitem" and isinstance(value.index, str):
        yield intrinsics.load_field, value.value, value.index, site(value.value, f".{value.index}")
    elif op == "call" and (filled := guard(_filled, function, value)):
        yield intrinsics.store_whole, filled, site(filled)
    elif op == "iternext":
        iterated = get_definition(function, value.value).value
        yield intrinsics.load_next, value.value, site(iterated)


def _record(statement):
    """Return the variable whose field a statement assigns to, None for any other statement."""
    is_named = isinstance(statement, _SET_ITEM) and isinstance(statement.index, str)
    return statement.target if is_named or isinstance(statement, numba_ir.SetAttr) else None


def _index(access):
    """Return the variable of an access's index, None for a field's name or an unpacked tuple.

    numba calls accesses static whose index is a constant.
    """
    if isinstance(access, numba_ir.StaticSetItem) or getattr(access, "op", "") == "static_getitem":
        return None if isinstance(access.index, str) else access.index_var
    return access.index


def _filled(function, call):
    """Return the variable x of a call x.fill(...); None for any other."""
    method = get_definition(function, call.func)
    is_fill = isinstance(method, numba_ir.Expr) and method.op == "getattr" and method.attr == "fill"
    return method.value if is_fill else None
