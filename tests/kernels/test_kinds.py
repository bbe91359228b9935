"""Kinds tell apart whatever a call could come out differently for."""

from typing import NamedTuple

import numpy as np
import pytest

from crosscheck.kernels.call import KINDS
from crosscheck.kernels.kinds import Kinds, NoKind, Remembered


class Pair(NamedTuple):
    x: int
    y: int


ALIKE_BUT_NOT_THE_SAME = [
    (1, True),
    (1, 1.0),
    (0.0, -0.0),
    ((1, 1), (1, True)),
    ((1, 0.0), (1, -0.0)),
    ((1, 2), [1, 2]),
    ((1, 2), Pair(1, 2)),
    ((1, (2, 3)), (1, 2, 3)),
    ("1", 1),
    (None, 0),
]


@pytest.mark.parametrize("one, other", ALIKE_BUT_NOT_THE_SAME)
def test_what_looks_alike_is_told_apart(one, other):
    assert KINDS.of([one]) != KINDS.of([other])


X = np.zeros((4, 6), np.float32)
ARRAYS = [
    X,
    X.astype(np.float64),
    X.astype(">f4"),
    X.T,
    X.reshape(6, 4),
    X[:, ::2],
    X[::-1],
    X.view(np.matrix),
]


def test_arrays_differ_by_all_but_their_values():
    kinds = [KINDS.of([each]) for each in ARRAYS]
    assert len(set(kinds)) == len(ARRAYS)
    assert KINDS.of([X + 1]) == kinds[0]


@pytest.mark.parametrize("value", [np.int64(3), object(), {1: 2}, (1, np.float32(2)), [[object()]]])
def test_nothing_is_remembered_of_other_values(value):
    with pytest.raises(NoKind):
        KINDS.of([value])


def test_others_may_have_a_kind():
    assert Kinds({}, other=type).of([2.0, 1, (1, 2.0)]) == (float, 1, (tuple, 1, float))


def test_what_is_remembered_has_an_end():
    remembered = Remembered()
    for number in range(5000):
        remembered[number] = number
    assert 4999 in remembered and len(remembered) <= 1024
