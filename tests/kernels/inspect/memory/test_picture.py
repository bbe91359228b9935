"""The picture agrees with the counts."""

import numpy as np
from PIL import Image

from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, LOAD, SHARED, Trace
from crosscheck.kernels.inspect.memory import picture

LANES = np.arange(32)


def request(address, space):
    def same(value):
        return np.full(32, value)

    sites = (("x", "a.py:1"),)
    return Trace(same(0), LANES, same(0), address, same(4), same(LOAD), same(space), sites)


def colours(row):
    return len(np.unique(row, axis=0))


def test_a_coalesced_request_fills_a_row_with_one_colour_per_lane():
    image = picture.pixels(request(1024 + 4 * LANES, GLOBAL))
    assert image.shape == (1, 128, 4) and colours(image[0]) == 32


def test_a_column_of_shared_memory_is_one_bank_in_32_rows():
    image = picture.pixels(request(128 * LANES + 8, SHARED))
    assert image.shape == (32, 128, 4)
    assert (image[:, :8] == 1).all() and (image[:, 12:] == 1).all()
    assert colours(image[:, 8]) == 32


def test_bytes_of_several_lanes_are_red_in_a_grey_sector():
    (row,) = picture.pixels(request(1024 + 32 + 0 * LANES, GLOBAL))
    red, grey, white = row[32], row[36], row[64]
    assert red[0] > 2 * red[1] and grey[0] == grey[2] < 1 and (white == 1).all()
    assert (row[36:64] == grey).all() and (row[:32] == white).all()


def test_the_file_is_a_picture(tmp_path):
    picture.draw(request(1024 + 4 * LANES, GLOBAL), "a kernel", tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as drawn:
        assert drawn.format == "PNG" and drawn.width > 1000
