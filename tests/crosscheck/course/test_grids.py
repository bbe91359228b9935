"""Lesson 2: two axes, and as many blocks as it takes."""

import pytest

NAME = "grids"
RIGHT = """
    if row < x.shape[0] and column < x.shape[1]:
        y[row, column] = x[row, x.shape[1] - 1 - column]"""
BODY = "\n    # Your lines.", RIGHT


def blocks(text):
    return "1, 1  # Your line.", text


def test_right(right):
    said = right(NAME, blocks("(width + 31) // 32, (height + 7) // 8"), BODY)
    assert "4 x 7 blocks of 32 x 8 threads cover" in said


@pytest.mark.parametrize(
    "text, message",
    [
        ("width // 32, height // 8", "y[0, 96] is written by no thread"),
        ("(height + 7) // 8, (width + 31) // 32", "y[32, 0] is written by no thread"),
        ("(width + 31) // 32, height", "is (4, 50): right, but (4, 7) cover the image"),
        ("width // 0, height", "blocks(50, 100) raises ZeroDivisionError"),
        ("width", "is 100; expected two integers, across first"),
    ],
)
def test_wrong_blocks(wrong, text, message):
    assert message in wrong(NAME, blocks(text), BODY)


def test_axes_swapped(wrong):
    said = wrong(
        NAME,
        blocks("(width + 31) // 32, (height + 7) // 8"),
        BODY,
        ("column, row = cuda.grid(2)", "row, column = cuda.grid(2)"),
    )
    assert said.startswith("y[0, 56] is written by no thread")
    assert "the grid has 128 x 56 threads" in said


def test_no_guard(wrong):
    said = wrong(
        NAME,
        blocks("(width + 31) // 32, (height + 7) // 8"),
        ("\n    # Your lines.", "\n    y[row, column] = x[row, x.shape[1] - 1 - column]"),
    )
    assert "memcheck" in said and "is out of bounds for (50, 100) elements, grids.py:18" in said


def test_one_pixel_written_again(wrong):
    again = RIGHT + "\n    if row == 9 and column == 40:\n        y[row, column] = 0"
    said = wrong(NAME, blocks("(width + 31) // 32, (height + 7) // 8"), (BODY[0], again))
    assert said.startswith("y[9, 40] is 0; expected 959 (1 of 5000 elements are wrong)")
    assert said.endswith("written by thread (8, 1, 0) of block (1, 1, 0), grids.py:21")
