"""Philox4x32-10 against the known answers that its authors publish."""

import numpy as np
import pytest

from crosscheck.kernels.dropout.philox import philox
from crosscheck.kernels.launch import kernel

# The lines "philox4x32 10" of tests/kat_vectors in Random123 1.14.0 (D. E. Shaw Research): counter
# and key, then the answer.
KNOWN = [
    (
        "00000000 00000000 00000000 00000000 00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@kernel
def answer_kernel(given, answer):
    a, b, c, d = philox(given[0], given[1], given[2], given[3], given[4], given[5])
    answer[0], answer[1], answer[2], answer[3] = a, b, c, d


@pytest.mark.parametrize(("given", "expected"), KNOWN)
def test_known_answer(given, expected):
    words = np.array([int(word, 16) for word in given.split()], np.uint32)
    answer = np.zeros(4, np.uint32)
    answer_kernel[1, 1](words, answer)
    assert " ".join(f"{word:08x}" for word in answer) == expected
