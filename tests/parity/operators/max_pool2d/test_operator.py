import numpy as np

from crosscheck.parity.operators.max_pool2d.operator import scattered


def test_scattered_counts_the_windows_that_chose_a_pixel_plane_by_plane():
    indices = np.array([[[[0, 0]], [[3, 1]]]])  # two planes of 2 x 2, two windows each
    weights = np.array([[[[1.0, -2.0]], [[4.0, 0.5]]]])
    terms, magnitude = scattered(indices, weights, (1, 2, 2, 2))
    assert terms.tolist() == [[[[2, 0], [0, 0]], [[0, 1], [0, 1]]]]
    assert magnitude.tolist() == [[[[3, 0], [0, 0]], [[0, 0.5], [0, 4]]]]
