"""Overlap, suppression and average precision, against cases computed by hand."""

import numpy as np
import pytest

from crosscheck.examples import boxes


def array(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def test_overlaps():
    square = array((0, 0, 2, 2))
    others = array((0, 0, 2, 2), (1, 0, 3, 2), (1, 1, 3, 3), (2, 0, 4, 2), (5, 5, 6, 6))
    found = boxes.overlaps(square, others)
    np.testing.assert_allclose(found, [[1, 2 / 6, 1 / 7, 0, 0]], rtol=1e-6)
    assert boxes.overlaps(array(), square).shape == (0, 1)


def test_the_surest_of_boxes_that_overlap_is_kept():
    found = array((0, 0, 2, 2), (0, 0, 2, 3), (9, 9, 10, 10), (1, 0, 3, 2))
    scores = np.array([0.8, 0.9, 0.1, 0.7])
    # with the second, the surest, the first overlaps by 4 / 6 and the last by 2 / 8
    assert boxes.suppress(found, scores, 0.5).tolist() == [1, 3, 2]
    assert boxes.suppress(found, scores, 0.7).tolist() == [1, 0, 3, 2]


def test_an_object_is_hit_once_by_the_surest():
    actual = array((0, 0, 4, 4), (10, 10, 14, 14))
    found = array((0, 0, 4, 3), (0, 0, 4, 4), (10, 10, 14, 11), (20, 20, 22, 22))
    hits = boxes.match(found, np.array([0.9, 0.8, 0.7, 0.6]), actual, threshold=0.5)
    assert hits.tolist() == [True, False, False, False]  # the third overlaps by a quarter
    hits = boxes.match(found, np.array([0.8, 0.9, 0.7, 0.6]), actual, threshold=0.2)
    assert hits.tolist() == [False, True, True, False]
    assert boxes.match(found, np.ones(4), array(), 0.5).tolist() == [False] * 4


@pytest.mark.parametrize(
    ("hits", "objects", "expected"),
    [
        ([1, 1], 2, 1.0),
        ([1, 1], 4, 0.5),  # half of the objects were never found
        ([0, 1], 1, 0.5),
        # recall 1/3, 2/3, 1 at precisions 1, 2/3, 3/5
        ([1, 0, 1, 0, 1], 3, (1 + 2 / 3 + 3 / 5) / 3),
        # precision is the best from there on: 2/3 from the first hit, though it is 1/2 there
        ([0, 1, 1], 2, 2 / 3),
        ([0, 0], 1, 0.0),
        ([], 3, 0.0),
    ],
)
def test_average_precision(hits, objects, expected):
    scores = np.linspace(1, 0.5, len(hits))
    order = np.random.default_rng(0).permutation(len(hits))
    found = boxes.average_precision(scores[order], np.array(hits, bool)[order], objects)
    assert found == pytest.approx(expected)
