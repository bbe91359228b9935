"""What a convolution takes at least, against loops over its elements."""

from itertools import product

import pytest

from crosscheck.benchmarks.predict.calls import calls
from crosscheck.benchmarks.predict.work import work
from crosscheck.benchmarks.suites import Layer, conv


def of(layer, direction="forward", algorithm="direct", layout="nchw"):
    (call,) = calls("own", layer, [direction], [algorithm], layout)
    return work(call)


def pairs(extent, taps, outputs, stride, padding, dilation):
    """Return (position, output, tap) of every product along an axis that lies inside."""
    for output, tap in product(range(outputs), range(taps)):
        position = output * stride - padding + tap * dilation
        if 0 <= position < extent:
            yield position, output, tap


@pytest.mark.parametrize(
    ("r", "s", "stride", "padding", "dilation"),
    [(3, 3, 1, 1, 1), (1, 1, 2, 0, 1), (3, 5, 2, 2, 2), (2, 2, 3, 0, 1)],
)
@pytest.mark.parametrize("direction", ["forward", "input_gradient", "weight_gradient"])
def test_products_inside_the_image_and_pixels_that_are_read(
    r, s, stride, padding, dilation, direction
):
    n, c, k, h, w = 2, 4, 6, 13, 24
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    layer = conv("own", (n, c, h, w), k, (r, s), groups=2, **options)
    p, q = ((e + 2 * padding - dilation * (t - 1) - 1) // stride + 1 for e, t in ((h, r), (w, s)))
    rows = list(pairs(h, r, p, stride, padding, dilation))
    columns = list(pairs(w, s, q, stride, padding, dilation))
    found = of(layer, direction)
    assert found.multiply_adds == n * k * p * q * (c // 2) * r * s
    assert found.needed == n * k * (c // 2) * len(rows) * len(columns)
    read = {each for each, _, _ in rows}, {each for each, _, _ in columns}
    first, last = min(read[1]), max(read[1])
    image = n * c * len(read[0]) * (last - first + 1)  # gaps of less than a sector move, too
    weight, output = k * c // 2 * r * s, n * k * p * q
    arrays = {
        "forward": (image + weight, output),
        "input_gradient": (weight + output, n * c * h * w),
        "weight_gradient": (image + output, weight),
    }
    assert (found.read, found.written) == pytest.approx([4 * each for each in arrays[direction]])
    if direction == "forward":
        in_nhwc = of(layer, direction, layout="nhwc")
        pixels = n * c * len(read[0]) * len(read[1])
        assert in_nhwc.read == pytest.approx(4 * (pixels + weight))


def test_a_gap_of_more_than_a_sector_does_not_move():
    found = of(conv("own", (1, 1, 1, 40), 1, 1, stride=10))
    assert found.read == 4 * (4 + 1)


@pytest.mark.parametrize(("direction", "tiles"), [("forward", 3 * 4), ("input_gradient", 4 * 5)])
def test_winograd_needs_16_products_for_each_2_x_2_outputs(direction, tiles):
    layer = conv("own", (2, 64, 8, 9), 128, 3)  # outputs of 6 x 7
    assert of(layer, direction, "winograd").needed == 2 * 64 * 128 * tiles * 16


def test_other_operators_move_their_arrays_once():
    image = {"input": (2, 3, 8, 8)}
    pool = Layer("own", "max_pool2d", image, {"kernel_size": 2})
    found = of(pool)
    assert found.multiply_adds == found.needed == 0
    assert (found.read, found.written) == (4 * 384, (4 + 8) * 96)  # and an index of 8 bytes
    assert of(Layer("own", "add", image | {"other": (2, 3, 8, 8)})).read == 2 * 4 * 384
