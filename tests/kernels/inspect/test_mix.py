"""The instruction mix of a program."""

import pytest

from crosscheck.kernels.inspect import mix, sass
from crosscheck.kernels.inspect.mix import Loop, Mix
from crosscheck.kernels.inspect.sass import Instruction


def test_a_recorded_kernel(dot):
    assert mix.count(sass.parse(dot)) == Mix(
        instructions=70,
        fma=1,
        double=0,
        global_loads=3,
        global_stores=1,
        shared_loads=1,
        shared_stores=1,
        barriers=2,
        branches=6,
        wide_divisions=1,
        global_width=4.0,
        shared_width=4.0,
        loop=Loop(instructions=14, fma=1),
    )


@pytest.mark.parametrize(
    "opcode", ["DADD", "DFMA", "DMUL", "DSETP.MAX.AND", "F2F.F64.F32", "I2F.F64.U32", "MUFU.RCP64H"]
)
def test_double_precision_is_counted(opcode):
    assert mix.count([Instruction(opcode)]).double == 1


@pytest.mark.parametrize("opcode", ["DEPBAR.LE", "FFMA", "LDG.E.64", "MUFU.RCP", "I2F.U64.RP"])
def test_other_instructions_are_not_double_precision(opcode):
    assert mix.count([Instruction(opcode)]).double == 0


@pytest.mark.parametrize("name", ["div_u64", "rem_u64", "div_s64", "rem_s64"])
def test_calls_of_64_bit_division_are_counted(name):
    call = Instruction("CALL.REL.NOINC", f"$__internal_0_$__cuda_sm20_{name}")
    assert mix.count([call]).wide_divisions == 1
    slow = Instruction("CALL.REL.NOINC", "$__internal_1_$__cuda_sm3x_div_rn_noftz_f32_slowpath")
    assert mix.count([slow]).wide_divisions == 0


def test_of_several_innermost_loops_the_one_with_most_fmas_counts():
    unrolled = [Instruction("LDS"), *[Instruction("FFMA")] * 4, Instruction("BRA", 0)]
    remainder = [Instruction("FFMA"), Instruction("BRA", 6)]
    outer = [Instruction("BRA", 0)]
    loop = mix.count(unrolled + remainder + outer).loop
    assert loop == Loop(instructions=6, fma=4)
    assert loop.per_fma == 1.5


def test_a_loop_without_fmas_is_none():
    assert mix.count([Instruction("FADD"), Instruction("BRA", 0)]).loop is None


def test_an_asynchronous_copy_is_a_load_and_a_store():
    copy = mix.count([Instruction("LDS", dead=True), Instruction("LDGSTS.E.BYPASS.128")])
    assert (copy.global_loads, copy.shared_stores, copy.shared_loads) == (1, 1, 0)
    assert copy.global_width == 16


def test_the_width_of_loads_is_that_of_the_main_loop():
    body = [Instruction("LDG.E.128"), Instruction("LDS.64"), Instruction("FFMA")]
    found = mix.count([Instruction("LDG.E"), *body, Instruction("BRA", 1)])
    assert (found.global_width, found.shared_width) == (16, 8)
