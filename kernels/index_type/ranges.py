"""`range` of `index`: its loop variable is an index, and the loop a counter and one comparison.

numba's own range first computes the number of turns, with a division and selects. In the direct
convolution the inner loop, four products, would take 126 instructions instead of 72 (sm_90a). This
one compares the counter with the end at each turn. So the sum of the end and a step must be below
2^32, or 2^64 in a wide launch, or the counter would wrap: extents of arrays stay far below that.
"""

from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.extending import lower_builtin, register_model

from crosscheck.kernels.index_type.number import IndexType


class _RangeIterator(types.SimpleIteratorType):
    def __init__(self, counted: IndexType) -> None:
        super().__init__(f"iterator of range({counted})", counted)


class _Range(types.SimpleIterableType):
    def __init__(self, counted: IndexType) -> None:
        self.counted = counted
        super().__init__(f"range({counted})", _RangeIterator(counted))


@register_model(_Range)
class _RangeModel(models.StructModel):
    def __init__(self, manager, type_):
        members = [(name, type_.counted) for name in ("start", "stop", "step")]
        super().__init__(manager, type_, members)


@register_model(_RangeIterator)
class _RangeIteratorModel(models.StructModel):
    def __init__(self, manager, type_):
        own = type_.yield_type
        members = [("last", types.EphemeralPointer(own)), ("stop", own), ("step", own)]
        super().__init__(manager, type_, members)


@infer_global(range, typing_key=range)
class _TypeRange(AbstractTemplate):
    prefer_literal = True  # or a constant would be an int64

    def generic(self, args, kws):
        own = next((each for each in args if isinstance(each, IndexType)), None)
        if own is None or len(args) > 3:
            return None
        if not all(own.holds(each) for each in args):
            given = ", ".join(str(each) for each in args)
            raise TypingError(f"range of {given}; expected each {own} or an integer constant")
        return signature(_Range(own), *[own] * len(args))


def _make_range(target, builder, signature, arguments):
    made = cgutils.create_struct_proxy(signature.return_type)(target, builder)
    kind = arguments[0].type
    given = [kind(0), *arguments] if len(arguments) == 1 else [*arguments]
    made.start, made.stop, made.step = given if len(given) == 3 else [*given, kind(1)]
    return made._getvalue()


for _count in (1, 2, 3):
    lower_builtin(range, *[IndexType] * _count)(_make_range)


@lower_builtin("getiter", _Range)
def _start(target, builder, signature, arguments):
    own = cgutils.create_struct_proxy(signature.args[0])(target, builder, arguments[0])
    made = cgutils.create_struct_proxy(signature.return_type)(target, builder)
    made.last = cgutils.alloca_once_value(builder, builder.sub(own.start, own.step))
    made.stop, made.step = own.stop, own.step
    return made._getvalue()


@lower_builtin("iternext", _RangeIterator)
def _advance(target, builder, signature, arguments):
    own = cgutils.create_struct_proxy(signature.args[0])(target, builder, arguments[0])
    # Stepping here, not after the last value was taken, keeps one number in a register, not two.
    value = builder.add(builder.load(own.last), own.step)
    builder.store(value, own.last)
    found = target.make_helper(builder, signature.return_type)  # (value, whether there is one)
    found.first, found.second = value, builder.icmp_unsigned("<", value, own.stop)
    return found._getvalue()
