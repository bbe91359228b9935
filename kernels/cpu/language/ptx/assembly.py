"""One piece of inline PTX while it is given its meaning: its operands and registers in LLVM."""

import re
import struct

from llvmlite import ir
from numba.core.ir import Loc

from ...machine import context
from . import special_registers
from .syntax import PtxError, Registers, Statement

_FLOATS = {32: ir.FloatType(), 64: ir.DoubleType()}
_ADDRESS = re.compile(r"\[\s*([%$\w]+)\s*(?:\+\s*(-?\w+)|-\s*(\w+))?\s*\]")


def bits_of(kind: str) -> int:
    """Return how many bits a type of PTX has: 32 for "b32", 1 for "pred"."""
    return 1 if kind == "pred" else int(re.sub(r"\D", "", kind))


def llvm_type(kind: str) -> ir.Type:
    """Return LLVM's type for one of PTX."""
    bits = bits_of(kind)
    return _FLOATS[bits] if kind[0] == "f" and bits in _FLOATS else ir.IntType(bits)


def _width(type_: ir.Type) -> int:
    return type_.width if isinstance(type_, ir.IntType) else 32 if type_ == _FLOATS[32] else 64


class Assembly:
    """The operands $0, $1, ... and the registers of one piece, and where it is in the source."""

    def __init__(self, builder: ir.IRBuilder, assembly: ir.InlineAsm, loc: Loc | None) -> None:
        self.builder, self.loc = builder, loc
        result = assembly.function_type.return_type
        self._struct = result if isinstance(result, ir.LiteralStructType) else None
        is_void = isinstance(result, ir.VoidType)
        outputs = [] if is_void else list(result.elements) if self._struct else [result]
        self._outputs = [builder.alloca(type_) for type_ in outputs]
        self._registers = {f"${n}": slot for n, slot in enumerate(self._outputs)}
        self._values = {
            f"${len(outputs) + n}": value for n, value in enumerate(builder.function.args)
        }
        tied = [each for each in assembly.constraint.split(",") if not each.startswith("~")]
        for n, constraint in enumerate(tied[len(outputs) :]):
            if constraint.isdigit():  # it begins in the register of an output
                builder.store(builder.function.args[n], self._outputs[int(constraint)])

    def declare(self, registers: Registers) -> None:
        """Make the registers of a declaration."""
        for name in registers.names:
            with self.builder.goto_entry_block():
                self._registers[name] = self.builder.alloca(llvm_type(registers.kind))

    def returned(self) -> ir.Value | None:
        """Return what the piece gives: a value, a structure, or None."""
        values = [self.builder.load(slot) for slot in self._outputs]
        if self._struct is None:
            return values[0] if values else None
        made = ir.Constant(self._struct, ir.Undefined)
        for n, value in enumerate(values):
            made = self.builder.insert_value(made, value, n)
        return made

    def read(self, operand: str, kind: str) -> ir.Value:
        """Return an operand's value as one of this type: a register's low bits, or a constant."""
        wanted = llvm_type(kind)
        if operand in self._values:
            return self._converted(self._values[operand], wanted, kind)
        if operand in self._registers:
            return self._converted(self.builder.load(self._registers[operand]), wanted, kind)
        if operand.startswith("%"):
            found = special_registers.read(self.builder, operand)
            if found is not None:
                return self._converted(found, wanted, kind)
        return self._constant(operand, wanted, kind)

    def write(self, operand: str, value: ir.Value, kind: str) -> None:
        """Store a value of this type in a register; `_` is none."""
        if operand == "_":
            return
        if operand not in self._registers:
            raise PtxError(f"inline PTX: {operand} is written; expected a register or an output")
        slot = self._registers[operand]
        self.builder.store(self._converted(value, slot.type.pointee, kind), slot)

    def items(self, operand: str) -> list[str]:
        """Return the items of a vector {a, b}, or the operand itself as the only one."""
        inside = operand.strip("{}") if operand.startswith("{") else operand
        return [item.strip() for item in inside.split(",")]

    def address(self, operand: str) -> ir.Value:
        """Return the i64 of an address [a], [a+16]."""
        found = _ADDRESS.fullmatch(operand)
        if not found:
            raise PtxError(f"inline PTX: {operand} is no address; expected [register + number]")
        base, more, less = found.groups()
        start = self.read(base, "u64")
        offset = int(more, 0) if more else -int(less, 0) if less else 0
        return self.builder.add(start, context.I64(offset)) if offset else start

    def runs(self, statement: Statement) -> ir.Value:
        """Return whether a statement with a predicate runs."""
        value = self.read(statement.predicate, "pred")
        return self.builder.not_(value) if statement.negated else value

    def _converted(self, value: ir.Value, wanted: ir.Type, kind: str) -> ir.Value:
        """Return a register's bits as another type: cut, or extended by the kind's sign."""
        builder = self.builder
        if value.type == wanted:
            return value
        if isinstance(value.type, ir.PointerType):
            value = builder.ptrtoint(value, context.I64)
        have, want = _width(value.type), _width(wanted)
        if not isinstance(value.type, ir.IntType):
            value = builder.bitcast(value, ir.IntType(have))
        if want < have:
            value = builder.trunc(value, ir.IntType(want))
        elif want > have:
            extend = builder.sext if kind[0] == "s" else builder.zext
            value = extend(value, ir.IntType(want))
        return value if isinstance(wanted, ir.IntType) else builder.bitcast(value, wanted)

    def _constant(self, operand: str, wanted: ir.Type, kind: str) -> ir.Value:
        text = operand.removesuffix("U")
        try:
            if re.fullmatch(r"0[fF][0-9a-fA-F]{8}|0[dD][0-9a-fA-F]{16}", text):
                code = ">f" if text[1] in "fF" else ">d"
                number = struct.unpack(code, bytes.fromhex(text[2:]))[0]
                bits = ir.Constant(ir.IntType(4 * len(text[2:])), int(text[2:], 16))
                if isinstance(wanted, ir.IntType) or _width(wanted) == bits.type.width:
                    return self._converted(bits, wanted, kind)
                return ir.Constant(wanted, number)
            if isinstance(wanted, ir.IntType):
                return ir.Constant(wanted, int(text, 0) & (1 << wanted.width) - 1)
            return ir.Constant(wanted, float(text))
        except ValueError:
            raise PtxError(f"inline PTX: {operand} is no register, operand or number") from None
