"""Finds the accesses to arrays in a statement of numba's representation of a kernel."""

from collections.abc import Iterator

from numba.core import ir as numba_ir
from numba.core.ir_utils import get_definition, guard

from crosscheck.kernels.cpu import traits
from crosscheck.kernels.cpu.language import atomics, cache_hints
from crosscheck.kernels.cpu.sanitizer import inserted
from crosscheck.kernels.cpu.sanitizer.source import global_of, name_of

_SET_ITEM = numba_ir.SetItem, numba_ir.StaticSetItem

# Functions of cuda that access one element: what stands in front, what their arguments are called.
_ACCESSES = (
    {id(function): (inserted.atomic, "ary", "idx") for function in atomics.INDEXED.values()}
    | {id(function): (inserted.load, "array", "i") for function in cache_hints.LOADS.values()}
    | {id(function): (inserted.store, "array", "i") for function in cache_hints.STORES.values()}
)


def before(function, statement) -> Iterator[tuple]:
    """Yield (intrinsic, *arguments) for what belongs in front of a statement."""
    value = getattr(statement, "value", None)
    op = value.op if isinstance(value, numba_ir.Expr) else ""

    def site(variable) -> int:
        return traits.current().site(name_of(function, variable), statement.loc)

    if isinstance(statement, _SET_ITEM) and _index(statement):
        yield inserted.store, statement.target, _index(statement), site(statement.target)
    elif op in ("getitem", "static_getitem") and _index(value):
        yield inserted.load, value.value, _index(value), site(value.value)
    elif op == "call":
        called = global_of(function, value.func)
        if called is atomics.compare_and_swap:  # its array's first element
            array = value.args[0] if value.args else dict(value.kws)["ary"]
            yield inserted.atomic, array, 0, site(array)
        elif id(called) in _ACCESSES:
            before, *names = _ACCESSES[id(called)]
            given = dict(zip(names, value.args, strict=False)) | dict(value.kws)
            array, index = (given[name] for name in names)
            yield before, array, index, site(array)
    if inserted.tells():
        yield from _before_others(function, statement, value, op)


def _before_others(function, statement, value, op: str) -> Iterator[tuple]:
    """Yield the same for accesses without an index, which need no test of it."""

    def site(variable, suffix: str = "") -> int:
        return traits.current().site(name_of(function, variable) + suffix, statement.loc)

    if isinstance(statement, _SET_ITEM):
        yield inserted.load_whole, value, site(value)  # y[:] = x reads x
        if isinstance(statement.index, str):
            record, name = statement.target, statement.index
            yield inserted.store_field, record, name, site(record, f".{name}")
    elif isinstance(statement, numba_ir.SetAttr):
        record, name = statement.target, statement.attr
        yield inserted.store_field, record, name, site(record, f".{name}")
    elif op == "getattr" and global_of(function, value.value) is None:
        yield inserted.load_field, value.value, value.attr, site(value.value, f".{value.attr}")
    elif op == "static_getitem" and isinstance(value.index, str):
        yield inserted.load_field, value.value, value.index, site(value.value, f".{value.index}")
    elif op == "call" and (filled := guard(_filled, function, value)):
        yield inserted.store_whole, filled, site(filled)
    elif op == "iternext":
        iterated = get_definition(function, value.value).value
        yield inserted.load_next, value.value, site(iterated)


def _index(access):
    """Return an access's index as a variable; None for a field's name, and where a tuple opens up.

    numba knows some indices by now. It calls those accesses static.
    """
    if isinstance(access, numba_ir.StaticSetItem) or getattr(access, "op", "") == "static_getitem":
        return None if isinstance(access.index, str) else access.index_var
    return access.index


def _filled(function, call):
    """Return the variable x of a call x.fill(...); None for any other."""
    method = get_definition(function, call.func)
    is_fill = isinstance(method, numba_ir.Expr) and method.op == "getattr" and method.attr == "fill"
    return method.value if is_fill else None
