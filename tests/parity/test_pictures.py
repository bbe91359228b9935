"""The report's pictures: ours, and as near to PyTorch's as float32 comes."""

import io

import numpy as np
import pytest
from PIL import Image

from crosscheck.parity import drawing, pictures, recipes
from crosscheck.parity.photographs import photograph


@pytest.fixture(scope="module")
def made():
    return {picture.title: picture for picture in pictures.make("cpu")}


def opened(png):
    return Image.open(io.BytesIO(png))


def test_every_picture_is_a_png_with_its_error_beside_it(made):
    assert set(made) >= {"Gaussian", "Sobel", "Laplacian", "Harris corners", "Max pooling"}
    for picture in made.values():
        result, error = map(opened, picture.pngs)
        assert result.format == error.format == "PNG"
        # Something can be seen: a picture of one colour has the same extremes.
        assert result.convert("L").getextrema()[0] < result.convert("L").getextrema()[1]


def test_max_pooling_has_no_error_and_pytorch_finds_the_same_corners(made):
    assert "No difference" in made["Max pooling"].caption
    assert opened(made["Max pooling"].pngs[1]).convert("L").getextrema() == (0, 0)
    assert "PyTorch finds the same" in made["Harris corners"].caption


def test_a_checkerboard_has_corners_where_its_squares_meet():
    board = np.kron(np.indices((3, 3)).sum(axis=0) % 2, np.ones((12, 12)))
    image = np.stack([board] * 3)[np.newaxis].astype(np.float32)
    found = recipes.corners(recipes.harris(image)(pictures.exact))
    margin = 4  # of the two filters, 3x3 and 7x7 without padding
    crossings = {(12 * row - margin, 12 * column - margin) for row in (1, 2) for column in (1, 2)}
    assert all(min(abs(r - y) + abs(c - x) for r, c in found) <= 2 for y, x in crossings)


def test_a_colour_drawn_is_the_colour_of_the_photograph():
    image = photograph("china", 8)
    pixels = np.asarray(drawing.color(image))
    np.testing.assert_allclose(pixels[3, 4] / 255, image[0, :, 3, 4], atol=0.5 / 255 + 1e-9)


def test_numbers_that_cannot_be_drawn_do_not_stop_the_drawing():
    broken = np.full((1, 1, 4, 4), np.nan)
    for draw in (drawing.bright, drawing.signed):
        assert draw(broken).size == (4, 4)
    assert drawing.error(broken[0, 0]).size == (4, 4)


def test_a_sheet_has_its_images_in_columns_and_rows():
    images = np.arange(2 * 3 * 4, dtype=float).reshape(2, 3, 2, 2)
    sheet = drawing.sheet(images)
    assert sheet.shape == (8, 5)
    np.testing.assert_array_equal(sheet[3:5, 3:5], images[1, 1])
