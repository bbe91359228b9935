"""Instructions on registers: integers, floats and bits."""

import re
from collections.abc import Callable

from llvmlite import ir

from ...machine import context
from .assembly import Assembly, bits_of, llvm_type
from .syntax import PtxError, Statement
from .table import means

_INTEGER, _FLOAT, _BITS = r"[us](?:16|32|64)", r"f(?:32|64)", r"(?:b(?:16|32|64)|pred)"


def _read(assembly: Assembly, statement: Statement, *kinds: str) -> list[ir.Value]:
    """Return the operands behind the first, the result."""
    given = statement.operands[1:]
    return [assembly.read(item, kind) for item, kind in zip(given, kinds, strict=True)]


def _call(builder: ir.IRBuilder, name: str, *values: ir.Value) -> ir.Value:
    kind = values[0].type
    suffix = (
        f"i{kind.width}"
        if isinstance(kind, ir.IntType)
        else f"f{32 * (1 + (kind == ir.DoubleType()))}"
    )
    function = context.declare(
        builder, f"llvm.{name}.{suffix}", kind, [each.type for each in values]
    )
    return builder.call(function, list(values))


def _binary(pattern: str, emit: Callable) -> None:
    """Enter d = emit(builder, a, b), of one type: the group of the pattern."""

    @means(pattern)
    def operate(assembly: Assembly, statement: Statement, found: re.Match) -> None:
        kind = found[1]
        made = emit(assembly.builder, *_read(assembly, statement, kind, kind))
        assembly.write(statement.operands[0], made, kind)


_binary(rf"add\.({_INTEGER})", lambda builder, a, b: builder.add(a, b))
_binary(rf"sub\.({_INTEGER})", lambda builder, a, b: builder.sub(a, b))
_binary(rf"mul\.lo\.({_INTEGER})", lambda builder, a, b: builder.mul(a, b))
_binary(rf"add(?:\.rn)?\.({_FLOAT})", lambda builder, a, b: builder.fadd(a, b))
_binary(rf"sub(?:\.rn)?\.({_FLOAT})", lambda builder, a, b: builder.fsub(a, b))
_binary(rf"mul(?:\.rn)?\.({_FLOAT})", lambda builder, a, b: builder.fmul(a, b))
_binary(rf"and\.({_BITS})", lambda builder, a, b: builder.and_(a, b))
_binary(rf"or\.({_BITS})", lambda builder, a, b: builder.or_(a, b))
_binary(rf"xor\.({_BITS})", lambda builder, a, b: builder.xor(a, b))
for _name in ("min", "max"):
    for _letter in "us":
        _binary(
            rf"{_name}\.({_letter}(?:16|32|64))",
            lambda builder, a, b, of=f"{_letter}{_name}": _call(builder, of, a, b),
        )
    _binary(
        rf"{_name}\.({_FLOAT})", lambda builder, a, b, of=f"{_name}num": _call(builder, of, a, b)
    )


@means(rf"mad\.lo\.({_INTEGER})|fma\.rn\.({_FLOAT})")
def multiply_add(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """d = a b + c; of floats rounded once."""
    builder, kind = assembly.builder, found[1] or found[2]
    a, b, c = _read(assembly, statement, kind, kind, kind)
    made = builder.add(builder.mul(a, b), c) if found[1] else _call(builder, "fma", a, b, c)
    assembly.write(statement.operands[0], made, kind)


@means(r"mul\.wide\.([us])(16|32)")
def multiply_wide(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The whole product, of twice the bits."""
    wide = f"{found[1]}{2 * int(found[2])}"
    extend = assembly.builder.sext if found[1] == "s" else assembly.builder.zext
    narrow = _read(assembly, statement, *2 * [found[1] + found[2]])
    a, b = (extend(each, llvm_type(wide)) for each in narrow)
    assembly.write(statement.operands[0], assembly.builder.mul(a, b), wide)


@means(r"sh([lr])\.([busf](?:16|32|64))")
def shift(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """A shift by the width or more leaves nothing but the sign of what has one."""
    builder, kind = assembly.builder, found[2]
    value, count = _read(assembly, statement, kind, "u32")
    most = bits_of(kind) - 1
    is_most = builder.icmp_unsigned(">", count, context.I32(most))
    kept = builder.select(is_most, context.I32(most), count)
    kept = (
        builder.zext(kept, value.type)
        if most > 31
        else builder.trunc(kept, value.type)
        if most < 31
        else kept
    )
    if kind[0] == "s" and found[1] == "r":
        made = builder.ashr(value, kept)
    else:
        operate = builder.shl if found[1] == "l" else builder.lshr
        made = builder.select(is_most, value.type(0), operate(value, kept))
    assembly.write(statement.operands[0], made, kind)


@means(rf"(not)\.({_BITS})|(neg)\.({_INTEGER}|{_FLOAT})|(popc|clz|brev)\.(b32|b64)")
def unary(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Of one operand. popc and clz give 32 bits."""
    builder = assembly.builder
    name, kind = (each for each in found.groups() if each)
    (value,) = _read(assembly, statement, kind)
    if name == "not":
        made = builder.not_(value)
    elif name == "neg":
        made = builder.fneg(value) if kind[0] == "f" else builder.neg(value)
    elif name == "clz":
        function = context.declare(
            builder, f"llvm.ctlz.i{value.type.width}", value.type, [value.type, context.I1]
        )
        made = builder.call(function, [value, context.I1(0)])
    else:
        made = _call(builder, {"popc": "ctpop", "brev": "bitreverse"}[name], value)
    assembly.write(statement.operands[0], made, kind)


@means(r"lop3\.b32")
def any_logic(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Any function of three bits: the last operand has its value for each of their 8 states."""
    builder, table = assembly.builder, int(statement.operands[4], 0)
    bits = [assembly.read(item, "b32") for item in statement.operands[1:4]]
    made = context.I32(0)
    for state in range(8):
        if table >> state & 1:
            chosen = [
                bit if state >> 2 - n & 1 else builder.not_(bit) for n, bit in enumerate(bits)
            ]
            made = builder.or_(made, builder.and_(builder.and_(*chosen[:2]), chosen[2]))
    assembly.write(statement.operands[0], made, "b32")


@means(r"prmt\.b32")
def permute(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Four bytes, each any of 8; with bit 3 of its number, the byte's sign instead."""
    builder, I32, I64 = assembly.builder, context.I32, context.I64
    low, high, selector = _read(assembly, statement, "b32", "b32", "b32")
    both = builder.or_(builder.zext(low, I64), builder.shl(builder.zext(high, I64), I64(32)))
    made = I32(0)
    for n in range(4):
        number = builder.and_(builder.lshr(selector, I32(4 * n)), I32(7))
        place = builder.zext(builder.shl(number, I32(3)), I64)
        byte = builder.trunc(builder.lshr(both, place), context.I8)
        sign = builder.ashr(byte, context.I8(7))
        is_sign = builder.trunc(builder.lshr(selector, I32(4 * n + 3)), context.I1)
        byte = builder.zext(builder.select(is_sign, sign, byte), I32)
        made = builder.or_(made, builder.shl(byte, I32(8 * n)))
    assembly.write(statement.operands[0], made, "b32")


_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_UNSIGNED = {"lo": "<", "ls": "<=", "hi": ">", "hs": ">="}


@means(rf"setp\.(\w{{2,3}})\.({_INTEGER}|{_BITS}|{_FLOAT})")
def compare(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """A predicate: of floats false where one is a NaN, but for those with a u behind, and ne."""
    builder, name, kind = assembly.builder, found[1], found[2]
    a, b = _read(assembly, statement, kind, kind)
    if kind[0] == "f" and name.removesuffix("u") in _SIGNS:
        is_ordered = not name.endswith("u")
        compare_floats = builder.fcmp_ordered if is_ordered else builder.fcmp_unordered
        made = compare_floats(_SIGNS[name.removesuffix("u")], a, b)
    elif kind[0] == "f" and name in ("num", "nan"):
        made = builder.fcmp_ordered("ord", a, b)
        made = made if name == "num" else builder.not_(made)
    elif kind[0] != "f" and name in _SIGNS:
        compare_integers = builder.icmp_signed if kind[0] == "s" else builder.icmp_unsigned
        made = compare_integers(_SIGNS[name], a, b)
    elif kind[0] in "ub" and name in _UNSIGNED:
        made = builder.icmp_unsigned(_UNSIGNED[name], a, b)
    else:
        raise PtxError(
            f"inline PTX: {statement.text!r} compares with .{name}, which {kind} has not"
        )
    assembly.write(statement.operands[0], made, "pred")


@means(r"selp\.([busf](?:16|32|64))")
def choose(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """a where the predicate holds, else b."""
    a, b, condition = _read(assembly, statement, found[1], found[1], "pred")
    assembly.write(statement.operands[0], assembly.builder.select(condition, a, b), found[1])
