"""A recorded disassembly is parsed."""

from crosscheck.kernels.inspect import sass
from crosscheck.kernels.inspect.sass import Instruction


def test_instructions_branches_and_calls(dot):
    program = sass.parse(dot)
    assert program[0] == Instruction("LDC")
    assert program[3] == Instruction("BRA", target=17, conditional=True)
    assert program[9] == Instruction("CALL.REL.NOINC", "$__internal_0_$__cuda_sm20_div_u64")
    assert program[17] == Instruction("ULDC.64")  # at the label .L_x_0
    assert program[17].operation == "ULDC"


def test_the_padding_is_left_out(dot):
    assert sass.parse(dot)[-1].operation == "RET"


def test_loops(dot):
    program = sass.parse(dot)
    inner, outer = sass.loops(program)
    assert outer.start < inner.start and inner.stop == outer.stop - 1
    assert program[inner.start].operation == program[outer.start].operation == "BAR"
    assert program[outer.stop - 1].operation == "BRA"


def test_an_instruction_that_never_executes_is_dead():
    lines = "/*0000*/ @!PT LDS RZ, [RZ] ;", "/*0010*/ @P0 LDS R1, [R2] ;", "/*0020*/ LDS R1, [R2] ;"
    program = sass.parse("\n".join(f"        {each}" for each in lines))
    assert [each.dead for each in program] == [True, False, False]
