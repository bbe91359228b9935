"""Scenes are the same for a seed, and their masks, boxes and classes speak of the same shapes."""

import numpy as np

from crosscheck.examples import shapes


def test_a_seed_repeats_its_scenes_and_another_does_not():
    a, b, c = (shapes.draw(2, 24, seed) for seed in (3, 3, 4))
    assert np.array_equal(a.images, b.images) and not np.array_equal(a.images, c.images)
    assert a.images.shape == (2, 3, 24, 24) and a.images.dtype == np.float32


def test_a_box_encloses_its_shape_and_no_two_touch():
    scenes = shapes.draw(30, 32, seed=0)
    seen = set()
    for mask, boxes, kinds in zip(scenes.masks, scenes.boxes, scenes.kinds, strict=True):
        assert 1 <= len(boxes) == len(kinds) <= 3
        left = mask.copy()
        for (x0, y0, x1, y1), kind in zip(boxes.astype(int), kinds, strict=True):
            inside = mask[y0:y1, x0:x1] == 1 + kind
            assert set(np.unique(mask[y0:y1, x0:x1])) <= {0, 1 + kind}
            assert inside.any(0).all() and inside.any(1).all()  # as tight as can be
            left[y0:y1, x0:x1] = 0
            seen.add(int(kind))
        assert not left.any()
    assert seen == {0, 1, 2}


def test_shapes_have_their_areas():
    areas = [shapes._inside(kind, 64, 32, 32, 20).sum() for kind in range(3)]
    for area, expected in zip(areas, (np.pi * 20**2, 36**2, 40 * 40 / 2), strict=True):
        assert abs(area - expected) < 0.05 * expected
