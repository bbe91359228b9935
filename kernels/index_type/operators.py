"""Arithmetic and comparisons of `index`: with itself and with integer constants, nothing else."""

import operator

from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.extending import lower_builtin

from crosscheck.kernels.index_type.number import IndexType

# Each operator's sign, and what it is called in LLVM.
_ARITHMETIC = {
    "add": ("+", "add"),
    "sub": ("-", "sub"),
    "mul": ("*", "mul"),
    "lshift": ("<<", "shl"),
    "rshift": (">>", "lshr"),
    "and_": ("&", "and_"),
    "or_": ("|", "or_"),
    "xor": ("^", "xor"),
}
_DIVISIONS = {"floordiv": ("//", "udiv"), "mod": ("%", "urem")}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
SIGNS = {name: sign for name, (sign, _) in (_ARITHMETIC | _DIVISIONS).items()} | COMPARISONS


class _Operator(AbstractTemplate):
    """Types an operator on two values, at least one of them an index."""

    prefer_literal = True  # or a constant would be an int64
    result: types.Type | None = None  # None: an index

    def generic(self, args, kws):
        own = next((each for each in args if isinstance(each, IndexType)), None)
        if own is None or len(args) != 2:
            return None
        others = [types.unliteral(each) for each in args if not own.holds(each)]
        if others:  # refused later: an error here would be one of thirty in numba's message
            return signature(self.result or others[0], *args)
        return signature(self.result or own, own, own)


def _define(function, sign: str, lower, result: types.Type | None = None) -> None:
    def refuse(target, builder, signature, arguments):
        left, right = signature.args
        own = left if isinstance(left, IndexType) else right
        expected = f"two of {own}, or one and a constant from 0 to 2^{own.bitwidth} - 1"
        raise TypingError(f"{left} {sign} {right}; expected {expected}")

    _type(function, result)
    lower_builtin(function, IndexType, IndexType)(lower)
    lower_builtin(function, IndexType, types.Any)(refuse)
    lower_builtin(function, types.Any, IndexType)(refuse)


def _type(function, result: types.Type | None = None) -> None:
    infer_global(function)(type(f"Index_{function.__name__}", (_Operator,), {"result": result}))


def _arithmetic(instruction: str):
    def lower(target, builder, signature, arguments):
        return getattr(builder, instruction)(*arguments)

    return lower


def _division(instruction: str):
    """x // 0 and x % 0 are 0, as numba has it: LLVM must not take a divisor for one that is not."""

    def lower(target, builder, signature, arguments):
        x, y = arguments
        is_zero = builder.icmp_unsigned("==", y, y.type(0))
        result = cgutils.alloca_once_value(builder, y.type(0))
        with builder.if_then(builder.not_(is_zero), likely=True):
            builder.store(getattr(builder, instruction)(x, y), result)
        return builder.load(result)

    return lower


def _comparison(sign: str):
    def lower(target, builder, signature, arguments):
        return builder.icmp_unsigned(sign, *arguments)

    return lower


def _extremum(sign: str):
    def lower(target, builder, signature, arguments):
        return builder.select(builder.icmp_unsigned(sign, *arguments), *arguments)

    return lower


for _table, _lowering in ((_ARITHMETIC, _arithmetic), (_DIVISIONS, _division)):
    for _name, (_sign, _instruction) in _table.items():
        _define(getattr(operator, _name), _sign, _lowering(_instruction))
        _type(getattr(operator, f"i{_name.rstrip('_')}"))  # numba makes the code of the plain one
for _name, _sign in COMPARISONS.items():
    _define(getattr(operator, _name), _sign, _comparison(_sign), types.boolean)
for _function, _sign in ((min, "<"), (max, ">")):
    _define(_function, _function.__name__, _extremum(_sign))
