"""The instructions of the table on registers: each with operands for which it is not trivial."""

import numpy as np
import pytest
from numba import cuda
from numba.core import types

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.language.ptx.syntax import PtxError

U2, U4, I4, U8, F4, F8 = (
    types.uint16,
    types.uint32,
    types.int32,
    types.uint64,
    types.float32,
    types.float64,
)
NAN = float("nan")


def value_of(inline, text, constraints, result, *arguments):
    """Return what a text gives for numbers, each (type, value)."""
    function = inline(text, constraints, result, *(kind for kind, _ in arguments))
    dtype = np.dtype(result[0].name if isinstance(result, tuple) else result.name)
    out = np.zeros(4, dtype)
    given = tuple(np.dtype(kind.name).type(value) for kind, value in arguments)
    several = isinstance(result, tuple)

    @jit
    def run(out, given):
        if several:
            made = function(*given)
            out[0] = made[0]
            out[1] = made[1]
        else:
            out[0] = function(*given)

    run[1, 1](out, given)
    return out[:2].tolist() if several else out[0].item()


ONE, TWO, THREE = "=r,r", "=r,r,r", "=r,r,r,r"
CASES = {
    "mov.b32 $0, $1;": (ONE, U4, [(U4, 7)], 7),
    "mov.b32 $0, 0f3F800000;": ("=f", F4, [], 1.0),
    "mov.f64 $0, 0d4000000000000000;": ("=d", F8, [], 2.0),
    "mov.b32 $0, 0xFFFFFFFE;": ("=r", U4, [], 0xFFFFFFFE),
    "mov.b64 $0, {$1, $2};": ("=l,r,r", U8, [(U4, 1), (U4, 2)], 1 + (2 << 32)),
    "mov.b64 {$0, $1}, $2;": ("=r,=r,l", (U4, U4), [(U8, 5 + (6 << 32))], [5, 6]),
    "mov.b32 {_, $0}, $1;": ("=h,r", U2, [(U4, 0x12345678)], 0x1234),
    "add.u32 $0, $1, $2;": (TWO, U4, [(U4, 2**32 - 1), (U4, 3)], 2),
    "sub.s32 $0, $1, $2;": (TWO, I4, [(I4, 2), (I4, 5)], -3),
    "mul.lo.u32 $0, $1, $2;": (TWO, U4, [(U4, 0x10001), (U4, 0x10001)], 0x20001),
    "mul.wide.u32 $0, $1, $2;": ("=l,r,r", U8, [(U4, 2**31), (U4, 6)], 6 << 31),
    "mad.lo.s32 $0, $1, $2, $3;": (THREE, I4, [(I4, -2), (I4, 5), (I4, 1)], -9),
    "fma.rn.f32 $0, $1, $1, $2;": (
        "=f,f,f",
        F4,
        [(F4, 1 + 2**-12), (F4, -1 - 2**-11)],
        2.0**-24,
    ),
    "add.f32 $0, $1, $2;": ("=f,f,f", F4, [(F4, 1.5), (F4, 2)], 3.5),
    "mul.f64 $0, $1, $2;": ("=d,d,d", F8, [(F8, 1.5), (F8, 2)], 3.0),
    "min.s32 $0, $1, $2;": (TWO, I4, [(I4, -1), (I4, 1)], -1),
    "min.u32 $0, $1, $2;": (TWO, U4, [(U4, 2**32 - 1), (U4, 1)], 1),
    "max.u32 $0, $1, $2;": (TWO, U4, [(U4, 2**32 - 1), (U4, 1)], 2**32 - 1),
    "max.f32 $0, $1, $2;": ("=f,f,f", F4, [(F4, NAN), (F4, 2)], 2.0),
    "shl.b32 $0, $1, $2;": (TWO, U4, [(U4, 3), (U4, 32)], 0),
    "shl.b64 $0, $1, 40;": ("=l,l", U8, [(U8, 3)], 3 << 40),
    "shr.u32 $0, $1, 4;": (ONE, U4, [(U4, 0x80000000)], 0x08000000),
    "shr.s32 $0, $1, $2;": (TWO, I4, [(I4, -8), (I4, 77)], -1),
    "and.b32 $0, $1, 0xF0;": (ONE, U4, [(U4, 0x1FF)], 0xF0),
    "or.b32 $0, $1, 1;": (ONE, U4, [(U4, 6)], 7),
    "xor.b32 $0, $1, $2;": (TWO, U4, [(U4, 6), (U4, 3)], 5),
    "not.b32 $0, $1;": (ONE, U4, [(U4, 1)], 0xFFFFFFFE),
    "neg.f32 $0, $1;": ("=f,f", F4, [(F4, 2)], -2.0),
    "popc.b32 $0, $1;": (ONE, U4, [(U4, 0xFF01)], 9),
    "clz.b32 $0, $1;": (ONE, U4, [(U4, 1)], 31),
    "brev.b32 $0, $1;": (ONE, U4, [(U4, 1)], 0x80000000),
    "lop3.b32 $0, $1, $2, $3, 0xE8;": (THREE, U4, [(U4, 12), (U4, 10), (U4, 9)], 8),  # majority
    "lop3.b32 $0, $1, $2, $3, 0xF4;": (THREE, U4, [(U4, 8), (U4, 6), (U4, 5)], 10),  # a | b & ~c
    "prmt.b32 $0, $1, $2, 0x6420;": (TWO, U4, [(U4, 0x44332211), (U4, 0x88776655)], 0x77553311),
    "prmt.b32 $0, $1, $2, 0x00FB;": (TWO, U4, [(U4, 0x84332211), (U4, 0x08776655)], 0x111100FF),
    "cvt.rna.tf32.f32 $0, $1;": ("=r,f", U4, [(F4, 1 + 2**-11)], 0x3F802000),
    "cvt.u64.u32 $0, $1;": ("=l,r", U8, [(U4, 2**32 - 1)], 2**32 - 1),
    "cvt.s64.s32 $0, $1;": ("=l,r", types.int64, [(I4, -5)], -5),
    "cvt.u32.u64 $0, $1;": ("=r,l", U4, [(U8, (1 << 40) + 9)], 9),
    "cvt.rn.f32.s32 $0, $1;": ("=f,r", F4, [(I4, -3)], -3.0),
    "cvt.rzi.s32.f32 $0, $1;": ("=r,f", I4, [(F4, -3.9)], -3),
    "cvt.f64.f32 $0, $1;": ("=d,f", F8, [(F4, 0.5)], 0.5),
    "cvt.f32.f16 $0, $1;": ("=f,h", F4, [(U2, 0x3E00)], 1.5),
    "cvt.rn.bf16x2.f32 $0, $1, $2;": ("=r,f,f", U4, [(F4, 1), (F4, 2 + 2**-7)], 0x3F804000),
    "cvt.rn.f16x2.f32 $0, $1, $2;": ("=r,f,f", U4, [(F4, 1), (F4, -2)], 0x3C00C000),
}


@pytest.mark.parametrize("text", CASES)
def test_an_instruction(inline, text):
    constraints, result, arguments, expected = CASES[text]
    assert value_of(inline, text, constraints, result, *arguments) == expected


COMPARE = "{{ .reg .pred %p; setp.{}.{} %p, $1, $2; selp.b32 $0, 1, 0, %p; }}"


@pytest.mark.parametrize(
    "name, kind, a, b, expected",
    [
        ("lt", "s32", -1, 1, 1),
        ("lt", "u32", -1, 1, 0),
        ("hi", "u32", -1, 1, 1),
        ("ge", "s32", 1, 1, 1),
        ("ne", "b32", 2, 1, 1),
        ("eq", "f32", NAN, NAN, 0),
        ("equ", "f32", NAN, NAN, 1),
        ("gt", "f32", 2, 1, 1),
        ("nan", "f32", NAN, 1, 1),
        ("num", "f32", NAN, 1, 0),
    ],
)
def test_a_comparison(inline, name, kind, a, b, expected):
    type_, letter = (F4, "f") if kind == "f32" else (I4, "r")
    text = COMPARE.format(name, kind)
    made = value_of(inline, text, f"=r,{letter},{letter}", U4, (type_, a), (type_, b))
    assert made == expected


def test_a_predicate_chooses_which_of_two_statements_runs(inline):
    text = """{
        .reg .pred %p<2>;    // a family
        .reg .b32 %twice;
        setp.gt.s32 %p1, $1, 10;
        add.s32 %twice, $1, $1;
        mov.b32 $0, $1;      /* where neither runs */
        @%p1  mov.b32 $0, 10;
        @!%p1 mov.b32 $0, %twice;
    }"""
    assert [value_of(inline, text, "=r,r", I4, (I4, n)) for n in (4, 40)] == [8, 10]


def test_an_operand_tied_to_an_output_begins_in_it(inline):
    assert value_of(inline, "add.s32 $0, $0, $2;", "=r,0,r", I4, (I4, 4), (I4, 5)) == 9


def test_special_registers(inline):
    read = inline("mad.lo.u32 $0, %ctaid.x, %ntid.x, %tid.x;", "=r", U4)
    lane = inline("mov.u32 $0, %laneid;", "=r", U4)

    @jit
    def run(out):
        i = cuda.grid(1)
        out[0, i] = read()
        out[1, i] = lane()

    out = np.zeros((2, 80), np.uint32)
    run[2, 40](out)
    np.testing.assert_array_equal(out[0], np.arange(80))
    np.testing.assert_array_equal(out[1], np.arange(80) % 40 % 32)


@pytest.mark.parametrize(
    "text, named",
    [
        ("wgmma.fence.sync.aligned;", "no meaning for wgmma.fence.sync.aligned"),
        ("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 $0;", "m16n8k4"),
        ("ex2.approx.f32 $0, 1;", "ex2.approx.f32"),
        ("Loop: bra Loop;", "'Loop: bra Loop' is no statement"),
        ("mov.u32 $0, %clock;", "%clock is no register"),
        ("mov.u32 %r, 1;", "%r is written"),
        ("setp.lo.f32 $0, 1.0, 2.0;", "compares with .lo, which f32 has not"),
        ("bar.sync 1;", "expected barrier 0"),
        ("cp.async.cg.shared.global [$0], [$0], 12;", "copies 12 bytes"),
        ("ld.global.f32 $0, $0;", "$0 is no address"),
    ],
)
def test_what_is_not_in_the_table_is_named_when_it_is_compiled(inline, text, named):
    function = inline(text, "=r", U4)

    @jit
    def run(out):
        out[0] = function()

    with pytest.raises(PtxError) as raised:
        run.compile("void(uint32[:])")
    assert named in str(raised.value)
