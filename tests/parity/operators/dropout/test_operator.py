"""The suite's own Philox, which the kernel's is held against."""

import numpy as np

from crosscheck.parity.operators.dropout.operator import words


def test_words_are_the_published_answer_for_zeros():
    expected = ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]  # Random123's kat_vectors
    assert [f"{int(word):08x}" for word in words(4, 0, 0)] == expected


def test_a_shorter_stream_is_the_beginning_of_a_longer_one():
    np.testing.assert_array_equal(words(5, 2**64 - 1, 7), words(40, 2**64 - 1, 7)[:5])
