"""How results are shared out to tiles: each to one, and its pixels fit."""

from functools import partial

import pytest

from crosscheck.kernels.pooling import tiles
from crosscheck.kernels.pooling.tiles import PITCH, ROWS, WIDTH


def pixels(window, stride, n, axis):
    return (n - 1) * stride[axis] + window[axis]


CASES = [  # window, stride, image, results
    ((4, 4), (1, 1), (512, 512), (511, 511)),
    ((11, 11), (11, 11), (2048, 2048), (186, 186)),
    ((16, 157), (1, 1), (40, 400), (25, 244)),
    ((3, 3), (2, 2), (9, 9), (4, 4)),
    ((1, 1), (1, 1), (1, 1), (1, 1)),
    ((2, 2), (50, 200), (400, 4000), (8, 20)),
]


@pytest.mark.parametrize("rows", ROWS.values())
@pytest.mark.parametrize(("window", "stride", "image", "results"), CASES)
def test_every_result_is_in_one_tile_and_its_pixels_fit(window, stride, image, results, rows):
    reach = partial(pixels, window, stride)
    assert not tiles.misfit(reach, image)
    shared = tiles.tiles(reach, image, results, rows)
    for axis, room in ((0, rows), (1, PITCH - 3)):
        of_tile, count = shared.results[axis], shared.counts[axis]
        assert (count - 1) * of_tile < results[axis] <= count * of_tile
        assert of_tile <= WIDTH
        assert min(reach(of_tile, axis), image[axis]) <= room


def test_tiles_are_as_large_as_they_can_be_and_of_like_size():
    shared = tiles.tiles(partial(pixels, (4, 4), (1, 1)), (512, 512), (511, 511), 24)
    assert shared == ((21, 128), (25, 4))  # 24 rows and 131 columns of pixels


@pytest.mark.parametrize("window", [(17, 3), (3, 158)])
def test_a_window_larger_than_a_tile_is_named(window):
    reason = tiles.misfit(partial(pixels, window, (1, 1)), (400, 400))
    assert reason == f"a result reads from {window} rows and columns; a tile has (16, 157)"
    assert not tiles.misfit(partial(pixels, window, (1, 1)), (16, 157))  # the whole image does


def test_tiles_pay_on_a_gpu_for_windows_that_overlap_or_are_large():
    wide = 511, 511
    assert tiles.pay("cuda", (4, 4), (1, 1), wide)
    assert tiles.pay("cuda", (11, 11), (11, 11), (186, 186))
    assert not tiles.pay("cuda", (2, 2), (2, 2), wide)  # no pixel is read twice
    assert not tiles.pay("cuda", (3, 3), (1, 1), (56, 56))  # most of a tile would be empty
    assert not tiles.pay("cpu", (4, 4), (1, 1), wide)
