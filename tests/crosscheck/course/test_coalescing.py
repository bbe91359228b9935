"""Lesson 3: neighbouring lanes at neighbouring addresses."""

NAME = "coalescing"
TURN = "row, column = cuda.grid(2)", "column, row = cuda.grid(2)"


def test_right(right):
    assert "4 sectors, all of them used" in right(NAME, TURN)


def test_down_a_column(wrong):
    said = wrong(NAME)
    assert "coalescing.py:14: a warp reads x in 32 sectors of 32 bytes, and uses 12%" in said
    assert "neighbouring lanes are 256 bytes apart" in said


def test_every_second_element(wrong):
    spread = "    column = column % 32 * 2 + column // 32\n    if row <"
    said = wrong(NAME, TURN, ("    if row <", spread))
    assert "uses 50%" in said and "neighbouring lanes are 8 bytes apart" in said


def test_the_factor_of_a_column(wrong):
    said = wrong(NAME, TURN, ("factor[row]\n", "factor[column]\n"))
    assert said.startswith("y[0, 1] is 1; expected 0")
    assert "coalescing.py:14" in said


def test_a_block_on_its_side(wrong):
    own = (
        "column = cuda.blockIdx.x * 32 + cuda.threadIdx.x // 8 + cuda.threadIdx.y * 4\n"
        "    row = cuda.blockIdx.y * 8 + cuda.threadIdx.x % 8"
    )
    assert "neighbouring lanes are 256 bytes apart" in wrong(NAME, (TURN[0], own))
