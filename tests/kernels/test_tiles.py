"""How many tiles cover an extent."""

from crosscheck.kernels.tiles import TILE, count


def test_count_rounds_up():
    assert [count(n) for n in (0, 1, TILE, TILE + 1)] == [0, 1, 1, 2]
