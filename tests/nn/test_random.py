"""The default generator of random operators."""

import numpy as np
import pytest

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.nn import random

ONES = np.ones(1000, np.float32)


@pytest.fixture(autouse=True)
def restored_generator(monkeypatch):
    """Restore the default generator after each test."""
    monkeypatch.setattr(random._DefaultGenerator, "seed", random.DEFAULT_SEED)
    monkeypatch.setattr(random._DefaultGenerator, "offset", 0)


def draws(count):
    return [F.dropout(nn.tensor(ONES)).numpy() for _ in range(count)]


def test_the_same_seed_gives_the_same_numbers_in_the_same_order():
    nn.manual_seed(7)
    first = draws(3)
    nn.manual_seed(7)
    for again, before in zip(draws(3), first, strict=True):
        np.testing.assert_array_equal(again, before)


def test_every_application_draws_other_numbers():
    nn.manual_seed(7)
    a, b = draws(2)
    assert (a != b).any()


def test_another_seed_gives_other_numbers():
    nn.manual_seed(7)
    a = draws(1)[0]
    nn.manual_seed(8)
    assert (a != draws(1)[0]).any()


def test_negative_seeds_count_down_from_the_end():
    nn.manual_seed(-1)
    assert random.initial_seed() == 2**64 - 1


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_a_seed_out_of_range_raises(seed):
    with pytest.raises(ValueError, match="seed is"):
        nn.manual_seed(seed)


def test_a_seed_that_is_no_integer_raises():
    with pytest.raises(TypeError, match="seed is 1.5; expected an integer"):
        nn.manual_seed(1.5)
