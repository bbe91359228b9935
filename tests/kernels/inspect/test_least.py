"""The least cost of machine code by what it achieves, against cases counted by hand."""

from math import inf

import pytest

from crosscheck.kernels.inspect import sass
from crosscheck.kernels.inspect.least import Flow


def program(text):
    """Parse lines of code, with labels."""
    lines = [each.strip() for each in text.strip().splitlines()]
    rows = []
    for line in lines:
        rows.append(line if line.endswith(":") else f"        /*{16 * len(rows):04x}*/  {line} ;")
    return sass.parse("\n".join(rows))


def one(each):
    return 1


def fma(each):
    return each.operation == "FFMA"


def curve(text, cost=one, gain=fma):
    flow = Flow(program(text))
    return flow.least(flow.totals(cost), flow.totals(gain))


LOOP = """
    MOV R0, RZ
    .L_x_0:
    FFMA R1, R2, R3, R1
    FFMA R1, R2, R3, R1
    IADD3 R0, R0, 0x1, RZ
    @P0 BRA `(.L_x_0)
    STG.E [R4], R1
    EXIT
"""


def test_turns_of_a_loop_by_what_they_achieve():
    found = curve(LOOP)  # one turn at least: 7 instructions, 2 FMAs; each further one 4 for 2
    assert found.corners == ((2, 7),) and found.slope == 2
    assert found.at(0) == 7 and found.at(2) == 7 and found.at(100) == 7 + 98 * 2


def test_a_loop_that_is_left_by_a_call_of_a_label():
    text = LOOP.replace("@P0 BRA `(.L_x_0)", "@P0 CALL.REL.NOINC `(.L_x_1)\nBRA `(.L_x_0)\n.L_x_1:")
    found = curve(text)
    assert found.corners == ((2, 7),) and found.slope == 2.5


def test_a_function_that_is_called_counts_as_one_instruction():
    text = LOOP.replace("MOV R0, RZ", "CALL.REL.NOINC `($divide$div_u64)")
    assert curve(text).corners == ((2, 7),)


def test_of_two_loops_the_better_ratio_counts():
    worse = LOOP.replace("EXIT", "")
    better = LOOP.replace(".L_x_0", ".L_x_1").replace(
        "IADD3 R0, R0, 0x1, RZ", "FFMA R1, R2, R3, R1"
    )
    found = curve(worse + better)
    assert found.slope == pytest.approx(4 / 3)
    assert found.at(5) == 13 and found.at(8) == 17


def test_a_guard_is_not_a_way_for_a_thread_that_stores():
    text = """
        ISETP.GE.AND P0, PT, R0, R1, PT
        @P0 EXIT
        LDG.E R2, [R4]
        FADD R2, R2, R2
        STG.E [R6], R2
        EXIT
    """
    stored = curve(text, gain=lambda each: 4 * (each.operation == "STG"))
    assert stored.corners == ((0, 2), (4, 6)) and stored.slope == inf
    assert stored.at(4) == 6 and stored.at(2) == 4  # half of the threads leave at once
    assert stored.at(8) == 6  # no thread can: what one can


def test_a_way_around_a_branch_costs_what_it_skips():
    text = """
        MOV R0, RZ
        BRA P1, `(.L_x_0)
        FFMA R1, R2, R3, R1
        BRA `(.L_x_1)
        .L_x_0:
        IADD3 R0, R0, 0x1, RZ
        .L_x_1:
        EXIT
    """
    assert curve(text).corners == ((0, 4), (1, 5))


def test_what_follows_a_jump_is_no_way():
    text = """
        BRA `(.L_x_0)
        EXIT
        .L_x_0:
        FFMA R1, R2, R3, R1
        EXIT
    """
    assert curve(text).corners == ((1, 3),)


def test_a_barrier_of_a_warp_may_continue_where_its_bssy_says():
    text = """
        BSSY B0, `(.L_x_0)
        BSYNC B0
        FFMA R1, R2, R3, R1
        FFMA R1, R2, R3, R1
        .L_x_0:
        EXIT
    """
    assert curve(text).corners[0] == (0, 3)
    assert curve(text.replace("BSYNC B0", "BSYNC B1")).corners == ((2, 5),)


def test_a_loop_around_a_loop():
    text = """
        .L_x_0:
        MOV R0, RZ
        .L_x_1:
        FFMA R1, R2, R3, R1
        @P0 BRA `(.L_x_1)
        @P1 BRA `(.L_x_0)
        EXIT
    """
    found = curve(text)
    assert found.corners == ((1, 5),) and found.slope == 2
    # without a gain in the inner loop every turn of the outer one has to be made
    stores = curve(text.replace("MOV R0, RZ", "STS [R0], R1"), gain=lambda e: e.operation == "STS")
    assert stores.slope == 4
