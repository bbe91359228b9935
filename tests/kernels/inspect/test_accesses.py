"""The width of an access is read from its opcode."""

import pytest

from crosscheck.kernels.inspect import accesses
from crosscheck.kernels.inspect.sass import Instruction


@pytest.mark.parametrize(
    "opcode, width",
    [
        ("LDG.E", 4),
        ("LDG.E.CONSTANT", 4),
        ("LDG.E.64.CONSTANT", 8),
        ("LDG.E.128", 16),
        ("LDGSTS.E.BYPASS.128", 16),
        ("LDG.E.U8", 1),
        ("LDG.E.S8.CONSTANT", 1),
        ("STG.E.U16", 2),
        ("LDS.U.128", 16),
        ("STS", 4),
    ],
)
def test_width(opcode, width):
    assert accesses.width(Instruction(opcode)) == width


def test_the_mean_leaves_out_other_operations_and_dead_ones():
    opcodes = "LDG.E", "LDGSTS.E.BYPASS.128", "LDS.128", "STG.E.64"
    program = [*map(Instruction, opcodes), Instruction("LDG.E.128", dead=True)]
    assert accesses.mean_width(program, accesses.GLOBAL_LOADS) == 10
    assert accesses.mean_width(program, accesses.SHARED_STORES) == 0
