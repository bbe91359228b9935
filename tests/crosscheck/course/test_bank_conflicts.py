"""Lesson 6: one pass an access, and still coalesced."""

import pytest

NAME = "bank_conflicts"


def width(text):
    return "WIDTH = TILE ", f"WIDTH = {text} "


def test_right(right):
    assert "every access to the tile takes one pass" in right(NAME, width("TILE + 1"))


def test_swizzled(right):
    swizzled = [("tile[ty, tx]", "tile[ty, tx ^ ty]"), ("tile[tx, ty]", "tile[tx, ty ^ tx]")]
    assert "one pass" in right(NAME, *swizzled)


@pytest.mark.parametrize(
    "text, message",
    [
        ("TILE", "in 32 passes instead of 1: neighbouring lanes are 32 words apart, so that"),
        ("TILE + 2", "34 words apart, so that they meet in 16 of the 32 banks"),
        ("TILE + 16", "in 16 passes instead of 1"),
    ],
)
def test_a_column_in_few_banks(wrong, text, message):
    said = wrong(NAME, width(text))
    assert said.startswith("bank_conflicts.py:17: a warp reads tile") and message in said


def test_no_conflict_but_not_coalesced(wrong):
    said = wrong(
        NAME, ("y[left + ty, top + tx] = tile[tx, ty]", "y[left + tx, top + ty] = tile[ty, tx]")
    )
    assert said.startswith("bank_conflicts.py:17: a warp writes y in 32 sectors")


def test_not_transposed(wrong):
    said = wrong(NAME, width("TILE + 1"), ("= tile[tx, ty]", "= tile[ty, tx]"))
    assert said.startswith("y[0, 1] is 1; expected 64")
