"""The page's numbers are those of nn.functional, and of PyTorch where that has no such function."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

import crosscheck.nn as nn
import crosscheck.nn.functional as F


class Case(NamedTuple):
    operation: str
    size: int
    padding: str = "valid"
    stride: int = 1
    dilation: int = 1
    channels: int = 1
    filters: int = 1
    relu: bool = False

    @property
    def reach(self):
        return self.dilation * (self.size - 1)

    @property
    def around(self):
        """The padding before and after an axis."""
        total = {"valid": 0, "same": self.reach, "full": 2 * self.reach}[self.padding]
        return total // 2, total - total // 2


CASES = [
    Case("convolution", 3, "same"),
    Case("convolution", 3, "valid", relu=True),
    Case("convolution", 3, "full", stride=2),
    Case("convolution", 3, "same", stride=2, channels=3),
    Case("convolution", 3, "same", dilation=2, filters=2),
    Case("convolution", 5, "full", stride=3, dilation=3, channels=3, filters=4),
    Case("convolution", 5, "valid", stride=4, relu=True),
    Case("convolution", 4, "same", channels=3, filters=2),  # even: more padding after than before
    Case("convolution", 2, "full"),
    Case("convolution", 1, "same", stride=2),
    Case("transposed", 3, "valid", stride=2),
    Case("transposed", 3, "same", stride=2, channels=3, filters=2),
    Case("transposed", 2, "valid", stride=4),  # gaps that no pixel reaches
    Case("transposed", 4, "same", stride=3, dilation=2),
    Case("transposed", 3, "full", channels=3, relu=True),
    Case("maximum", 2, "valid", stride=2),
    Case("maximum", 3, "same"),
    Case("maximum", 3, "same", stride=2, dilation=3, channels=3),
    Case("maximum", 2, "same"),
    Case("average", 2, "valid", stride=2),
    Case("average", 3, "same", stride=2, channels=3),
    Case("average", 4, "same", relu=True),
]


def expected(case, image, weight, bias):
    """image (c, h, w), weight (k, c, r, s), bias (k); returns the map (k, p, q)."""
    before, after = case.around
    if case.operation == "transposed":
        pytorch = torch.from_numpy(weight.swapaxes(0, 1).copy())
        y = torch.nn.functional.conv_transpose2d(
            torch.from_numpy(image),
            pytorch,
            torch.from_numpy(bias),
            stride=case.stride,
            dilation=case.dilation,
        )
        y = y[:, before : y.shape[1] - after, before : y.shape[2] - after].numpy()
        return np.maximum(y, 0) if case.relu else y
    nothing = -np.inf if case.operation == "maximum" else 0.0
    x = np.pad(image, ((0, 0), *[(before, after)] * 2), constant_values=nothing)
    step = dict(stride=case.stride, dilation=case.dilation)
    if case.operation == "convolution" and case.padding == "same" and case.stride == 1:
        y = F.conv2d(nn.tensor(image), nn.tensor(weight), nn.tensor(bias), padding="same", **step)
    elif case.operation == "convolution":
        y = F.conv2d(nn.tensor(x), nn.tensor(weight), nn.tensor(bias), **step)
    elif case.operation == "maximum":
        y = F.max_pool2d(nn.tensor(x), case.size, **step)
    else:
        y = F.avg_pool2d(nn.tensor(x), case.size, case.stride)
    return (F.relu(y) if case.relu else y).numpy()


def choose(page, case):
    """Set up a case by the page's controls."""
    page.click(f"[data-operation={case.operation}]")
    page.select_option("#size-of-kernel", str(case.size))
    page.select_option("#padding", case.padding)
    page.select_option("#stride", str(case.stride))
    if case.operation != "average":
        page.select_option("#dilation", str(case.dilation))
    page.select_option("#channels", str(case.channels))
    if case.operation in ("convolution", "transposed"):
        page.select_option("#filters", str(case.filters))
    page.set_checked("#relu", case.relu)


def give_weights(page, case, seed):
    """Give the filters small integers, so that sums are exact, and a bias each."""
    rng = np.random.default_rng(seed)
    weight = rng.integers(-4, 5, (case.filters, case.channels, case.size**2))
    bias = rng.integers(-9, 10, case.filters)
    page.evaluate(
        """([weight, bias]) => {
            state.filters.forEach((filter, k) => {
                filter.preset = null;
                filter.weights = weight[k].map((each) => Float64Array.from(each));
                filter.bias = bias[k];
            });
            change({});
        }""",
        [weight.tolist(), bias.tolist()],
    )
    shape = (case.filters, case.channels, case.size, case.size)
    return weight.reshape(shape).astype(np.float64), bias.astype(np.float64)


def picture(page, name):
    """Return the page's image or map as (c, h, w)."""
    script = f"[state.{name}.height, state.{name}.width, state.{name}.channels.map((c) => [...c])]"
    height, width, channels = page.evaluate(script)
    return np.array(channels, np.float64).reshape(-1, height, width)


def table(page, name):
    """Return what the page's table of numbers shows, as (h, w)."""
    page.evaluate("element('tables').open = true; showTables()")
    rows = page.eval_on_selector_all(
        f"#{name}-table tbody tr",
        "rows => rows.map((row) => [...row.querySelectorAll('td')].map((one) => one.textContent))",
    )
    return np.array([[float(text.replace("−", "-")) for text in row] for row in rows])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_map_is_that_of_nn_functional(page, case):
    choose(page, case)
    image = picture(page, "image")
    # The page's drawings are symmetrical: numbers of our own show an image that is read turned.
    image = np.random.default_rng(0).integers(0, 10, image.shape).astype(np.float64)
    page.evaluate(
        "pixels => { state.image.channels = pixels.map((c) => Float64Array.from(c.flat()));"
        " change({ picture: 'own' }); }",
        image.tolist(),
    )
    weight, bias = None, None
    if case.operation in ("convolution", "transposed"):
        weight, bias = give_weights(page, case, seed=1)
    y = expected(case, image, weight, bias)
    np.testing.assert_array_equal(picture(page, "map"), y)
    np.testing.assert_allclose(table(page, "map"), y[0], rtol=0, atol=5e-5)
    sizes = page.text_content("#formulas tr:first-child td:last-child strong")
    assert sizes.strip() == f"= {y.shape[1]}"


@pytest.mark.parametrize(
    "case",
    [
        Case("convolution", 3, "same", channels=3),
        Case("transposed", 3, "valid", stride=2),
        Case("maximum", 3, "same", stride=2),
        Case("average", 2, "valid", stride=2),
    ],
    ids=lambda case: case.operation,
)
def test_the_sum_spelled_out_comes_to_the_map_s_number(page, case):
    choose(page, case)
    y = picture(page, "map")[0]
    for step in (0, 5, y.size // 2, y.size - 1):
        page.evaluate("step => goTo(step)", step)
        value = y.ravel()[step]
        result = page.text_content("#sum-line strong:last-of-type")
        assert float(result.replace("−", "-")) == pytest.approx(value, abs=5e-5)
        totals = page.locator("#products small").all_text_contents()
        if totals and case.operation != "average":
            assert float(totals[-1].split()[1].replace("−", "-")) == value


def test_presets_are_the_usual_kernels(page):
    usual = {
        "gaussian": np.outer([1, 2, 1], [1, 2, 1]) / 16,
        "sobelX": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "sobelY": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        "vertical": [[1, 0, -1]] * 3,
    }
    case = Case("convolution", 3, "same")
    for name, weight in usual.items():
        page.click(f"[data-preset={name}]")
        weight = np.array(weight, np.float64)[np.newaxis, np.newaxis]
        y = expected(case, picture(page, "image"), weight, np.zeros(1))
        np.testing.assert_array_equal(picture(page, "map"), y)


def test_parameters_are_counted_as_pytorch_counts_them(page):
    choose(page, Case("convolution", 5, channels=3, filters=4))
    module = torch.nn.Conv2d(3, 4, 5)
    count = sum(parameter.numel() for parameter in module.parameters())
    assert page.text_content("#formulas tr:nth-child(2) strong").strip() == f"= {count}"


def test_a_photograph_goes_through_two_layers(page):
    page.select_option("#picture", "photograph")
    page.wait_for_function("state.picture === 'photograph'")
    page.select_option("#channels", "3")
    page.click("[data-preset=sobelX]")
    x = picture(page, "image")
    assert x.shape == (3, 64, 64) and x.std() > 20
    weight = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float64)
    weight = np.broadcast_to(weight, (1, 3, 3, 3)).copy()
    page.click("#relu")
    y = expected(Case("convolution", 3, "same", relu=True), x, weight, np.zeros(1))
    np.testing.assert_array_equal(picture(page, "map"), y)
    page.click("#take-over")
    page.click("[data-operation=maximum]")
    y = expected(Case("maximum", 2, stride=2, relu=True), y, None, None)
    np.testing.assert_array_equal(picture(page, "map"), y)


def test_a_window_that_does_not_fit_gives_no_map_and_says_so(page):
    page.select_option("#size-of-image", "8")
    choose(page, Case("convolution", 5, "valid", dilation=3))
    assert page.is_visible("#no-map") and not page.is_visible("#map")
    page.keyboard.press("ArrowRight")
    page.select_option("#padding", "same")
    assert page.is_visible("#map")
