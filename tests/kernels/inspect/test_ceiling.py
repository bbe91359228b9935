"""The ceiling of programs whose cycles can be counted by hand, and of the recorded one."""

import pytest

from crosscheck.kernels.inspect import ceiling, occupancy, sass
from crosscheck.kernels.inspect.ceiling import Ceiling
from crosscheck.kernels.inspect.sass import Instruction

HOPPER, AMPERE = (9, 0), (8, 0)


def loop(*opcodes):
    """A program whose loop has these instructions; a pair is (how many, opcode)."""
    counted = [each if isinstance(each, tuple) else (1, each) for each in opcodes]
    body = [Instruction(opcode) for count, opcode in counted for _ in range(count)]
    return [Instruction("MOV"), *body, Instruction("BRA", 1), Instruction("EXIT")]


def test_a_loop_of_fmas_is_bound_by_the_issue_of_all_its_instructions():
    found = ceiling.compute(loop((60, "FFMA"), (19, "IMAD")), HOPPER)  # and the branch
    assert found == Ceiling(fma=0.75, bytes=0, bound="issue")


def test_on_sm_80_an_fma_holds_its_pipe_for_two_cycles():
    found = ceiling.compute(loop((60, "FFMA"), (19, "IMAD")), AMPERE)
    assert found == Ceiling(fma=1.0, bytes=0, bound="FMA")


def test_additions_take_the_pipe_of_the_fmas():
    found = ceiling.compute(loop((40, "FFMA"), (40, "FADD")), AMPERE)
    assert found == Ceiling(fma=0.5, bytes=0, bound="FMA")


def test_double_precision_has_a_pipe_and_a_peak_of_its_own():
    found = ceiling.compute(loop((30, "DFMA"), (10, "DADD"), (9, "IMAD")), HOPPER)
    assert found == Ceiling(fma=0.75, bytes=0, bound="FMA")
    one_of_101 = loop((1, "DFMA"), (99, "IMAD"))
    assert ceiling.compute(one_of_101, (12, 0)).fma == pytest.approx(16 / 25.25)


@pytest.mark.parametrize(
    "opcode, passes",
    [
        ("LDS", 1),
        ("LDS.64", 2),
        ("LDS.128", 2),  # pairs of lanes read the same
        ("STS", 1),
        ("STS.128", 4),
        ("LDG.E", 2),
        ("LDG.E.128", 4),
        ("LDGSTS.E", 1),
        ("LDGSTS.E.BYPASS.128", 4),
        ("LDL.64", 2),
    ],
)
def test_passes_of_shared_memory(opcode, passes):
    found = ceiling.compute(loop((4, "FFMA"), (40, opcode), (40, "LDS.128")), HOPPER)
    # Issue needs 21.25 cycles, load/store 80: where a pass is one instruction, that binds first.
    cycles = 40 * passes + 80
    assert found.bound == "shared" and found.fma == pytest.approx(1 / cycles)


def test_four_warps_share_an_hgmma_and_the_passes_of_its_operands():
    products = (4, "HGMMA.64x256x8.F32.TF32")
    found = ceiling.compute(loop(products, (99, "IMAD")), HOPPER)
    # 64 x 256 outputs at 16 x 8 a cycle, and 320 rows of 32 bytes: 32 cycles, 20 passes a warp.
    assert found == Ceiling(fma=1.0, bytes=0, bound="tensor")
    copies = (20, "LDGSTS.E.BYPASS.128")
    found = ceiling.compute(loop(products, copies), HOPPER)
    assert found.bound == "shared" and found.fma == 128 / (80 + 80)
    of_16_bits = ceiling.compute(loop((4, "HGMMA.64x256x16.F32"), copies), HOPPER)
    assert of_16_bits == found


def test_a_cycle_takes_one_memory_instruction():
    found = ceiling.compute(loop((40, "FFMA"), (40, "ATOMS.ADD"), (8, "IMAD")), HOPPER)
    assert found.bound in ("shared", "load/store") and found.fma == 0.25


def test_a_dead_load_is_issued_and_moves_nothing():
    dead = Instruction("LDS", dead=True)
    program = loop((40, "FFMA"))
    program[1:1] = [dead] * 39
    assert ceiling.compute(program, HOPPER) == Ceiling(fma=0.5, bytes=0, bound="issue")


def test_without_fmas_bytes_a_cycle_count():
    straight = [Instruction(each) for each in ("S2R", "IMAD", "LDG.E.128", "FMNMX", "STG.E.128")]
    found = ceiling.compute(straight * 2, HOPPER)  # 2 * 2 * 16 bytes of 32 lanes in 16 passes
    assert found == Ceiling(fma=0.0, bytes=128.0, bound="shared")
    moving = loop("LDG.E", (22, "IADD3"))
    assert ceiling.compute(moving, HOPPER).bytes == 4 * 32 / 6


def test_the_main_loop_of_a_recorded_kernel(dot):
    found = ceiling.compute(sass.parse(dot), HOPPER)  # 14 instructions: an FMA, a global load, ...
    assert found == Ceiling(fma=0.25 / 3.5, bytes=4 * 32 / 3.5, bound="issue")


def test_every_architecture_has_rates():
    assert ceiling.RATES.keys() == occupancy.LIMITS.keys()
